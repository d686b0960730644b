//! The small types of a signal.

use async_graphql::{Enum, ID, SimpleObject};
use foundation::ids;
use uuid::Uuid;

/// How serious it is (ernst).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::signal::Severity")]
pub enum Severity {
    /// Gering.
    Minor,
    /// Matig.
    Moderate,
    /// Ernstig.
    Serious,
    /// Zeer ernstig.
    Critical,
}

/// How soon somebody should look at it (urgentie).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::signal::Urgency")]
pub enum Urgency {
    /// Regulier.
    Routine,
    /// Spoedig.
    Soon,
    /// Onmiddellijk.
    Immediate,
}

/// Where a signal comes from (herkomst).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SignalOrigin", remote = "crate::model::signal::Origin")]
pub enum Origin {
    /// Eigen waarneming: the inspectorate's own observation.
    Own,
    /// Melding: a report from outside.
    Report,
    /// Partner.
    Partner,
    /// Internet.
    Web,
    /// Zaaksysteem: delivered by a case system.
    CaseSystem,
}

/// What the caller may do with a signal (toegestane handeling).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalAction {
    /// Wijzigen.
    Edit,
    /// Publiceren.
    Publish,
    /// Rubriceren.
    Label,
    /// Delen.
    Share,
    /// Een deling intrekken.
    Revoke,
    /// Intrekken.
    Retract,
    /// Bevestigen.
    Confirm,
    /// Opmerken.
    Remark,
    /// Opvolgen.
    FollowUp,
    /// Verbinden met een ander signaal.
    Link,
    /// Een correctie terugmelden.
    Propose,
    /// Over een terugmelding besluiten.
    DecideProposal,
}

/// The record's key in the system it came from (extern kenmerk).
#[derive(SimpleObject, Clone, Debug)]
pub struct ExternalReference {
    /// The system.
    pub system: String,
    /// The key in it.
    pub reference: String,
}

/// Who reported it (melder). Personal data.
#[derive(SimpleObject, Clone, Debug)]
pub struct Reporter {
    /// The reporter's name.
    pub name: Option<String>,
    /// How to reach the reporter.
    pub contact: Option<String>,
}

/// Inspectorate or partner body (inspectie of partnerorganisatie); the registry knows the rest.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(unresolvable = "id")]
pub struct Organisation {
    /// Its id.
    pub id: ID,
}

impl Organisation {
    /// The organisation with this id.
    pub fn of(id: Uuid) -> Self {
        Self {
            id: ids::write(ids::prefix::ORGANISATION, id),
        }
    }
}

/// Site (vestiging); the registry knows the rest.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(unresolvable = "id")]
pub struct Site {
    /// Its id.
    pub id: ID,
}

/// Safety region (veiligheidsregio); the registry knows the rest.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(unresolvable = "code")]
pub struct SafetyRegion {
    /// Its code, `VR01` to `VR25`.
    pub code: String,
}
