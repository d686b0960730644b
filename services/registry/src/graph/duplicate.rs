//! Parties that may be one, and merging them, as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use foundation::graphql::kit::{PAGE_DEFAULT, PageInfo, page_cost, page_size};
use foundation::ids::{prefix, read};
use foundation::{Code, Fault};
use uuid::Uuid;

use super::door::{Door, PartyKey};
use super::party::SupervisedParty;
use crate::model;
use crate::store::alias;
use crate::store::duplicate::{Place, Proposal, dismiss, page};

/// The longest reason for a decision, in characters.
const REASON_MAXIMUM: usize = 500;

/// Questions about parties that may be one.
#[derive(Default)]
pub(super) struct DuplicateQuery;

/// Questions about parties that may be one.
#[Object]
impl DuplicateQuery {
    /// Parties that may be one (mogelijke dubbelingen), the likeliest first, for a human to merge or to dismiss.
    /// Persons are never among them.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn duplicate_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with this party (ondertoezichtstaande), `pty_…`.")] party: Option<ID>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many (aantal): 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "Go on after this place (cursor).")] after: Option<String>,
    ) -> Result<Option<DuplicateConnection>, Fault> {
        let door = Door::of(ctx);
        let size = page_size(first)?;
        let party = party.map(|id| party_id(&id, "party")).transpose()?;
        let place = after.as_deref().map(place_at).transpose()?;
        let found = page(&door.session, party, place, size).await?;
        // All at once, so that the parties of the whole page are loaded together.
        let loading = found
            .found
            .into_iter()
            .map(|proposal| DuplicateProposal::load(door, proposal));
        let nodes = futures::future::try_join_all(loading).await?;
        let place = |node: Option<&DuplicateProposal>| node.map(|node| cursor(node.place));
        Ok(Some(DuplicateConnection {
            page_info: PageInfo {
                has_next_page: found.more,
                has_previous_page: after.is_some(),
                start_cursor: place(nodes.first()),
                end_cursor: place(nodes.last()),
            },
            nodes,
        }))
    }
}

/// Changes to parties that may be one.
#[derive(Default)]
pub(super) struct DuplicateMutation;

/// Changes to parties that may be one. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl DuplicateMutation {
    /// Says that two parties are one (samenvoegen): the duplicate's id leads to the survivor from then on, in every
    /// service. Nothing is rewritten, and `undoMerge` undoes it.
    async fn merge_parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The party that survives (overblijvende partij), `pty_…`.")] survivor: ID,
        #[graphql(desc = "The party that is the same one (dubbele), `pty_…`.")] duplicate: ID,
        #[graphql(desc = "Why they are one (reden), at most 500 characters.")] reason: String,
    ) -> Result<Option<PartiesPayload>, Fault> {
        let door = Door::of(ctx);
        let survivor = party_id(&survivor, "survivor")?;
        let duplicate = party_id(&duplicate, "duplicate")?;
        alias::merge(&door.session, survivor, duplicate, &because(&reason)?).await?;
        PartiesPayload::load(door, &[survivor]).await.map(Some)
    }

    /// Undoes a merge (samenvoeging ongedaan maken): the duplicate is a party of its own again, with whatever had been
    /// merged into it.
    async fn undo_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The party that was merged into another (dubbele), `pty_…`, as `mergedFrom` lists it.")]
        duplicate: ID,
    ) -> Result<Option<PartiesPayload>, Fault> {
        let door = Door::of(ctx);
        let duplicate = party_id(&duplicate, "duplicate")?;
        let survivor = alias::undo(&door.session, duplicate).await?;
        PartiesPayload::load(door, &[survivor, duplicate]).await.map(Some)
    }

    /// Says that two parties are two (afwijzen): they are not proposed again.
    async fn dismiss_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The one party (ondertoezichtstaande), `pty_…`.")] party: ID,
        #[graphql(desc = "The other party (andere ondertoezichtstaande), `pty_…`.")] other: ID,
        #[graphql(desc = "Why they are two (reden), at most 500 characters.")] reason: String,
    ) -> Result<Option<PartiesPayload>, Fault> {
        let door = Door::of(ctx);
        let (party, other) = (party_id(&party, "party")?, party_id(&other, "other")?);
        dismiss(&door.session, party, other, &because(&reason)?).await?;
        PartiesPayload::load(door, &[party, other]).await.map(Some)
    }
}

/// Parties after a change.
#[derive(SimpleObject)]
pub(super) struct PartiesPayload {
    /// The parties as they are now (ondertoezichtstaanden): one after a merge, two after its undoing.
    parties: Vec<SupervisedParty>,
}

