//! Signal, as the graph shows it.

mod kinds;
pub mod mutation;
mod query;

use std::sync::Arc;

use access::{Operation, Relation};
use async_graphql::{ID, MergedObject, Object};
use foundation::graphql::kit::{Date, DateTime, LIST_COST, MaskedBecause, MaskedField, Rank, State, Tlp, UseLimit};
use foundation::graphql::root::{Contact, Grant, Ground};
use foundation::{Fault, Seen, clock, ids};
use uuid::Uuid;

use super::confirmation::SignalConfirmations;
use super::discovery::SignalExistence;
use super::door::{Door, PersonalField};
use super::evidence::SignalEvidence;
use super::follow_up::SignalFollowUps;
use super::link::SignalLinks;
use super::party::SupervisedParty;
use super::proposal::SignalProposals;
use super::provenance::{InformationCredibility, Provenance, SourceReliability};
use super::pseudonym::SignalPseudonyms;
use super::receipt::SignalReceipts;
use super::remark::SignalRemarks;
use super::theme::ThemesOfSignal;
use super::triage::SignalTriages;
use super::version::SignalVersions;
use crate::model::reliability::{Credibility, Reliability, rating};
use crate::model::signal::{self as model};
use crate::store::{SignalRow, signal as store};
pub use kinds::{
    ExternalReference, Organisation, Origin, Reporter, SafetyRegion, Severity, SignalAction, Site, Urgency,
};
pub use mutation::{SignalMutation, again, signal_id};
pub use query::SignalQuery;

/// Signal (signaal): something may be wrong, unverified. The threshold is far below that of a finding.
///
/// What belongs to a signal and what others add beside it: a part of the type each, in a file of its own.
#[derive(MergedObject, Clone)]
pub struct Signal(
    SignalRecord,
    SignalConfirmations,
    SignalRemarks,
    SignalFollowUps,
    SignalLinks,
    SignalReceipts,
    SignalEvidence,
    SignalVersions,
    SignalProposals,
    ThemesOfSignal,
    SignalPseudonyms,
    SignalTriages,
    SignalExistence,
);

impl Signal {
    /// A signal that was seen, with the way to its parts.
    pub fn new(seen: Seen<SignalRow>, door: Door) -> Self {
        let at = Arc::new(At { seen, door });
        Self(
            SignalRecord(at.clone()),
            SignalConfirmations(at.clone()),
            SignalRemarks(at.clone()),
            SignalFollowUps(at.clone()),
            SignalLinks(at.clone()),
            SignalReceipts(at.clone()),
            SignalEvidence(at.clone()),
            SignalVersions(at.clone()),
            SignalProposals(at.clone()),
            ThemesOfSignal::new(at.clone()),
            SignalPseudonyms::new(at.clone()),
            SignalTriages(at.clone()),
            SignalExistence(at),
        )
    }
}

/// A signal that was seen, with the way to what hangs on it: what every part of the type stands on.
pub struct At {
    /// The signal.
    pub seen: Seen<SignalRow>,
    /// The request's door.
    pub door: Door,
}

impl At {
    /// Whether the caller may do this to it.
    pub async fn decide(&self, operation: Operation) -> Result<Result<(), access::Refusal>, Fault> {
        let reader = self.door.session().reader().await?;
        let state = value(access::State::from_number(self.seen.state))?;
        let relation = if self.seen.own() {
            Relation::Own(state)
        } else {
            Relation::Others
        };
        Ok(access::decide(&reader.scope().caller.roles, operation, relation))
    }

    /// The caller's organisation.
    pub async fn organisation(&self) -> Result<Uuid, Fault> {
        let reader = self.door.session().reader().await?;
        Ok(reader.scope().caller.organisation)
    }

    async fn masked(&self) -> Result<Option<MaskedBecause>, Fault> {
        let reader = self.door.session().reader().await?;
        Ok(access::unmask(&reader.scope().caller).err().map(MaskedBecause::from))
    }

