//! Changes to parties: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::{Warning, raise};
use foundation::ids::{prefix, read};
use uuid::Uuid;

use super::input::{PartyEdit, PartyInput, warnings, warnings_of_change};
use super::{SupervisedParty, by_id};
use crate::graph::door::Door;
use crate::store::party::keep;

/// Changes to parties.
#[derive(Default)]
pub(in crate::graph) struct PartyMutation;

/// A party after a change.
#[derive(SimpleObject)]
pub(in crate::graph) struct PartyPayload {
    /// The party as the caller sees it now (ondertoezichtstaande).
    party: Option<SupervisedParty>,
    /// Whether it was registered before (was al geregistreerd): then what was given is not in it, but for a person's
    /// names as the own inspectorate keeps them.
    already_registered: bool,
    /// What was accepted but deserves a second look (waarschuwingen).
    warnings: Vec<Warning>,
}

async fn payload(
    ctx: &Context<'_>,
    id: Uuid,
    already_registered: bool,
    warnings: impl FnOnce(Option<&SupervisedParty>) -> Vec<Warning>,
) -> Result<Option<PartyPayload>, Error> {
    let door = Door::of(ctx);
    let party = by_id(door, id).await?;
    let warnings = warnings(party.as_ref());
    Ok(Some(PartyPayload {
        party,
        already_registered,
        warnings,
    }))
}

/// Changes to parties. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl PartyMutation {
    /// Registers a party (ondertoezichtstaande registreren). One that is registered already is not made twice: the
    /// answer is the party that bears one of the numbers, and the own inspectorate keeps it too from now on. Of a person
    /// each inspectorate keeps its own names and sees no other's.
    async fn register_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The party.")] input: PartyInput,
    ) -> Result<Option<PartyPayload>, Error> {
        let new = input.read().map_err(|faults| raise(ctx, faults))?;
        let session = &Door::of(ctx).session;
        let warnings = warnings(&new, session.stated().language);
        let done = keep::register(session, new)
            .await
            .map_err(|faults| raise(ctx, faults))?;
        payload(ctx, done.id, done.before, |_| warnings).await
    }

    /// Changes a party that the own inspectorate keeps (wijzigen).
    async fn edit_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `pty_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: PartyEdit,
    ) -> Result<Option<PartyPayload>, Error> {
        let id = read(prefix::PARTY, &id).map_err(|fault| fault.at("id"))?;
        let change = input.read().map_err(|faults| raise(ctx, faults))?;
        let session = &Door::of(ctx).session;
        let edited = keep::edit(session, id, version, change.clone()).await;
        edited.map_err(|faults| raise(ctx, faults))?;
        let language = session.stated().language;
        payload(ctx, id, true, |party| {
            let person = party.is_some_and(|party| party.party.kind.is_person());
            warnings_of_change(&change, person, language)
        })
        .await
    }
}