impl PartiesPayload {
    async fn load(door: &Arc<Door>, ids: &[Uuid]) -> Result<Self, Fault> {
        let mut parties = Vec::new();
        for id in ids {
            let party = door.load(PartyKey(*id)).await?;
            parties.extend(party.map(|party| SupervisedParty {
                party,
                door: door.clone(),
            }));
        }
        Ok(Self { parties })
    }
}

fn party_id(id: &ID, field: &'static str) -> Result<Uuid, Fault> {
    read(prefix::PARTY, id).map_err(|fault| fault.at(field))
}

fn because(reason: &str) -> Result<String, Fault> {
    let reason = reason.trim();
    let length = reason.chars().count();
    match length {
        0 => Err(Fault::new(Code::Required).at("reason")),
        1..=REASON_MAXIMUM => Ok(reason.to_owned()),
        _ => Err(Fault::new(Code::TooLong)
            .with("length", length)
            .with("maximum", REASON_MAXIMUM)
            .at("reason")),
    }
}

/// A page of parties that may be one (bladzijde van mogelijke dubbelingen), the likeliest first.
#[derive(SimpleObject)]
pub(super) struct DuplicateConnection {
    /// The proposals (voorstellen).
    nodes: Vec<DuplicateProposal>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Two parties that may be one (mogelijke dubbeling).
#[derive(SimpleObject)]
pub(super) struct DuplicateProposal {
    /// The two parties (ondertoezichtstaanden).
    parties: Vec<SupervisedParty>,
    /// How likely it is that they are one (waarschijnlijkheid), from 0.5 to 1.
    score: f64,
    /// What speaks for it and against it (redenen).
    reasons: Vec<DuplicateReason>,
    #[graphql(skip)]
    place: Place,
}

impl DuplicateProposal {
    async fn load(door: &Arc<Door>, proposal: Proposal) -> Result<Self, Fault> {
        let reason = |evidence: &model::duplicate::Evidence| DuplicateReason {
            kind: evidence.reason.into(),
            points: evidence.points,
        };
        Ok(Self {
            reasons: proposal.evidence.iter().map(reason).collect(),
            parties: PartiesPayload::load(door, &proposal.parties).await?.parties,
            score: proposal.place.score,
            place: proposal.place,
        })
    }
}

/// A likeness or difference between two parties (reden).
#[derive(SimpleObject)]
pub(super) struct DuplicateReason {
    /// What it is (soort).
    kind: DuplicateReasonKind,
    /// What it weighs (gewicht), in logarithmic odds: above 0 it speaks for one party, below 0 for two.
    points: f64,
}

/// What is alike of two parties, or different (soort reden).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::duplicate::Reason")]
pub(super) enum DuplicateReasonKind {
    /// Zelfde naam: equal but for legal form, abbreviations and marks.
    SameName,
    /// Gelijkende naam.
    SimilarName,
    /// Veelvoorkomende naam: many bear it or its words, so it says little.
    CommonName,
    /// Zelfde nummer: a number of the one is part of a number of the other.
    SameNumber,
    /// Bijna zelfde nummer: a slip of the pen apart.
    NearNumber,
    /// Ander nummer in hetzelfde register.
    OtherNumber,
    /// Zelfde adres: a site of each at one door.
    SameDoor,
    /// Zelfde straat of postcode.
    SameStreet,
    /// Zelfde plaats.
    SameTown,
    /// Elders: their sites are in other towns.
    Elsewhere,
    /// Andere rechtsvorm.
    OtherLegalForm,
    /// Andere soort.
    OtherKind,
    /// Zelfde rechtsvorm bij dezelfde naam: a name as in the statutes.
    SameLegalForm,
    /// Naam van een zusterbedrijf: what the one name has more tells sister companies apart.
    SisterName,
}

/// The cursor of a place: score and both ids.
fn cursor(place: Place) -> String {
    format!("{}_{}_{}", place.score, place.party.simple(), place.other.simple())
}

/// The place that a cursor stands for.
fn place_at(text: &str) -> Result<Place, Fault> {
    let invalid = || Fault::new(Code::InvalidCursor).at("after");
    let [score, party, other] = text.split('_').collect::<Vec<_>>()[..] else {
        return Err(invalid());
    };
    let id = |text| Uuid::try_parse(text).map_err(|_| invalid());
    let score: f64 = score.parse().map_err(|_| invalid())?;
    if !(0.0..=1.0).contains(&score) {
        return Err(invalid());
    }
    Ok(Place {
        score,
        party: id(party)?,
        other: id(other)?,
    })
}
