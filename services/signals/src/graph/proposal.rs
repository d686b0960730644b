//! Proposals of a correction, as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use foundation::graphql::kit::{
    Date, DateTime, PAGE_DEFAULT, PageInfo, cursor, looks_personal, page_cost, page_size, raise, read_cursor,
};
use foundation::session::Position;
use foundation::{Fault, ids};
use jiff::Timestamp;
use uuid::Uuid;

use super::door::{Door, door};
use super::input::Warning;
use super::listed::{Asked, page};
use super::provenance::{InformationCredibility, SourceReliability};
use super::signal::{At, Organisation, Severity, Signal, Urgency, again, signal_id};
use super::version::FieldDifference;
use crate::model::fields::{Fields, differences, pick, read, word};
use crate::model::proposal as model;
use crate::store::ProposalRow;
use crate::store::proposal::{self, Proposed};

/// Where a proposal stands (staat van het voorstel).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::proposal::ProposalState")]
pub enum ProposalState {
    /// Open.
    Open,
    /// Overgenomen.
    Accepted,
    /// Gedeeltelijk overgenomen.
    PartlyAccepted,
    /// Afgewezen.
    Rejected,
    /// Ingetrokken door wie het deed.
    Withdrawn,
}

/// A correction that another inspectorate puts to a signal's owner (terugmelding). Only the two of them see it; who
/// proposed it always hears what became of it.
pub struct Proposal {
    row: ProposalRow,
    door: Door,
}

impl Proposal {
    async fn seen(&self) -> Result<Option<At>, Fault> {
        let seen = self.door.signal(self.row.signal_id).await?;
        Ok(seen.map(|seen| At {
            seen,
            door: self.door.clone(),
        }))
    }

    fn is_open(&self) -> bool {
        self.row.state == model::ProposalState::Open as i16
    }
}

/// A correction that another inspectorate puts to a signal's owner (terugmelding). Only the two of them see it; who
/// proposed it always hears what became of it.
#[Object]
impl Proposal {
    /// Its id, `prp_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::PROPOSAL, self.row.id)
    }

    /// The signal (signaal); null when the caller sees it no more.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.row.signal_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// Which inspectorate proposes it (indiener).
    async fn organisation(&self) -> Option<Organisation> {
        Some(Organisation::of(self.row.organisation_id))
    }

    /// The signal's owner, who decides (eigenaar).
    async fn owner(&self) -> Option<Organisation> {
        Some(Organisation::of(self.row.owner_id))
    }

    /// The version of the signal on which it was made.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was made (ingediend op).
    async fn at(&self) -> DateTime {
        DateTime(self.row.at)
    }

    /// Why (reden).
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// Where it stands (staat).
    async fn state(&self) -> Result<ProposalState, Fault> {
        let state = model::ProposalState::from_number(self.row.state);
        Ok(state
            .ok_or_else(|| Fault::broken("a stored proposal outside its values"))?
            .into())
    }

    /// What it changes (verschil): against the signal as it is now while it is open, as it was when it was made
    /// afterwards. Null when the caller sees the signal no more.
    async fn differences(&self) -> Result<Option<Vec<FieldDifference>>, Fault> {
        let Some(at) = self.seen().await? else {
            return Ok(None);
        };
        let proposed = read(&self.row.changes)?;
        let old = if self.is_open() {
            pick(&at.fields().await?, proposed.keys())
        } else {
            read(&self.row.base)?
        };
        let changed = differences(&old, &proposed).into_iter();
        Ok(Some(changed.map(FieldDifference::from).collect()))
    }

    /// The fields that the owner has changed itself since it was made (botsing); empty when it was decided. Null when
    /// the caller sees the signal no more.
    async fn conflicts(&self) -> Result<Option<Vec<String>>, Fault> {
        let Some(at) = self.seen().await? else {
            return Ok(None);
        };
        if !self.is_open() {
            return Ok(Some(Vec::new()));
        }
        let base = read(&self.row.base)?;
        let now = pick(&at.fields().await?, base.keys());
        Ok(Some(
            differences(&base, &now).into_iter().map(|one| one.field).collect(),
        ))
    }

    /// When it was decided (besloten op).
    async fn decided_at(&self) -> Option<DateTime> {
        self.row.decided_at.map(DateTime)
    }

    /// What the owner answered (antwoord).
    async fn answer(&self) -> Option<&str> {
        self.row.answer.as_deref()
    }

    /// The fields that were accepted (overgenomen velden).
    async fn accepted_fields(&self) -> Result<Vec<String>, Fault> {
        let accepted = self.row.accepted.as_deref().map(read).transpose()?;
        Ok(accepted.unwrap_or_default().into_keys().collect())
    }

    /// The version of the signal that has what was accepted.
    async fn applied_version(&self) -> Option<i32> {
        self.row.applied_version
    }
}

