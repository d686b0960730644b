//! Who is who and the vocabularies, as the API shows them.

use std::sync::Arc;

use access::Role as AccessRole;
use async_graphql::{Enum, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::clock::{date_of, last_date_before};
use foundation::graphql::kit::{Date, Rank};
use foundation::ids::{prefix, write};
use foundation::reference::{legal_basis, organisation, purpose};
use foundation::session::Own;
use uuid::Uuid;

use super::desk::Desk;
use crate::store::who;

/// What an account may do (rol), within its organisation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::Role")]
pub(super) enum Role {
    /// Inspecteur.
    Inspector,
    /// Analist.
    Analyst,
    /// Coördinator.
    Coordinator,
    /// Accounthouder.
    AccountHolder,
    /// Gegevensbeheerder.
    DataSteward,
    /// Functionaris gegevensbescherming (FG): no content.
    PrivacyOfficer,
    /// Beheerder: no content.
    Administrator,
    /// Zaaksysteem.
    CaseSystem,
    /// Auditor: no content.
    Auditor,
}

/// What an organisation is on the platform (soort organisatie).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrganisationKind {
    /// Inspectie: may be a member of circles.
    Inspectorate,
    /// Partnerorganisatie: a body that the inspectorates work with.
    Partner,
}

/// Whom to call about a record of an organisation (contact): a desk rather than a person.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct OrganisationContact {
    /// Its name (naam).
    name: String,
    /// Its telephone number (telefoonnummer).
    phone: String,
    /// Its mail address (e-mailadres).
    email: String,
}

/// An inspectorate or partner body (inspectie of partnerorganisatie).
pub(super) struct Organisation(pub organisation::Model);

/// An inspectorate or partner body (inspectie of partnerorganisatie).
#[Object]
impl Organisation {
    /// Its identity (kenmerk), such as `org_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::ORGANISATION, self.0.id)
    }

    /// Its stable code (code), such as `ilt`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// What it is on the platform (soort).
    async fn kind(&self) -> OrganisationKind {
        if self.0.kind == "inspectorate" {
            OrganisationKind::Inspectorate
        } else {
            OrganisationKind::Partner
        }
    }

    /// Its number in government messaging (organisatie-identificatienummer, OIN).
    async fn oin(&self) -> Option<&str> {
        self.0.oin.as_deref()
    }

    /// The codes of the fields that it supervises (toezichtdomeinen), as `domains` lists them.
    async fn domains(&self) -> Vec<&str> {
        self.0.domains.split_whitespace().collect()
    }

    /// Whether it is among all participants (deelnemer), to whom a record may be granted together.
    async fn participant(&self) -> bool {
        self.0.participant
    }

    /// Whom to call about its records (contact).
    async fn contact(&self) -> OrganisationContact {
        OrganisationContact {
            name: self.0.contact_name.clone(),
            phone: self.0.contact_phone.clone(),
            email: self.0.contact_email.clone(),
        }
    }
}

/// A purpose of processing (doel): a request states exactly one, and a grant names one.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Purpose {
    /// Its stable code (code), as in the header `Samenzicht-Purpose`.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// What it covers, in Dutch (omschrijving).
    description: String,
    /// What it covers, in English (Engelse omschrijving).
    description_en: String,
    /// Whether personal values may be seen for it (persoonsgegevens toegestaan), by a role that may see them.
    allows_personal: bool,
    /// Whether its readers get pseudonyms in place of persons (pseudoniemen).
    pseudonyms: bool,
}

impl From<purpose::Model> for Purpose {
    fn from(row: purpose::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            description: row.description,
            description_en: row.description_en,
            allows_personal: row.allows_personal,
            pseudonyms: row.pseudonyms,
        }
    }
}

/// The provision on which a grant rests (wettelijke grondslag).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct LegalBasis {
    /// Its stable code (code).
    code: String,
    /// The provision as a lawyer would cite it (vindplaats).
    citation: String,
    /// What it allows, in Dutch (omschrijving).
    description: String,
    /// Whether it was invented for the demo and exists in no law (fictief).
    fictitious: bool,
    /// Where the entry comes from (bron).
    source: String,
}

impl From<legal_basis::Model> for LegalBasis {
    fn from(row: legal_basis::Model) -> Self {
        Self {
            code: row.code,
            citation: row.citation,
            description: row.description,
            fictitious: row.fictitious,
            source: row.source,
        }
    }
}

