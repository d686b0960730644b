//! Supervision levels, as the API shows them.

mod mutation;

use std::collections::HashMap;
use std::sync::Arc;

use access::Operation;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, MergedObject, Object};
use foundation::clock::date_of;
use foundation::graphql::kit::{Date, PAGE_DEFAULT, page_cost, page_size};
use foundation::graphql::root::{At, Connection, Node, Record, Shown};
use foundation::ids::{prefix, read};
use foundation::{Fault, Seen, Session};
use uuid::Uuid;

use super::covenant::{organisation, party};
use super::door::{Batches, Door};
use super::organisation::Organisation;
use super::party::SupervisedParty;
use crate::model::supervision_level as model;
use crate::store::LevelRow;
use crate::store::supervision_level::{self, Filter};

pub(super) use mutation::SupervisionLevelMutation;

/// A step by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LevelKey(pub Uuid);
/// The levels at which a party is supervised now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CurrentOf(pub Uuid);

impl Shown for LevelRow {
    const PREFIX: &'static str = prefix::SUPERVISION_LEVEL;
    // A step is never edited: whoever was wrong retracts it.
    const ACTIONS: &'static [Operation] = &[
        Operation::Label,
        Operation::Grant,
        Operation::Revoke,
        Operation::Retract,
    ];
}

/// Steps in a list.
pub(super) type SupervisionLevelConnection = Connection<SupervisionLevel>;

/// Questions about supervision levels.
#[derive(Default)]
pub(super) struct SupervisionLevelQuery;