/// A page of proposals (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct ProposalConnection {
    /// The proposals.
    nodes: Vec<Proposal>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What others propose of a signal.
#[derive(Clone)]
pub struct SignalProposals(pub Arc<At>);

/// What others propose of a signal.
#[Object]
impl SignalProposals {
    /// The corrections that the own inspectorate proposes, or as its owner is offered (terugmeldingen), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn proposals(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default, desc = "With those that were decided (historie).")] history: bool,
    ) -> Result<ProposalConnection, Fault> {
        let asked = Asked { first, after, history };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().proposals, asked).await?;
        let node = |row| Proposal {
            row,
            door: self.0.door.clone(),
        };
        let nodes = rows.into_iter().map(node).collect();
        Ok(ProposalConnection { nodes, page_info })
    }
}

/// Questions about proposals.
#[derive(Default)]
pub struct ProposalQuery;

/// Questions about proposals.
#[Object]
impl ProposalQuery {
    /// The corrections that the own inspectorate proposed or was offered (terugmeldingen), newest first: of signals that
    /// the caller sees, and those that its own account made.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn proposals(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default, desc = "Only those that wait for a decision.")] open: bool,
    ) -> Result<Option<ProposalConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let door = door(context).clone();
        let reader = door.session().reader().await?;
        let from = after.map(|place| (place.created_at, place.record_id));
        let mut rows = proposal::own(&reader, None, open, from, size + 1).await?;
        drop(reader);
        let place = |row: &ProposalRow| {
            cursor(Position {
                created_at: row.at,
                record_id: row.id,
            })
        };
        let page_info = PageInfo::cut(&mut rows, size, after.is_some(), place);
        let node = |row| Proposal {
            row,
            door: door.clone(),
        };
        let nodes = rows.into_iter().map(node).collect();
        Ok(Some(ProposalConnection { nodes, page_info }))
    }

    /// One proposal of the own side (terugmelding). Null when it does not exist or is not the caller's to see, alike.
    async fn proposal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `prp_…`.")] id: ID,
    ) -> Result<Option<Proposal>, Fault> {
        let id = proposal_id(&id, "id")?;
        let door = door(context).clone();
        let reader = door.session().reader().await?;
        let row = proposal::own(&reader, Some(id), false, None, 1).await?.pop();
        drop(reader);
        Ok(row.map(|row| Proposal { row, door }))
    }
}

/// What should become of a signal (voorgestelde wijzigingen): what is left out stays, null empties what may be empty.
/// What is personal cannot be proposed.
#[derive(InputObject, Clone, Debug)]
pub struct CorrectionInput {
    /// Its title (titel).
    title: Option<String>,
    /// Its narrative (toelichting).
    narrative: Option<String>,
    /// The code of its category (categorie).
    category: Option<String>,
    /// How serious (ernst).
    severity: Option<Severity>,
    /// How soon somebody should look at it (urgentie).
    urgency: Option<Urgency>,
    /// From when it was observed (waargenomen vanaf).
    observed_from: Option<DateTime>,
    /// Until when it was observed (waargenomen tot).
    observed_until: MaybeUndefined<DateTime>,
    /// Where, in words (plaats).
    place: MaybeUndefined<String>,
    /// A note on the record itself (aantekening).
    note: MaybeUndefined<String>,
    /// How reliable the source is (betrouwbaarheid van de bron).
    reliability: MaybeUndefined<SourceReliability>,
    /// How credible the information is (geloofwaardigheid van de informatie).
    credibility: MaybeUndefined<InformationCredibility>,
    /// The last Dutch date on which it holds (geldig tot en met).
    valid_until: MaybeUndefined<Date>,
    /// The parties it is about (ondertoezichtstaanden): all of them.
    parties: Option<Vec<ID>>,
    /// The sites it is about (vestigingen): all of them.
    sites: Option<Vec<ID>>,
    /// The codes of the safety regions it is about (veiligheidsregio's): all of them.
    regions: Option<Vec<String>>,
}

