//! Changes to supervision levels: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{Date, Warning, looks_personal, raise};
use foundation::graphql::root::{GrantInput, LabelsInput};
use foundation::ids::{prefix, read};
use foundation::root::{life, sharing};
use foundation::{Fault, check};
use uuid::Uuid;

use super::{Level, LevelKey, SupervisionLevel};
use crate::graph::door::Door;
use crate::store::LevelRow;
use crate::store::supervision_level::{Draft, set};

/// Changes to supervision levels.
#[derive(Default)]
pub(in crate::graph) struct SupervisionLevelMutation;

/// A step of a supervision level (stap), as it is handed in.
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct SupervisionLevelInput {
    /// The party (ondertoezichtstaande), `pty_…`.
    party: ID,
    /// The level from now on (niveau).
    level: Level,
    /// Why (reden), at most 5,000 characters; nothing personal.
    reason: String,
    /// The Dutch date from which it holds (ingangsdatum); now where nothing is said.
    from: Option<Date>,
}

/// A step of a supervision level after a change.
#[derive(SimpleObject)]
pub(in crate::graph) struct SupervisionLevelPayload {
    /// The step as the caller sees it now (stap); null when the change took it out of the caller's sight.
    supervision_level: Option<SupervisionLevel>,
    /// What was accepted but deserves a second look (waarschuwingen).
    warnings: Vec<Warning>,
}

fn level_id(id: &ID) -> Result<Uuid, Fault> {
    read(prefix::SUPERVISION_LEVEL, id).map_err(|fault| fault.at("id"))
}

/// The step as it is now, for the answer to a change.
async fn payload(ctx: &Context<'_>, id: Uuid) -> Result<Option<SupervisionLevelPayload>, Error> {
    let door = Door::of(ctx);
    let language = door.session.stated().language;
    let seen = door.load(LevelKey(id)).await?;
    let warnings = seen
        .as_deref()
        .map(|row| looks_personal([("reason", Some(row.reason.as_str()))], language));
    Ok(Some(SupervisionLevelPayload {
        supervision_level: super::one(door, id).await?,
        warnings: warnings.unwrap_or_default(),
    }))
}

/// Changes to supervision levels. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl SupervisionLevelMutation {
    /// Sets the level at which the own inspectorate supervises a party (toezichtniveau vaststellen), with its reason.
    /// It is brought out at once; partners whom a grant lets see it hear of a step up.
    async fn set_supervision_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The step.")] input: SupervisionLevelInput,
        #[graphql(desc = "Its marks; VERTROUWELIJK, AMBER, SUPERVISION and five years where nothing is said.")]
        labels: Option<LabelsInput>,
        #[graphql(desc = "Whom it is shared with, from the first moment.")] grants: Option<Vec<GrantInput>>,
    ) -> Result<Option<SupervisionLevelPayload>, Error> {
        let party = read(prefix::PARTY, &input.party).map_err(|fault| fault.at("input.party"))?;
        let draft = Draft {
            party,
            level: input.level.into(),
            reason: input.reason,
            from: input.from.map(|date| date.0),
            marks: labels.unwrap_or_default().read(),
            grants: grants.unwrap_or_default().into_iter().map(GrantInput::read).collect(),
        };
        let set = set(&Door::of(ctx).session, draft).await;
        payload(ctx, set.map_err(|faults| raise(ctx, faults))?).await
    }

    /// Changes a step's marks (toezichtniveau rubriceren). Tightening the TLP ends the grants that it forbids.
    async fn label_supervision_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `lvl_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "The marks that change.")] labels: LabelsInput,
    ) -> Result<Option<SupervisionLevelPayload>, Error> {
        let id = level_id(&id)?;
        let labelled = life::label::<LevelRow>(&Door::of(ctx).session, id, version, labels.read()).await;
        labelled.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }

    /// Shares a step (toezichtniveau delen) for a purpose, on a legal basis. In force at once.
    async fn share_supervision_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `lvl_…`.")] id: ID,
        #[graphql(desc = "To whom, for which purpose, on which basis, for how long.")] grant: GrantInput,
    ) -> Result<Option<SupervisionLevelPayload>, Error> {
        let id = level_id(&id)?;
        let shared = sharing::share::<LevelRow>(&Door::of(ctx).session, id, &grant.read()).await;
        shared.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }

    /// Ends a grant of a step (deling van een toezichtniveau intrekken), in force at once.
    async fn revoke_supervision_level_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The grant's id, `grt_…`.")] grant_id: ID,
        #[graphql(desc = "Why; kept with the grant.")] reason: Option<String>,
    ) -> Result<Option<SupervisionLevelPayload>, Error> {
        let grant = read(prefix::GRANT, &grant_id).map_err(|fault| fault.at("grantId"))?;
        let mut faults = Vec::new();
        check::optional("reason", reason.as_deref(), 1_000, &mut faults);
        if !faults.is_empty() {
            return Err(raise(ctx, faults));
        }
        let id = sharing::revoke::<LevelRow>(&Door::of(ctx).session, grant, reason).await?;
        payload(ctx, id).await
    }

    /// Withdraws a step that was wrong (toezichtniveau intrekken) from everyone but its owner, in force at once. The
    /// level before it is the current one again.
    async fn retract_supervision_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `lvl_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "Why; kept with the step.")] reason: String,
    ) -> Result<Option<SupervisionLevelPayload>, Error> {
        let id = level_id(&id)?;
        let retracted = life::retract::<LevelRow>(&Door::of(ctx).session, id, version, reason).await;
        retracted.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }
}
