//! Covenants, as the API shows them.

mod input;
mod mutation;

use std::collections::HashMap;
use std::sync::Arc;

use access::{FOREVER, Operation};
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, MergedObject, Object, SimpleObject};
use foundation::check::far_date;
use foundation::clock::{date_of, last_date_before, start_of};
use foundation::graphql::kit::{Date, LIST_COST, PAGE_DEFAULT, page_cost, page_size};
use foundation::graphql::root::{At, Connection, Node, Record, Shown};
use foundation::ids::{prefix, read};
use foundation::{Fault, Seen, Session};
use uuid::Uuid;

use super::door::{Batches, Door, PartyKey};
use super::organisation::Organisation;
use super::party::SupervisedParty;
use crate::model::covenant as model;
use crate::store::CovenantRow;
use crate::store::covenant::{self, Filter};

pub(super) use mutation::CovenantMutation;

/// A covenant by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CovenantKey(pub Uuid);
/// Who takes part in a covenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ParticipantsOf(pub Uuid);

impl Shown for CovenantRow {
    const PREFIX: &'static str = prefix::COVENANT;
    const ACTIONS: &'static [Operation] = &[
        Operation::Edit,
        Operation::Publish,
        Operation::Label,
        Operation::Grant,
        Operation::Revoke,
        Operation::Retract,
    ];
}

/// Covenants in a list.
pub(super) type CovenantConnection = Connection<Covenant>;

/// Questions about covenants.
#[derive(Default)]
pub(super) struct CovenantQuery;