/// Questions about supervision levels.
#[Object]
impl SupervisionLevelQuery {
    /// One step of a supervision level (toezichtniveau), if the caller may see it.
    async fn supervision_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `lvl_…`.")] id: ID,
    ) -> Result<Option<SupervisionLevel>, Fault> {
        find(Door::of(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    /// The steps that the caller may see (toezichtniveaus), newest first: with a party and an inspectorate, the history.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn supervision_levels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<SupervisionLevelFilter>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<SupervisionLevelConnection>, Fault> {
        let door = Door::of(ctx);
        let filter = filter.unwrap_or_default().read()?;
        let query = supervision_level::query(&door.session.reader().await?, &filter).await?;
        Ok(Some(Connection::find(door, query, first, after.as_deref()).await?))
    }

    #[graphql(entity)]
    async fn find_supervision_level(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SupervisionLevel>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The step with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<SupervisionLevel>, Fault> {
    one(door, read(prefix::SUPERVISION_LEVEL, id)?).await
}

/// A step as it is now.
pub(super) async fn one(door: &Arc<Door>, id: Uuid) -> Result<Option<SupervisionLevel>, Fault> {
    let found = door.load(LevelKey(id)).await?;
    Ok(found.map(|seen| SupervisionLevel::node(seen, door)))
}

/// The steps about a party, newest first: fetched for all parties of the request together.
///
/// # Errors
/// `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
pub(super) async fn of(
    door: &Arc<Door>,
    party: Uuid,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<SupervisionLevelConnection, Fault> {
    if after.is_some() {
        let filter = Filter {
            party: Some(party),
            ..Filter::default()
        };
        let query = supervision_level::query(&door.session.reader().await?, &filter).await?;
        return Connection::find(door, query, first, after).await;
    }
    let about = door.levels.about(party, page_size(first)?).await?;
    let query = about.query();
    Ok(Connection::of(about.page, false, query, door))
}

/// The level of each inspectorate at which a party is supervised now.
///
/// # Errors
/// The database's.
pub(super) async fn current(door: &Arc<Door>, party: Uuid) -> Result<Vec<SupervisionLevel>, Fault> {
    let found = door.load(CurrentOf(party)).await?.unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|seen| SupervisionLevel::node(seen, door))
        .collect())
}

/// Narrows supervision levels (toezichtniveaus); all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub(super) struct SupervisionLevelFilter {
    /// The party (ondertoezichtstaande), `pty_…`.
    party: Option<ID>,
    /// The code of the inspectorate whose level it is (eigenaar), such as `ilt`.
    owner: Option<String>,
    /// The level (niveau).
    level: Option<Level>,
}

impl SupervisionLevelFilter {
    fn read(self) -> Result<Filter, Fault> {
        let party = self.party.map(|id| read(prefix::PARTY, &id)).transpose();
        Ok(Filter {
            party: party.map_err(|fault| fault.at("filter.party"))?,
            owner: self.owner,
            level: self.level.map(Into::into),
        })
    }
}

/// How closely an inspectorate looks at a party (toezichtniveau).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SupervisionIntensity", remote = "model::Level")]
pub(super) enum Level {
    /// Regulier: signaleren.
    Regular,
    /// Verdiepend: stimuleren.
    InDepth,
    /// Intensief: interveniëren.
    Intensive,
}

/// Where a step leads, compared with the level before it (stap).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SupervisionStep", remote = "model::Step")]
pub(super) enum Step {
    /// Eerste niveau: the first that the inspectorate recorded of the party.
    First,
    /// Omhoog.
    Up,
    /// Omlaag.
    Down,
    /// Gelijk gebleven, met een nieuwe reden.
    Same,
}

/// One step of the level at which an inspectorate supervises a party (toezichtniveau), with its reason. What it says of
/// the step before is its owner's statement: whoever sees this one may not see that one.
#[derive(MergedObject, Clone)]
pub(super) struct SupervisionLevel(Record<LevelRow>, LevelRecord);

impl Node for SupervisionLevel {
    type Row = LevelRow;
    type Door = Arc<Door>;

    fn node(seen: Seen<LevelRow>, door: &Arc<Door>) -> Self {
        let beside = door.levels.clone();
        let at = Arc::new(At { seen, beside });
        let record = LevelRecord {
            at: at.clone(),
            door: door.clone(),
        };
        Self(Record(at), record)
    }

    fn session(door: &Arc<Door>) -> &Session {
        &door.session
    }
}

/// What a step says itself.
#[derive(Clone)]
pub(super) struct LevelRecord {
    at: Arc<At<LevelRow>>,
    door: Arc<Door>,
}

/// What a step says itself.
#[Object]
impl LevelRecord {
    /// The party (ondertoezichtstaande).
    async fn party(&self) -> Result<Option<SupervisedParty>, Fault> {
        party(&self.door, self.at.seen.party_id).await
    }

    /// The inspectorate whose level it is (eigenaar): nobody else changes it.
    async fn owner(&self) -> Result<Option<Organisation>, Fault> {
        organisation(&self.door, self.at.seen.owner_id).await
    }

    /// The level (niveau).
    async fn level(&self) -> Result<Level, Fault> {
        let level = model::Level::from_number(self.at.seen.level);
        Ok(level.ok_or_else(outside)?.into())
    }

    /// Where it leads, compared with the level before it (stap).
    async fn step(&self) -> Result<Step, Fault> {
        let step = model::Step::from_number(self.at.seen.step);
        Ok(step.ok_or_else(outside)?.into())
    }

    /// Why (reden).
    async fn reason(&self) -> &str {
        &self.at.seen.reason
    }

    /// The Dutch date from which it holds (ingangsdatum).
    async fn from(&self) -> Date {
        Date(date_of(self.at.seen.starts_at))
    }
}

fn outside() -> Fault {
    Fault::broken("a stored value outside its enumeration")
}

impl Loader<LevelKey> for Batches {
    type Value = Seen<LevelRow>;
    type Error = Fault;

    async fn load(&self, keys: &[LevelKey]) -> Result<HashMap<LevelKey, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = supervision_level::by_ids(self.session(), &ids).await?;
        Ok(found.into_iter().map(|(id, row)| (LevelKey(id), row)).collect())
    }
}

impl Loader<CurrentOf> for Batches {
    type Value = Vec<Seen<LevelRow>>;
    type Error = Fault;

    async fn load(&self, keys: &[CurrentOf]) -> Result<HashMap<CurrentOf, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = supervision_level::current(self.session(), &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (CurrentOf(id), rows)).collect())
    }
}