impl CorrectionInput {
    /// As fields, with the ids read.
    fn read(self) -> Result<Fields, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut typed = |prefix: &'static str, field: &str, of: Option<Vec<ID>>| {
            for (place, id) in of.iter().flatten().enumerate() {
                if let Err(fault) = ids::read(prefix, id) {
                    faults.push(fault.at(format!("changes.{field}.{place}")));
                }
            }
            of.map(|ids| ids.into_iter().map(|id| id.0).collect::<Vec<_>>())
        };
        let parties = typed(ids::prefix::PARTY, "parties", self.parties);
        let sites = typed(ids::prefix::SITE, "sites", self.sites);
        if !faults.is_empty() {
            return Err(faults);
        }
        let moment = |at: DateTime| Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::MAX).to_string();
        let trimmed = |text: String| text.trim().to_owned();
        let sorted = |mut values: Vec<String>| {
            values.sort_unstable();
            values.dedup();
            values
        };
        let one = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), vec![value]));
        let maybe = |name: &str, value: MaybeUndefined<String>| {
            let values: Option<Vec<String>> = match value {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(Vec::new()),
                MaybeUndefined::Value(value) => Some(vec![value]),
            };
            values.map(|values| (name.to_owned(), values))
        };
        let list = |name: &str, values: Option<Vec<String>>| values.map(|values| (name.to_owned(), sorted(values)));
        let all = [
            one("title", self.title.map(trimmed)),
            one("narrative", self.narrative.map(trimmed)),
            one("category", self.category),
            one("severity", self.severity.map(word)),
            one("urgency", self.urgency.map(word)),
            one("observedFrom", self.observed_from.map(moment)),
            maybe("observedUntil", self.observed_until.map_value(moment)),
            maybe("place", self.place),
            maybe("note", self.note),
            maybe("reliability", self.reliability.map_value(word)),
            maybe("credibility", self.credibility.map_value(word)),
            maybe("validUntil", self.valid_until.map_value(|date| date.0.to_string())),
            list("parties", parties),
            list("sites", sites),
            list("regions", self.regions),
        ];
        Ok(all.into_iter().flatten().collect())
    }
}

/// A proposal after a change.
#[derive(SimpleObject)]
pub struct ProposalPayload {
    /// The proposal.
    proposal: Proposal,
    /// The signal as the caller sees it now; null when it sees it no more.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

fn proposal_id(id: &ID, field: &str) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::PROPOSAL, id).map_err(|fault| fault.at(field))
}

async fn payload(context: &Context<'_>, row: ProposalRow) -> Result<Option<ProposalPayload>, Error> {
    let door = door(context).clone();
    let texts = [("reason", Some(row.reason.as_str())), ("answer", row.answer.as_deref())];
    let warnings = looks_personal(texts, door.session().stated().language);
    let signal = again(context, row.signal_id).await?;
    Ok(Some(ProposalPayload {
        proposal: Proposal { row, door },
        signal,
        warnings,
    }))
}

/// Changes to proposals.
#[derive(Default)]
pub struct ProposalMutation;

/// Changes to proposals.
#[Object]
impl ProposalMutation {
    /// Puts a correction to the owner of another's signal (terugmelden).
    async fn propose_correction(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What it should become.")] changes: CorrectionInput,
        #[graphql(desc = "Why, at most 2,000 characters; nothing personal.")] reason: String,
    ) -> Result<Option<ProposalPayload>, Error> {
        let id = signal_id(&id)?;
        let changes = changes.read().map_err(|faults| raise(context, faults))?;
        let proposed = Proposed {
            version,
            changes,
            reason,
        };
        let row = proposal::propose(door(context).session(), id, proposed)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, row).await
    }

    /// Accepts a proposal, as a whole or some of its fields (overnemen): they are edited in the same transaction.
    async fn accept_proposal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The proposal's id, `prp_…`.")] proposal_id: ID,
        #[graphql(desc = "The version of the signal that was read.")] version: i32,
        #[graphql(desc = "The fields to accept; all of them where nothing is said.")] fields: Option<Vec<String>>,
        #[graphql(desc = "What to answer, at most 2,000 characters; nothing personal.")] answer: Option<String>,
    ) -> Result<Option<ProposalPayload>, Error> {
        let id = self::proposal_id(&proposal_id, "proposalId")?;
        let row = proposal::accept(door(context).session(), id, version, fields, answer)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, row).await
    }

    /// Rejects a proposal (afwijzen), with the reason.
    async fn reject_proposal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The proposal's id, `prp_…`.")] proposal_id: ID,
        #[graphql(desc = "Why, at most 2,000 characters; nothing personal.")] answer: String,
    ) -> Result<Option<ProposalPayload>, Error> {
        let id = self::proposal_id(&proposal_id, "proposalId")?;
        let row = proposal::reject(door(context).session(), id, answer)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, row).await
    }

    /// Withdraws a proposal of the own inspectorate (terugmelding intrekken).
    async fn withdraw_proposal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The proposal's id, `prp_…`.")] proposal_id: ID,
    ) -> Result<Option<ProposalPayload>, Error> {
        let id = self::proposal_id(&proposal_id, "proposalId")?;
        let row = proposal::withdraw(door(context).session(), id).await?;
        payload(context, row).await
    }
}