/// A standing form of cooperation between inspectorates (samenwerkingsverband), to which a grant can be made.
pub(super) struct Circle {
    /// The circle.
    pub(super) circle: who::Circle,
    /// Where its organisations are found.
    pub(super) desk: Arc<Desk>,
}

impl Circle {
    async fn organisations(&self, wanted: impl Fn(Uuid) -> bool) -> Result<Vec<Organisation>, Fault> {
        let all = self.desk.organisations().await?;
        Ok(all
            .iter()
            .filter(|row| wanted(row.id))
            .cloned()
            .map(Organisation)
            .collect())
    }
}

/// A standing form of cooperation between inspectorates (samenwerkingsverband), to which a grant can be made.
#[Object]
impl Circle {
    /// Its identity (kenmerk), such as `cir_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::CIRCLE, self.circle.circle.id)
    }

    /// Its stable code (code), such as `cmj`.
    async fn code(&self) -> &str {
        &self.circle.circle.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.circle.circle.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.circle.circle.name_en
    }

    /// The inspectorate that coordinates it (coördinator).
    async fn coordinator(&self) -> Result<Organisation, Fault> {
        let found = self.organisations(|id| id == self.circle.circle.coordinator_id).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| Fault::broken("a circle without its coordinator"))
    }

    /// The inspectorates in it now (leden), by code.
    async fn members(&self) -> Result<Vec<Organisation>, Fault> {
        self.organisations(|id| self.circle.members.contains(&id)).await
    }

    /// The purposes for which grants to it can be made (doelen), by code.
    async fn purposes(&self) -> Vec<Purpose> {
        self.circle.purposes.iter().cloned().map(Into::into).collect()
    }

    /// The basis on which its members exchange (grondslag).
    async fn legal_basis(&self) -> LegalBasis {
        self.circle.legal_basis.clone().into()
    }

    /// The first day on which it exists (begindatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.circle.circle.starts_at))
    }

    /// The last day on which it exists (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.circle.circle.ends_at;
        (ends != access::FOREVER).then(|| Date(last_date_before(ends)))
    }
}

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
pub(super) struct SafetyRegion(pub who::SafetyRegion);

/// A safety region (veiligheidsregio): one of the 25 regions in which crises are managed.
#[Object]
impl SafetyRegion {
    /// Its code (code), `VR01` to `VR25`.
    pub(super) async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name without the word veiligheidsregio (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// A field of supervision (toezichtdomein), which groups categories and organisations.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Domain {
    /// Its stable code (code).
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
}

impl From<who::Domain> for Domain {
    fn from(domain: who::Domain) -> Self {
        Self {
            code: domain.code,
            name: domain.name,
            name_en: domain.name_en,
        }
    }
}

/// What a signal is about (categorie).
pub(super) struct Category(pub who::Category);

/// What a signal is about (categorie).
#[Object]
impl Category {
    /// Its stable code (code).
    pub(super) async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The field of supervision that it belongs to (toezichtdomein).
    async fn domain(&self) -> Domain {
        self.0.domain.clone().into()
    }
}

/// The caller (ik): account, organisation, roles and purposes. Answers without a purpose.
pub(super) struct Me(pub Own);

/// The caller (ik): account, organisation, roles and purposes. Answers without a purpose.
#[Object]
impl Me {
    /// The account's identity (kenmerk), such as `acc_…`.
    async fn id(&self) -> ID {
        write(prefix::ACCOUNT, self.0.standing.account)
    }

    /// The account's name (accountnaam), such as `ilt.inspector`.
    async fn account(&self) -> &str {
        &self.0.account.name
    }

    /// What colleagues read (weergavenaam).
    async fn display_name(&self) -> &str {
        &self.0.account.display_name
    }

    /// The organisation that the account acts for (organisatie).
    async fn organisation(&self) -> Organisation {
        Organisation(self.0.organisation.clone())
    }

    /// The roles that it holds there now (rollen).
    async fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<AccessRole> = self.0.standing.roles.iter().collect();
        roles.sort_unstable();
        roles.into_iter().map(Into::into).collect()
    }

    /// The highest rank that it may handle (hoogste rubricering).
    async fn clearance(&self) -> Rank {
        self.0.standing.clearance.into()
    }

    /// The purposes that it may state (doelen), by code.
    async fn purposes(&self) -> Vec<Purpose> {
        self.0.purposes.iter().cloned().map(Into::into).collect()
    }
}