/// Questions about covenants.
#[Object]
impl CovenantQuery {
    /// One covenant (convenant), if the caller may see it.
    async fn covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `cov_…`.")] id: ID,
    ) -> Result<Option<Covenant>, Fault> {
        find(Door::of(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    /// The covenants that the caller may see (convenanten), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn covenants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<CovenantFilter>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<CovenantConnection>, Fault> {
        let door = Door::of(ctx);
        let filter = filter.unwrap_or_default().read()?;
        let query = covenant::query(&door.session.reader().await?, &filter).await?;
        Ok(Some(Connection::find(door, query, first, after.as_deref()).await?))
    }

    #[graphql(entity)]
    async fn find_covenant(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Covenant>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The covenant with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<Covenant>, Fault> {
    one(door, read(prefix::COVENANT, id)?).await
}

/// A covenant as it is now.
pub(super) async fn one(door: &Arc<Door>, id: Uuid) -> Result<Option<Covenant>, Fault> {
    Ok(door.load(CovenantKey(id)).await?.map(|seen| Covenant::node(seen, door)))
}

/// The covenants with a party, newest first: fetched for all parties of the request together.
///
/// # Errors
/// `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
pub(super) async fn with(
    door: &Arc<Door>,
    party: Uuid,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<CovenantConnection, Fault> {
    if after.is_some() {
        let filter = Filter {
            party: Some(party),
            ..Filter::default()
        };
        let query = covenant::query(&door.session.reader().await?, &filter).await?;
        return Connection::find(door, query, first, after).await;
    }
    let about = door.covenants.about(party, page_size(first)?).await?;
    let query = about.query();
    Ok(Connection::of(about.page, false, query, door))
}

/// Narrows covenants (convenanten); all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub(super) struct CovenantFilter {
    /// A party that it is made with (ondertoezichtstaande), `pty_…`.
    party: Option<ID>,
    /// The code of the inspectorate that recorded it (eigenaar), such as `ilt`.
    owner: Option<String>,
    /// A Dutch date on which it holds (geldig op).
    on: Option<Date>,
}

impl CovenantFilter {
    fn read(self) -> Result<Filter, Fault> {
        let party = self.party.map(|id| read(prefix::PARTY, &id)).transpose();
        let invalid = || far_date().at("filter.on");
        Ok(Filter {
            party: party.map_err(|fault| fault.at("filter.party"))?,
            owner: self.owner,
            at: self.on.map(|date| start_of(date.0).ok_or_else(invalid)).transpose()?,
        })
    }
}

/// What an agreed number of inspections counts for (telperiode).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AgreedPeriod")]
pub(super) enum AgreedPeriod {
    /// Per kalenderjaar.
    Year,
    /// Over de hele looptijd.
    Term,
}

/// How good the parties' safety management system was found to be (kwaliteit van het veiligheidsmanagementsysteem).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::VmsQuality")]
pub(super) enum VmsQuality {
    /// Onvoldoende.
    Insufficient,
    /// Voldoende.
    Sufficient,
    /// Goed.
    Good,
}

/// What the parties report themselves (zelfmelding).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct SelfReport {
    /// Whether they must (meldplicht).
    duty: bool,
    /// What they report, and when (meldregel).
    rule: Option<String>,
    /// How inspections treat it (behandeling van zelfmeldingen).
    treatment: Option<String>,
}

/// An inspectorate that takes part in a covenant (deelnemende inspectie).
#[derive(SimpleObject)]
pub(super) struct CovenantParticipant {
    /// The inspectorate (inspectie).
    organisation: Option<Organisation>,
    /// How many inspections it has agreed to for itself (afgesproken aantal inspecties).
    agreed_inspections: Option<i32>,
}

/// What inspectorates have agreed with supervised parties (convenant): how often they inspect, and what the parties
/// report themselves. Taking part in one does not show it: it is shared as any record.
#[derive(MergedObject, Clone)]
pub(super) struct Covenant(Record<CovenantRow>, CovenantRecord);

impl Node for Covenant {
    type Row = CovenantRow;
    type Door = Arc<Door>;

    fn node(seen: Seen<CovenantRow>, door: &Arc<Door>) -> Self {
        let beside = door.covenants.clone();
        let at = Arc::new(At { seen, beside });
        let record = CovenantRecord {
            at: at.clone(),
            door: door.clone(),
        };
        Self(Record(at), record)
    }

    fn session(door: &Arc<Door>) -> &Session {
        &door.session
    }
}

/// What a covenant says itself.
#[derive(Clone)]
pub(super) struct CovenantRecord {
    at: Arc<At<CovenantRow>>,
    door: Arc<Door>,
}

/// What a covenant says itself.
#[Object]
impl CovenantRecord {
    /// Its title (titel).
    async fn title(&self) -> &str {
        &self.at.seen.title
    }

    /// The inspectorate that recorded it (eigenaar): nobody else changes it.
    async fn owner(&self) -> Result<Option<Organisation>, Fault> {
        organisation(&self.door, self.at.seen.owner_id).await
    }

    /// The supervised parties that it is made with (ondertoezichtstaanden).
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn parties(&self) -> Result<Vec<Option<SupervisedParty>>, Fault> {
        let subjects = self.at.beside.subjects(self.at.seen.id).await?;
        let parties = subjects.parties.iter().map(|id| party(&self.door, *id));
        async_graphql::futures_util::future::try_join_all(parties).await
    }

    /// The inspectorates that take part (deelnemende inspecties), by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn participants(&self) -> Result<Vec<CovenantParticipant>, Fault> {
        let mut participants = self
            .door
            .load(ParticipantsOf(self.at.seen.id))
            .await?
            .unwrap_or_default();
        let all = self.door.organisations().await?;
        let place = |id: Uuid| all.iter().position(|row| row.id == id);
        participants.sort_by_key(|(id, _)| place(*id));
        let participant = |(id, agreed_inspections): (Uuid, Option<i32>)| CovenantParticipant {
            organisation: all.iter().find(|row| row.id == id).cloned().map(Organisation),
            agreed_inspections,
        };
        Ok(participants.into_iter().map(participant).collect())
    }

    /// How many inspections all inspectorates together have agreed to (afgesproken aantal inspecties).
    async fn agreed_inspections(&self) -> Option<i32> {
        self.at.seen.inspections
    }

    /// What the agreed numbers count for (telperiode).
    async fn agreed_period(&self) -> Result<AgreedPeriod, Fault> {
        let period = model::AgreedPeriod::from_number(self.at.seen.period);
        Ok(period.ok_or_else(outside)?.into())
    }

    /// What the parties report themselves (zelfmelding).
    async fn self_report(&self) -> SelfReport {
        let row = &self.at.seen;
        SelfReport {
            duty: row.report_duty,
            rule: row.report_rule.clone(),
            treatment: row.report_treatment.clone(),
        }
    }

    /// For how many months permits are given (vergunningsduur).
    async fn permit_months(&self) -> Option<i32> {
        self.at.seen.permit_months
    }

    /// How good the parties' safety management system was found to be (kwaliteit van het VMS).
    async fn vms_quality(&self) -> Result<Option<VmsQuality>, Fault> {
        let Some(number) = self.at.seen.vms_quality else {
            return Ok(None);
        };
        let quality = model::VmsQuality::from_number(number);
        Ok(Some(quality.ok_or_else(outside)?.into()))
    }

    /// The first Dutch date on which it holds (ingangsdatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.at.seen.starts_at))
    }

    /// The last Dutch date on which it holds (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.at.seen.ends_at;
        (ends != FOREVER).then(|| Date(last_date_before(ends)))
    }
}

fn outside() -> Fault {
    Fault::broken("a stored value outside its enumeration")
}

/// An organisation of this id.
pub(super) async fn organisation(door: &Arc<Door>, id: Uuid) -> Result<Option<Organisation>, Fault> {
    let all = door.organisations().await?;
    Ok(all.iter().find(|row| row.id == id).cloned().map(Organisation))
}

/// A party of this id.
pub(super) async fn party(door: &Arc<Door>, id: Uuid) -> Result<Option<SupervisedParty>, Fault> {
    let party = door.load(PartyKey(id)).await?;
    Ok(party.map(|party| SupervisedParty {
        party,
        door: door.clone(),
    }))
}

impl Loader<CovenantKey> for Batches {
    type Value = Seen<CovenantRow>;
    type Error = Fault;

    async fn load(&self, keys: &[CovenantKey]) -> Result<HashMap<CovenantKey, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = covenant::by_ids(self.session(), &ids).await?;
        Ok(found.into_iter().map(|(id, row)| (CovenantKey(id), row)).collect())
    }
}

impl Loader<ParticipantsOf> for Batches {
    type Value = Vec<(Uuid, Option<i32>)>;
    type Error = Fault;

    async fn load(&self, keys: &[ParticipantsOf]) -> Result<HashMap<ParticipantsOf, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = covenant::participants(self.session(), &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (ParticipantsOf(id), rows)).collect())
    }
}
