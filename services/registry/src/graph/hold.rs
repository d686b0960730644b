//! Hold and freeze of covenants and supervision levels, as a privacy officer places them by id.

use async_graphql::{Context, Error, ID, Object};
use foundation::Fault;
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost, raise};
use foundation::graphql::root::{HoldKind, RecordHold, RecordHoldConnection, Shown};
use foundation::ids::read;
use foundation::root::hold;

use super::door::Door;
use crate::store::hold::{covenant, supervision_level};
use crate::store::{CovenantRow, LevelRow};

/// Questions about holds on covenants.
#[derive(Default)]
pub(super) struct CovenantHoldQuery;

/// Questions about holds on covenants.
#[Object]
impl CovenantHoldQuery {
    /// The legal holds and freezes of the own inspectorate's covenants (bewaarplicht en bevriezing), newest
    /// first. For privacy officers.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn covenant_holds(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only those that stand.")] standing: Option<bool>,
    ) -> Result<Option<RecordHoldConnection>, Fault> {
        let session = &Door::of(ctx).session;
        let page = RecordHoldConnection::find::<CovenantRow>(session, first, after.as_deref(), standing);
        Ok(Some(page.await?))
    }
}

/// Placing and lifting holds on covenants.
#[derive(Default)]
pub(super) struct CovenantHoldMutation;

/// Placing and lifting holds on covenants.
#[Object]
impl CovenantHoldMutation {
    /// Places a legal hold or a freeze on a covenant of the own inspectorate (bewaarplicht of bevriezing opleggen), in
    /// force at once. For privacy officers, who do not see the covenant.
    async fn place_covenant_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let id = read(CovenantRow::PREFIX, &id).map_err(|fault| fault.at("id"))?;
        let placed = hold::place::<CovenantRow>(&Door::of(ctx).session, kind.into(), covenant(id), reason).await;
        let placed = placed.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(placed.try_into()?))
    }

    /// Lifts a legal hold or a freeze of a covenant again (opheffen): one whose retention has ended is then erased.
    async fn lift_covenant_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let id = read(CovenantRow::PREFIX, &id).map_err(|fault| fault.at("id"))?;
        let lifted = hold::lift::<CovenantRow>(&Door::of(ctx).session, kind.into(), covenant(id), reason).await;
        let lifted = lifted.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(lifted.try_into()?))
    }
}

/// Questions about holds on supervision levels.
#[derive(Default)]
pub(super) struct LevelHoldQuery;

/// Questions about holds on supervision levels.
#[Object]
impl LevelHoldQuery {
    /// The legal holds and freezes of the own inspectorate's supervision levels (bewaarplicht en bevriezing), newest
    /// first. For privacy officers.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn supervision_level_holds(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Only those that stand.")] standing: Option<bool>,
    ) -> Result<Option<RecordHoldConnection>, Fault> {
        let session = &Door::of(ctx).session;
        let page = RecordHoldConnection::find::<LevelRow>(session, first, after.as_deref(), standing);
        Ok(Some(page.await?))
    }
}

/// Placing and lifting holds on supervision levels.
#[derive(Default)]
pub(super) struct LevelHoldMutation;

/// Placing and lifting holds on supervision levels.
#[Object]
impl LevelHoldMutation {
    /// Places a legal hold or a freeze on a step of a supervision level of the own inspectorate (bewaarplicht of bevriezing opleggen), in
    /// force at once. For privacy officers, who do not see the step.
    async fn place_supervision_level_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "Its id, `lvl_…`.")] id: ID,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let id = read(LevelRow::PREFIX, &id).map_err(|fault| fault.at("id"))?;
        let placed = hold::place::<LevelRow>(&Door::of(ctx).session, kind.into(), supervision_level(id), reason).await;
        let placed = placed.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(placed.try_into()?))
    }

    /// Lifts a legal hold or a freeze of a step of a supervision level again (opheffen): one whose retention has ended is then erased.
    async fn lift_supervision_level_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the two.")] kind: HoldKind,
        #[graphql(desc = "Its id, `lvl_…`.")] id: ID,
        #[graphql(desc = "Why; kept with the hold.")] reason: String,
    ) -> Result<Option<RecordHold>, Error> {
        let id = read(LevelRow::PREFIX, &id).map_err(|fault| fault.at("id"))?;
        let lifted = hold::lift::<LevelRow>(&Door::of(ctx).session, kind.into(), supervision_level(id), reason).await;
        let lifted = lifted.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(lifted.try_into()?))
    }
}
