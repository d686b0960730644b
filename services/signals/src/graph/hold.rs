//! Hold and freeze of signals, as a privacy officer places them by number.

use async_graphql::{Context, Error, Object};
use foundation::Fault;
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::graphql::root::{HoldKind, RecordHold, RecordHoldConnection};
use foundation::root::hold;

use super::door::door;
use super::raise;
use crate::store::SignalRow;
use crate::store::hold::numbered;

/// Questions about holds.
#[derive(Default)]
pub struct HoldQuery;

/// Questions about holds.
#[Object]
impl HoldQuery {
    /// The legal holds and freezes of the own inspectorate's signals (bewaarplicht en bevriezing), newest first. For
    /// privacy officers.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn record_holds(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only those that stand.")] standing: Option<bool>,
    ) -> Result<Option<RecordHoldConnection>, Fault> {
        let session = door(context).session();
        let page = RecordHoldConnection::find::<SignalRow>(session, first, after.as_deref(), standing);
        Ok(Some(page.await?))
    }
}

/// Placing and lifting holds.
#[derive(Default)]
pub struct HoldMutation;

/// Placing and lifting holds.
#[Object]
impl HoldMutation {
    /// Places a legal hold or a freeze on a signal of the own inspectorate (bewaarplicht of bevriezing opleggen), in
    /// force at once. For privacy officers, who do not see the signal.
    async fn place_hold(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "The signal's citable number, such as `ILT-2026-00123`.")] number: String,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let session = door(context).session();
        let placed = hold::place::<SignalRow>(session, kind.into(), numbered(&number), reason).await;
        let placed = placed.map_err(|faults| raise(context, faults))?;
        Ok(Some(placed.try_into()?))
    }

    /// Lifts a legal hold or a freeze again (opheffen): a signal whose retention has ended is then erased.
    async fn lift_hold(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "The signal's citable number, such as `ILT-2026-00123`.")] number: String,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let session = door(context).session();
        let lifted = hold::lift::<SignalRow>(session, kind.into(), numbered(&number), reason).await;
        let lifted = lifted.map_err(|faults| raise(context, faults))?;
        Ok(Some(lifted.try_into()?))
    }
}
