//! Changes to covenants: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::{Warning, looks_personal, raise};
use foundation::graphql::root::{GrantInput, LabelsInput};
use foundation::ids::{prefix, read};
use foundation::root::{life, sharing};
use foundation::{Fault, check};
use uuid::Uuid;

use super::input::CovenantInput;
use super::{Covenant, CovenantKey};
use crate::graph::door::Door;
use crate::store::{CovenantRow, covenant};

/// Changes to covenants.
#[derive(Default)]
pub(in crate::graph) struct CovenantMutation;

/// A covenant after a change.
#[derive(SimpleObject)]
pub(in crate::graph) struct CovenantPayload {
    /// The covenant as the caller sees it now (convenant); null when the change took it out of the caller's sight.
    covenant: Option<Covenant>,
    /// What was accepted but deserves a second look (waarschuwingen).
    warnings: Vec<Warning>,
}

fn covenant_id(id: &ID) -> Result<Uuid, Fault> {
    read(prefix::COVENANT, id).map_err(|fault| fault.at("id"))
}

/// The covenant as it is now, for the answer to a change.
async fn payload(ctx: &Context<'_>, id: Uuid) -> Result<Option<CovenantPayload>, Error> {
    let door = Door::of(ctx);
    let language = door.session.stated().language;
    let seen = door.load(CovenantKey(id)).await?;
    let warnings = seen.as_deref().map(|row| {
        let texts = [
            ("title", Some(row.title.as_str())),
            ("selfReport.rule", row.report_rule.as_deref()),
            ("selfReport.treatment", row.report_treatment.as_deref()),
        ];
        looks_personal(texts, language)
    });
    Ok(Some(CovenantPayload {
        covenant: super::one(door, id).await?,
        warnings: warnings.unwrap_or_default(),
    }))
}

/// Changes to covenants. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl CovenantMutation {
    /// Records a draft of a covenant (convenant vastleggen), visible to the own inspectorate alone.
    async fn record_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says.")] input: CovenantInput,
        #[graphql(desc = "Its marks; VERTROUWELIJK, AMBER, SUPERVISION and five years where nothing is said.")]
        labels: Option<LabelsInput>,
    ) -> Result<Option<CovenantPayload>, Error> {
        let draft = input.read().map_err(|faults| raise(ctx, faults))?;
        let marks = labels.unwrap_or_default().read();
        let recorded = covenant::record(&Door::of(ctx).session, draft, marks).await;
        payload(ctx, recorded.map_err(|faults| raise(ctx, faults))?).await
    }

    /// Edits a covenant of the own inspectorate (convenant wijzigen): what it says, as a whole.
    async fn edit_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What it says from now on.")] input: CovenantInput,
    ) -> Result<Option<CovenantPayload>, Error> {
        let id = covenant_id(&id)?;
        let draft = input.read().map_err(|faults| raise(ctx, faults))?;
        let edited = covenant::edit(&Door::of(ctx).session, id, version, draft).await;
        edited.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }

    /// Brings a draft of a covenant out (convenant publiceren): its grants come into force.
    async fn publish_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<CovenantPayload>, Error> {
        let id = covenant_id(&id)?;
        life::publish::<CovenantRow>(&Door::of(ctx).session, id, version).await?;
        payload(ctx, id).await
    }

    /// Changes a covenant's marks (convenant rubriceren). Tightening the TLP ends the grants that it forbids.
    async fn label_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "The marks that change.")] labels: LabelsInput,
    ) -> Result<Option<CovenantPayload>, Error> {
        let id = covenant_id(&id)?;
        let labelled = life::label::<CovenantRow>(&Door::of(ctx).session, id, version, labels.read()).await;
        labelled.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }

    /// Shares a covenant (convenant delen) for a purpose, on a legal basis. In force at once when it is published.
    async fn share_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "To whom, for which purpose, on which basis, for how long.")] grant: GrantInput,
    ) -> Result<Option<CovenantPayload>, Error> {
        let id = covenant_id(&id)?;
        let shared = sharing::share::<CovenantRow>(&Door::of(ctx).session, id, &grant.read()).await;
        shared.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }

    /// Ends a grant of a covenant (deling van een convenant intrekken), in force at once.
    async fn revoke_covenant_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The grant's id, `grt_…`.")] grant_id: ID,
        #[graphql(desc = "Why; kept with the grant.")] reason: Option<String>,
    ) -> Result<Option<CovenantPayload>, Error> {
        let grant = read(prefix::GRANT, &grant_id).map_err(|fault| fault.at("grantId"))?;
        let mut faults = Vec::new();
        check::optional("reason", reason.as_deref(), 1_000, &mut faults);
        if !faults.is_empty() {
            return Err(raise(ctx, faults));
        }
        let id = sharing::revoke::<CovenantRow>(&Door::of(ctx).session, grant, reason).await?;
        payload(ctx, id).await
    }

    /// Withdraws a covenant from everyone but its owner (convenant intrekken), in force at once.
    async fn retract_covenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `cov_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "Why; kept with the covenant.")] reason: String,
    ) -> Result<Option<CovenantPayload>, Error> {
        let id = covenant_id(&id)?;
        let retracted = life::retract::<CovenantRow>(&Door::of(ctx).session, id, version, reason).await;
        retracted.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id).await
    }
}
