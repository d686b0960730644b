//! Hold and freeze, as a privacy officer places them by number.

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor};
use foundation::session::Position;
use foundation::{Fault, ids};

use super::door::door;
use super::raise;
use crate::model::hold::HoldKind as Kind;
use crate::store::hold;
use crate::store::hold::Placed;

/// What a privacy officer placed on a record.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::hold::HoldKind")]
pub enum HoldKind {
    /// Legal hold (bewaarplicht): it is not erased when its retention ends; nobody sees it longer because of that.
    Hold,
    /// Freeze (bevriezing): its grants stand, but none counts.
    Freeze,
}

/// A legal hold or a freeze on a record (bewaarplicht, bevriezing). It says nothing of the record's content.
#[derive(SimpleObject, Clone, Debug)]
pub struct RecordHold {
    /// Its id, `hld_…`.
    id: ID,
    /// Which of the two.
    kind: HoldKind,
    /// The record's citable number (kenmerk).
    number: String,
    /// Why it was placed (reden).
    reason: String,
    /// When it was placed.
    placed_at: DateTime,
    /// The account that placed it, `acc_…`.
    placed_by: ID,
    /// When it was lifted (opgeheven); null while it stands.
    lifted_at: Option<DateTime>,
    /// The account that lifted it, `acc_…`.
    lifted_by: Option<ID>,
    /// Why it was lifted.
    lifted_because: Option<String>,
}

impl TryFrom<Placed> for RecordHold {
    type Error = Fault;

    fn try_from(row: Placed) -> Result<Self, Fault> {
        let kind = Kind::from_number(row.kind).ok_or_else(|| Fault::broken("a hold of no known kind"))?;
        let account = |id| ids::write(ids::prefix::ACCOUNT, id);
        Ok(Self {
            id: ids::write(ids::prefix::HOLD, row.id),
            kind: kind.into(),
            number: row.number,
            reason: row.reason,
            placed_at: DateTime(row.placed_at),
            placed_by: account(row.placed_by),
            lifted_at: row.lifted_at.map(DateTime),
            lifted_by: row.lifted_by.map(account),
            lifted_because: row.lifted_because,
        })
    }
}

/// A page of holds, newest first.
#[derive(SimpleObject)]
pub struct RecordHoldConnection {
    /// The holds and freezes.
    nodes: Vec<RecordHold>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// Questions about holds.
#[derive(Default)]
pub struct HoldQuery;

/// Questions about holds.
#[Object]
impl HoldQuery {
    /// The legal holds and freezes of the own inspectorate (bewaarplicht en bevriezing), newest first. For privacy
    /// officers.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn record_holds(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only those that stand.")] standing: Option<bool>,
    ) -> Result<Option<RecordHoldConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let place = after.map(|place| (place.created_at, place.record_id));
        let mut rows = hold::list(door(context).session(), standing.unwrap_or(false), place, size + 1).await?;
        let place = |row: &Placed| {
            cursor(Position {
                created_at: row.placed_at,
                record_id: row.id,
            })
        };
        Ok(Some(RecordHoldConnection {
            page_info: PageInfo::cut(&mut rows, size, after.is_some(), place),
            nodes: rows.into_iter().map(RecordHold::try_from).collect::<Result<_, _>>()?,
        }))
    }
}

/// Placing and lifting holds.
#[derive(Default)]
pub struct HoldMutation;

/// Placing and lifting holds.
#[Object]
impl HoldMutation {
    /// Places a legal hold or a freeze on a record of the own inspectorate (bewaarplicht of bevriezing opleggen), in
    /// force at once. For privacy officers, who do not see the record.
    async fn place_hold(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "The record's citable number, such as `ILT-2026-00123`.")] number: String,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let placed = hold::place(door(context).session(), kind.into(), &number, reason).await;
        let placed = placed.map_err(|faults| raise(context, faults))?;
        Ok(Some(placed.try_into()?))
    }

    /// Lifts a legal hold or a freeze again (opheffen): a record whose retention has ended is then erased.
    async fn lift_hold(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "The record's citable number, such as `ILT-2026-00123`.")] number: String,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let lifted = hold::lift(door(context).session(), kind.into(), &number, reason).await;
        let lifted = lifted.map_err(|faults| raise(context, faults))?;
        Ok(Some(lifted.try_into()?))
    }
}
