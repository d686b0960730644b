//! Confirmations, as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, looks_personal, page_cost, raise};
use foundation::{Fault, ids};

use super::door::door;
use super::input::Warning;
use super::listed::{Asked, page};
use super::signal::{At, Organisation, Signal, again, signal_id};
use crate::model::confirmation::{self as model, Said};
use crate::store::{ConfirmationRow, confirmation};

/// What another inspectorate says of a signal (bevestiging).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::confirmation::ConfirmationKind")]
pub enum ConfirmationKind {
    /// Ook gezien.
    SeenToo,
    /// Niet gezien.
    NotSeen,
    /// Achterhaald.
    Outdated,
}

/// What another inspectorate says of a signal (bevestiging): one at a time each, for all who see the signal.
#[derive(SimpleObject, Clone, Debug)]
pub struct Confirmation {
    /// Its id, `cnf_…`.
    id: ID,
    /// Which inspectorate says it (inspectie).
    organisation: Option<Organisation>,
    /// What it says.
    kind: ConfirmationKind,
    /// Why (toelichting).
    explanation: Option<String>,
    /// When it looked (gekeken op).
    observed_at: Option<DateTime>,
    /// When it said so (bevestigd op).
    at: DateTime,
    /// When it said something else since (vervangen op); null while this is what it says.
    superseded_at: Option<DateTime>,
}

impl TryFrom<ConfirmationRow> for Confirmation {
    type Error = Fault;

    fn try_from(row: ConfirmationRow) -> Result<Self, Fault> {
        let kind = model::ConfirmationKind::from_number(row.kind);
        let kind = kind.ok_or_else(|| Fault::broken("a stored confirmation outside its values"))?;
        Ok(Self {
            id: ids::write(ids::prefix::CONFIRMATION, row.id),
            organisation: Some(Organisation::of(row.organisation_id)),
            kind: kind.into(),
            explanation: row.explanation,
            observed_at: row.observed_at.map(DateTime),
            at: DateTime(row.at),
            superseded_at: row.superseded_at.map(DateTime),
        })
    }
}

/// A page of confirmations (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct ConfirmationConnection {
    /// The confirmations.
    nodes: Vec<Confirmation>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// What others say of a signal.
#[derive(Clone)]
pub struct SignalConfirmations(pub Arc<At>);

/// What others say of a signal.
#[Object]
impl SignalConfirmations {
    /// What other inspectorates say of it (bevestigingen), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn confirmations(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(default, desc = "With what they said before (historie).")] history: bool,
    ) -> Result<ConfirmationConnection, Fault> {
        let asked = Asked { first, after, history };
        let (rows, page_info) = page(&self.0, &self.0.door.beside().confirmations, asked).await?;
        let nodes = rows.into_iter().map(Confirmation::try_from).collect::<Result<_, _>>()?;
        Ok(ConfirmationConnection { nodes, page_info })
    }
}

/// A confirmation (bevestiging) as it is handed in.
#[derive(InputObject, Clone, Debug)]
pub struct ConfirmationInput {
    /// What the own inspectorate says.
    kind: ConfirmationKind,
    /// Why (toelichting), at most 2,000 characters; nothing personal.
    explanation: Option<String>,
    /// When it looked (gekeken op).
    observed_at: Option<DateTime>,
}

/// What was said, and the signal as the caller sees it now.
#[derive(SimpleObject)]
pub struct ConfirmationPayload {
    /// The confirmation.
    confirmation: Confirmation,
    /// The signal.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

/// Changes to confirmations.
#[derive(Default)]
pub struct ConfirmationMutation;

/// Changes to confirmations.
#[Object]
impl ConfirmationMutation {
    /// Says of another's signal: seen too, not seen, outdated (bevestigen). Takes the place of what the own
    /// inspectorate said before.
    async fn confirm_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "What is said.")] input: ConfirmationInput,
    ) -> Result<Option<ConfirmationPayload>, Error> {
        let id = signal_id(&id)?;
        let said = Said {
            kind: input.kind.into(),
            explanation: input.explanation,
            observed_at: input.observed_at.map(|moment| moment.0),
        };
        let session = door(context).session();
        let row = confirmation::confirm(session, id, said).await.map_err(|faults| {
            let faults = faults.into_iter().map(super::at_input);
            raise(context, faults.collect())
        })?;
        let warnings = looks_personal([("explanation", row.explanation.as_deref())], session.stated().language);
        Ok(Some(ConfirmationPayload {
            confirmation: row.try_into()?,
            signal: again(context, id).await?,
            warnings,
        }))
    }
}
