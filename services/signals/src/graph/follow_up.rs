//! Follow-up, as the graph shows it.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{
    DateTime, MaskedBecause, MaskedField, PAGE_DEFAULT, PageInfo, looks_personal, page_cost, raise,
};
use foundation::{Fault, ids};
use uuid::Uuid;

use super::door::door;
use super::input::Warning;
use super::listed::{Asked, page};
use super::signal::{At, Organisation, Signal, again, signal_id};
use crate::model::follow_up::{self as model, Step};
use crate::store::{FollowUpRow, follow_up};

/// What an inspectorate does with a signal (stand van de opvolging).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::follow_up::FollowUpState")]
pub enum FollowUpState {
    /// Opgepakt.
    TakenUp,
    /// Inspectie.
    Inspection,
    /// Maatregel.
    Measure,
    /// Overgedragen aan een ander.
    HandedOn,
    /// Afgesloten zonder actie.
    ClosedWithoutAction,
}

/// What an inspectorate does with a signal (opvolging). The signal's owner always sees it.
#[derive(SimpleObject, Clone, Debug)]
pub struct FollowUp {
    /// Its id, `fup_…`.
    id: ID,
    /// Which inspectorate follows up (inspectie).
    organisation: Option<Organisation>,
    /// What it does.
    state: FollowUpState,
    /// What came of it (resultaat). Only for the owner's side and the inspectorate itself: null for others, and then
    /// named in `maskedFields`.
    text: Option<String>,
    /// To whom it was handed on (overgedragen aan).
    handed_to: Option<Organisation>,
    /// Since when it has been at it (opgepakt op).
    taken_up_at: DateTime,
    /// When it reported this (gemeld op).
    at: DateTime,
    /// Whether other readers of the signal do not see it (alleen voor de eigenaar).
    owner_only: bool,
    /// When something else came of it since (vervangen op); null while this is how it stands.
    superseded_at: Option<DateTime>,
    /// The fields that are null because the caller may not see them (afgeschermde velden).
    masked_fields: Vec<MaskedField>,
}

impl FollowUp {
    /// As a reader of this organisation sees it.
    fn of(row: FollowUpRow, reader: Uuid) -> Result<Self, Fault> {
        let state = model::FollowUpState::from_number(row.state);
        let state = state.ok_or_else(|| Fault::broken("a stored follow-up outside its values"))?;
        let near = reader == row.organisation_id || reader == row.owner_id;
        let masked = MaskedField {
            field: "text".to_owned(),
            reason: MaskedBecause::NotOwner,
        };
        Ok(Self {
            id: ids::write(ids::prefix::FOLLOW_UP, row.id),
            organisation: Some(Organisation::of(row.organisation_id)),
            state: state.into(),
            text: row.text.filter(|_| near),
            handed_to: row.handed_to.map(Organisation::of),
            taken_up_at: DateTime(row.taken_up_at),
            at: DateTime(row.at),
            owner_only: row.owner_only,
            superseded_at: row.superseded_at.map(DateTime),
            masked_fields: if near { Vec::new() } else { vec![masked] },
        })
    }
}

/// A page of follow-up (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct FollowUpConnection {
    /// What inspectorates do with it.
    nodes: Vec<FollowUp>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What becomes of a signal.
#[derive(Clone)]
pub struct SignalFollowUps(pub Arc<At>);

/// What becomes of a signal.
#[Object]
impl SignalFollowUps {
    /// Who took it up and what came of it (opvolging), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn follow_ups(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default, desc = "With the steps before (historie).")] history: bool,
    ) -> Result<FollowUpConnection, Fault> {
        let asked = Asked { first, after, history };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().follow_ups, asked).await?;
        let reader = self.0.organisation().await?;
        let nodes = rows.into_iter().map(|row| FollowUp::of(row, reader));
        Ok(FollowUpConnection {
            nodes: nodes.collect::<Result<_, _>>()?,
            page_info,
        })
    }
}

/// What came of a signal (resultaat van de opvolging), as it is handed in.
#[derive(InputObject, Clone, Debug)]
pub struct OutcomeInput {
    /// What the own inspectorate does.
    state: FollowUpState,
    /// What came of it, at most 5,000 characters; read by the owner's side and the own inspectorate; nothing personal.
    text: Option<String>,
    /// The code of the organisation to which it is handed on (overgedragen aan).
    handed_to: Option<String>,
    /// Whether only the signal's owner hears of it (alleen voor de eigenaar).
    #[graphql(default)]
    owner_only: bool,
}

/// What an inspectorate does, and the signal as the caller sees it now.
#[derive(SimpleObject)]
pub struct FollowUpPayload {
    /// What the own inspectorate does.
    follow_up: FollowUp,
    /// The signal.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

async fn reported(context: &Context<'_>, id: Uuid, step: Step) -> Result<Option<FollowUpPayload>, Vec<Fault>> {
    let session = door(context).session();
    let row = follow_up::report(session, id, step).await?;
    let warnings = looks_personal([("text", row.text.as_deref())], session.stated().language);
    let reporter = row.organisation_id;
    Ok(Some(FollowUpPayload {
        follow_up: FollowUp::of(row, reporter)?,
        signal: again(context, id).await?,
        warnings,
    }))
}

/// Changes to follow-up.
#[derive(Default)]
pub struct FollowUpMutation;

/// Changes to follow-up.
#[Object]
impl FollowUpMutation {
    /// Takes a signal up for the own inspectorate (oppakken). Its owner hears of it.
    async fn take_up_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(
            default,
            desc = "Whether only the signal's owner hears of it (alleen voor de eigenaar)."
        )]
        owner_only: bool,
    ) -> Result<Option<FollowUpPayload>, Error> {
        let id = signal_id(&id)?;
        let step = Step {
            state: model::FollowUpState::TakenUp,
            text: None,
            handed_to: None,
            owner_only,
        };
        reported(context, id, step)
            .await
            .map_err(|faults| raise(context, faults))
    }

    /// Reports what came of a signal at the own inspectorate (resultaat melden). Its owner hears of it.
    async fn report_outcome(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "What came of it.")] input: OutcomeInput,
    ) -> Result<Option<FollowUpPayload>, Error> {
        let id = signal_id(&id)?;
        let step = Step {
            state: input.state.into(),
            text: input.text,
            handed_to: input.handed_to,
            owner_only: input.owner_only,
        };
        reported(context, id, step).await.map_err(|faults| {
            let faults = faults.into_iter().map(super::at_input);
            raise(context, faults.collect())
        })
    }
}
