//! Changes to sites: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use foundation::graphql::kit::raise;
use foundation::ids::{prefix, read};
use uuid::Uuid;

use super::input::{SiteEdit, SiteInput};
use super::{Site, by_id};
use crate::graph::door::Door;
use crate::store::site::keep;

/// Changes to sites.
#[derive(Default)]
pub(in crate::graph) struct SiteMutation;

/// A site after a change.
#[derive(SimpleObject)]
pub(in crate::graph) struct SitePayload {
    /// The site as the caller sees it now (vestiging).
    site: Option<Site>,
    /// Whether it was registered before (was al geregistreerd): then what was given is not in it, but for a person's
    /// address as the own inspectorate keeps it.
    already_registered: bool,
}

async fn payload(ctx: &Context<'_>, id: Uuid, already_registered: bool) -> Result<Option<SitePayload>, Error> {
    let door = Door::of(ctx);
    let site = by_id(door, id).await?;
    Ok(Some(SitePayload {
        site,
        already_registered,
    }))
}

/// Changes to sites. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl SiteMutation {
    /// Registers a site (vestiging registreren) of a party that the own inspectorate keeps. One that is registered
    /// already is not made twice.
    async fn register_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The party that it belongs to, `pty_…`.")] party_id: ID,
        #[graphql(desc = "The site.")] input: SiteInput,
    ) -> Result<Option<SitePayload>, Error> {
        let party = read(prefix::PARTY, &party_id).map_err(|fault| fault.at("partyId"))?;
        let new = input.read().map_err(|faults| raise(ctx, faults))?;
        let registered = keep::register(&Door::of(ctx).session, party, new).await;
        let done = registered.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, done.id, done.before).await
    }

    /// Changes a site of a party that the own inspectorate keeps (wijzigen).
    async fn edit_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `sit_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: SiteEdit,
    ) -> Result<Option<SitePayload>, Error> {
        let id = read(prefix::SITE, &id).map_err(|fault| fault.at("id"))?;
        let change = input.read().map_err(|faults| raise(ctx, faults))?;
        let edited = keep::edit(&Door::of(ctx).session, id, version, change).await;
        edited.map_err(|faults| raise(ctx, faults))?;
        payload(ctx, id, true).await
    }
}