    async fn without_pseudonyms(&self) -> Result<Option<MaskedBecause>, Fault> {
        let reader = self.door.session().reader().await?;
        Ok(access::pseudonyms(&reader.scope().caller)
            .err()
            .map(MaskedBecause::from))
    }
}

fn value<T>(stored: Option<T>) -> Result<T, Fault> {
    stored.ok_or_else(|| Fault::broken("a stored value outside its enumeration"))
}

/// What a signal itself holds.
#[derive(Clone)]
pub struct SignalRecord(Arc<At>);

impl std::ops::Deref for SignalRecord {
    type Target = At;

    fn deref(&self) -> &At {
        &self.0
    }
}

// What leads to the registry may be null: while that service is down a signal goes without, it does not go away.
/// What a signal itself holds.
#[Object]
impl SignalRecord {
    /// Its id, `sig_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::SIGNAL, self.seen.id)
    }

    /// Its citable number (kenmerk), such as `ILT-2026-00123`.
    async fn number(&self) -> &str {
        &self.seen.number
    }

    /// Its version; give it with a change, so that nobody's change is overwritten unseen.
    async fn version(&self) -> i32 {
        self.seen.version
    }

    /// Its title (titel).
    async fn title(&self) -> &str {
        &self.seen.title
    }

    /// Its narrative (toelichting). Business-sensitive; personal data belong in `reporter` and `personsInvolved`.
    async fn narrative(&self) -> &str {
        &self.seen.narrative
    }

    /// The code of its category (categorie).
    async fn category(&self) -> &str {
        &self.seen.category
    }

    /// How serious (ernst).
    async fn severity(&self) -> Result<Severity, Fault> {
        Ok(value(model::Severity::from_number(self.seen.severity))?.into())
    }

    /// How soon somebody should look at it (urgentie).
    async fn urgency(&self) -> Result<Urgency, Fault> {
        Ok(value(model::Urgency::from_number(self.seen.urgency))?.into())
    }

    /// From when it was observed (waargenomen vanaf).
    async fn observed_from(&self) -> DateTime {
        DateTime(self.seen.observed_from)
    }

    /// Until when it was observed (waargenomen tot).
    async fn observed_until(&self) -> Option<DateTime> {
        self.seen.observed_until.map(DateTime)
    }

    /// Where, in words (plaats).
    async fn place(&self) -> Option<&str> {
        self.seen.place.as_deref()
    }

    /// A note on the record itself (aantekening), such as a doubt about its times.
    async fn note(&self) -> Option<&str> {
        self.seen.note.as_deref()
    }

    /// Where it comes from (herkomst).
    async fn origin(&self) -> Result<Origin, Fault> {
        Ok(value(model::Origin::from_number(self.seen.origin))?.into())
    }

    /// How a machine came by it (herkomst van een webvondst); null for what people saw.
    async fn provenance(&self) -> Option<Provenance> {
        store::provenance(&self.seen).map(Provenance::from)
    }

    /// How reliable the source is (betrouwbaarheid van de bron), where somebody judged it.
    async fn reliability(&self) -> Option<SourceReliability> {
        let stored = self.seen.reliability.and_then(Reliability::from_number);
        stored.map(Into::into)
    }

    /// How credible the information is (geloofwaardigheid van de informatie), where somebody judged it.
    async fn credibility(&self) -> Option<InformationCredibility> {
        let stored = self.seen.credibility.and_then(Credibility::from_number);
        stored.map(Into::into)
    }

    /// Both as the trade writes them (Admiralty-code), such as `B2`; `-` for what nobody judged.
    async fn rating(&self) -> Option<String> {
        let (source, information) = (self.seen.reliability, self.seen.credibility);
        rating(
            source.and_then(Reliability::from_number),
            information.and_then(Credibility::from_number),
        )
    }

    /// The last Dutch date on which it holds (geldig tot en met).
    async fn valid_until(&self) -> Option<Date> {
        let end = self.seen.valid_until?;
        Some(Date(clock::last_date_before(end)))
    }

    /// Whether its validity has ended (verouderd). It is shown all the same.
    async fn outdated(&self) -> Result<bool, Fault> {
        let reader = self.door.session().reader().await?;
        let now = reader.scope().now;
        Ok(self.seen.valid_until.is_some_and(|until| until <= now))
    }

    /// Its key in the system it came from (extern kenmerk).
    async fn external_reference(&self) -> Option<ExternalReference> {
        let (system, reference) = (
            self.seen.external_system.clone()?,
            self.seen.external_reference.clone()?,
        );
        Some(ExternalReference { system, reference })
    }

    /// The organisation that owns it (eigenaar): nobody else changes it.
    async fn owner(&self) -> Option<Organisation> {
        Some(Organisation::of(self.seen.owner_id))
    }

    /// Where it is in its life (staat).
    async fn state(&self) -> Result<State, Fault> {
        Ok(value(access::State::from_number(self.seen.state))?.into())
    }

    /// Its formal classification (rubricering).
    async fn rank(&self) -> Result<Rank, Fault> {
        Ok(value(access::Rank::from_number(self.seen.rank))?.into())
    }

    /// How wide it may be shared (deelmarkering, TLP 2.0).
    async fn tlp(&self) -> Result<Tlp, Fault> {
        Ok(value(access::Tlp::from_number(self.seen.tlp))?.into())
    }

    /// What a reader may do with it (gebruiksbeperking).
    async fn use_limit(&self) -> Result<UseLimit, Fault> {
        Ok(value(access::UseLimit::from_number(self.seen.use_limit))?.into())
    }

    /// The last Dutch date on which it is kept (bewaren tot en met).
    async fn retain_until(&self) -> Date {
        Date(clock::last_date_before(self.seen.retain_until))
    }

    /// Why it was retracted (reden van intrekking).
    async fn retraction(&self) -> Option<&str> {
        self.seen.retraction.as_deref()
    }

    /// The supervised parties it is about (ondertoezichtstaanden).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn parties(&self) -> Result<Vec<Option<SupervisedParty>>, Fault> {
        let subjects = self.door.subjects(self.seen.id).await?;
        let party = |id| Some(SupervisedParty::new(id, self.door.clone()));
        Ok(subjects.parties.into_iter().map(party).collect())
    }

    /// The sites it is about (vestigingen).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn sites(&self) -> Result<Vec<Option<Site>>, Fault> {
        let subjects = self.door.subjects(self.seen.id).await?;
        let site = |id| {
            Some(Site {
                id: ids::write(ids::prefix::SITE, id),
            })
        };
        Ok(subjects.sites.into_iter().map(site).collect())
    }

    /// The safety regions it is about (veiligheidsregio's).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn regions(&self) -> Result<Vec<Option<SafetyRegion>>, Fault> {
        let subjects = self.door.subjects(self.seen.id).await?;
        let mut codes: Vec<String> = self.door.regions(subjects.regions).await?.into_values().collect();
        codes.sort_unstable();
        Ok(codes.into_iter().map(|code| Some(SafetyRegion { code })).collect())
    }

    /// Who reported it (melder). Personal: null when masked, and then named in `maskedFields`; each showing is logged.
    async fn reporter(&self) -> Result<Option<Reporter>, Fault> {
        let personal = self
            .door
            .personal(self.seen.id, PersonalField::Reporter)
            .await?
            .unwrap_or_default();
        let (name, contact) = (personal.reporter_name, personal.reporter_contact);
        Ok((name.is_some() || contact.is_some()).then_some(Reporter { name, contact }))
    }

    /// Who is involved (betrokkenen). Personal: null when masked, and then named in `maskedFields`; each showing is logged.
    async fn persons_involved(&self) -> Result<Option<Vec<String>>, Fault> {
        let personal = self.door.personal(self.seen.id, PersonalField::PersonsInvolved).await?;
        Ok(personal.ok().map(|personal| personal.persons_involved))
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden). Says nothing about whether
    /// they have a value.
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        let mut masked = Vec::new();
        if let Some(reason) = self.masked().await? {
            let field = |field: PersonalField| MaskedField {
                field: field.name().to_owned(),
                reason,
            };
            masked.extend(PersonalField::ALL.map(field));
        }
        if let Some(reason) = self.without_pseudonyms().await? {
            let field = |name: &str| MaskedField {
                field: name.to_owned(),
                reason,
            };
            masked.extend(["personPseudonyms", "reporterPseudonym"].map(field));
        }
        if self.decide(Operation::ReadGrants).await?.is_err() {
            masked.extend(["grants", "existence"].map(|field| MaskedField {
                field: field.to_owned(),
                reason: MaskedBecause::NotOwner,
            }));
        }
        if SignalReceipts::masked(self).await? {
            let reason = if self.seen.own() {
                MaskedBecause::Role
            } else {
                MaskedBecause::NotOwner
            };
            masked.push(MaskedField {
                field: "readBy".to_owned(),
                reason,
            });
        }
        Ok(masked)
    }

    /// Why the caller sees it (grond van inzage): as owner, or through which grants.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn visible_because(&self) -> Result<Vec<Ground>, Fault> {
        let own = self.seen.own().then(|| Ground::own(self.seen.retain_until));
        let through = self.door.grounds(self.seen.id).await?;
        let retained = self.seen.retain_until;
        Ok(own
            .into_iter()
            .chain(through.into_iter().map(|grant| Ground::through(grant, retained)))
            .collect())
    }

    /// What the caller may do with it (toegestane handelingen).
    async fn permitted_actions(&self) -> Result<Vec<SignalAction>, Fault> {
        let actions = [
            (SignalAction::Edit, Operation::Edit),
            (SignalAction::Publish, Operation::Publish),
            (SignalAction::Label, Operation::Label),
            (SignalAction::Share, Operation::Grant),
            (SignalAction::Revoke, Operation::Revoke),
            (SignalAction::Retract, Operation::Retract),
            (SignalAction::Confirm, Operation::Confirm),
            (SignalAction::Remark, Operation::Remark),
            (SignalAction::FollowUp, Operation::FollowUp),
            (SignalAction::Link, Operation::Link),
            (SignalAction::Propose, Operation::Propose),
            (SignalAction::DecideProposal, Operation::DecideProposal),
        ];
        let mut permitted = Vec::new();
        for (action, operation) in actions {
            if self.decide(operation).await?.is_ok() {
                permitted.push(action);
            }
        }
        Ok(permitted)
    }

    /// Whom to call about it (aanspreekpunt).
    async fn contact(&self) -> Result<Contact, Fault> {
        let owner = self.door.organisation(self.seen.owner_id).await?;
        let owner = owner.ok_or_else(|| Fault::broken("a signal of an organisation that does not exist"))?;
        Ok(owner.into())
    }

    /// Whom it is shared with (delingen). Only for the owner's side: null for others, and then named in `maskedFields`.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn grants(&self) -> Result<Option<Vec<Grant>>, Fault> {
        if self.decide(Operation::ReadGrants).await?.is_err() {
            return Ok(None);
        }
        let grants = self.door.grants(self.seen.id).await?;
        Ok(Some(grants.into_iter().map(Grant::from).collect()))
    }

    /// When it was recorded (vastgelegd op).
    async fn created_at(&self) -> DateTime {
        DateTime(self.seen.created_at)
    }

    /// When it was last changed (gewijzigd op).
    async fn updated_at(&self) -> DateTime {
        DateTime(self.seen.updated_at)
    }
}
