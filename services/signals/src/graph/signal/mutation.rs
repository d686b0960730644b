//! Changes to signals: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use foundation::root::life;
use foundation::{Fault, ids};
use uuid::Uuid;

use super::Signal;
use crate::graph::door::door;
use crate::graph::input::{GrantInput, LabelsInput, SignalEdit, SignalInput, Warning, warnings};
use crate::graph::raise;
use crate::store::{SignalRow, grant, signal};

/// Changes to signals.
#[derive(Default)]
pub struct SignalMutation;

/// A signal after a change.
#[derive(SimpleObject)]
pub struct SignalPayload {
    /// The signal as the caller sees it now; null when the change took it out of the caller's sight.
    signal: Option<Signal>,
    /// What was accepted but deserves a second look.
    warnings: Vec<Warning>,
}

/// Reads a signal's id.
///
/// # Errors
/// `INVALID_ID`.
pub fn signal_id(id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::SIGNAL, id).map_err(|fault| fault.at("id"))
}

/// The signal as the caller sees it now, for the answer to what was added beside it.
///
/// # Errors
/// The database's.
pub async fn again(context: &Context<'_>, id: Uuid) -> Result<Option<Signal>, Fault> {
    let door = door(context).clone();
    let seen = door.signal(id).await?;
    Ok(seen.map(|seen| Signal::new(seen, door)))
}

/// The signal as it is now, for the answer to a change.
///
/// # Errors
/// The database's.
pub async fn payload(context: &Context<'_>, id: Uuid) -> Result<Option<SignalPayload>, Error> {
    let door = door(context).clone();
    let seen = door.signal(id).await?;
    let language = door.session().stated().language;
    let warnings = seen.as_deref().map(|row| warnings(row, language)).unwrap_or_default();
    Ok(Some(SignalPayload {
        signal: seen.map(|seen| Signal::new(seen, door)),
        warnings,
    }))
}

/// Changes to signals. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl SignalMutation {
    /// Records a draft (concept), visible to the own inspectorate alone.
    async fn record_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal.")] input: SignalInput,
    ) -> Result<Option<SignalPayload>, Error> {
        let under = |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.under("input")).collect();
        let draft = input.read().map_err(|faults| raise(context, under(faults)))?;
        let id = signal::record(door(context).session(), draft)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Edits a signal of the own inspectorate (wijzigen).
    async fn edit_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: SignalEdit,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let edit = input.read().map_err(|faults| raise(context, faults))?;
        let session = door(context).session();
        signal::edit(session, id, version, edit)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Brings a draft out (publiceren): its grants come into force.
    async fn publish_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        life::publish::<SignalRow>(door(context).session(), id, version).await?;
        payload(context, id).await
    }

    /// Changes a signal's marks (rubriceren). Tightening the TLP ends the grants that it forbids.
    async fn label_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "The marks that change.")] labels: LabelsInput,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let session = door(context).session();
        life::label::<SignalRow>(session, id, version, labels.read())
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Shares a signal (delen) for a purpose, on a legal basis. In force at once when it is published.
    async fn share_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "To whom, for which purpose, on which basis, for how long.")] grant: GrantInput,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let session = door(context).session();
        grant::share::<SignalRow>(session, id, &grant.read())
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Shares a signal with several at once (in één keer delen met meer): all of it, or nothing. For a certifying body
    /// `SupervisedParty.certificateHolderSupervision` says which inspectorates it may matter to.
    async fn share_signal_with_all(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "To whom, each for which purpose, on which basis, for how long; at most 50.")] grants: Vec<
            GrantInput,
        >,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let session = door(context).session();
        let grants = grants.into_iter().map(GrantInput::read).collect();
        grant::share_all::<SignalRow>(session, id, grants)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Ends a grant (deling intrekken), in force at once.
    async fn revoke_grant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The grant's id, `grt_…`.")] grant_id: ID,
        #[graphql(desc = "Why; kept with the grant.")] reason: Option<String>,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = ids::read(ids::prefix::GRANT, &grant_id).map_err(|fault| fault.at("grantId"))?;
        let mut faults = Vec::new();
        crate::model::signal::optional("reason", reason.as_deref(), 1_000, &mut faults);
        if !faults.is_empty() {
            return Err(raise(context, faults));
        }
        let signal = grant::revoke::<SignalRow>(door(context).session(), id, reason).await?;
        payload(context, signal).await
    }

    /// Withdraws a signal from everyone but its owner (intrekken), in force at once.
    async fn retract_signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "Why; kept with the signal.")] reason: String,
    ) -> Result<Option<SignalPayload>, Error> {
        let id = signal_id(&id)?;
        let session = door(context).session();
        life::retract::<SignalRow>(session, id, version, reason)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }
}
