//! Questions.

use async_graphql::{Context, ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};

use super::door::Door;
use super::filter::SignalFilter;
use super::import::ImportProfile;
use super::list::SignalConnection;
use super::party::SupervisedParty;
use super::signal::Signal;
use crate::store::profile;

/// Questions about signals. Every field may be null: what this service cannot answer must not take the other services'
/// part of an answer with it.
pub struct Query;

fn door<'a>(context: &Context<'a>) -> &'a Door {
    context.data_unchecked::<Door>()
}

async fn by_id(context: &Context<'_>, id: &ID) -> Result<Option<Signal>, Fault> {
    let id = ids::read(ids::prefix::SIGNAL, id).map_err(|fault| fault.at("id"))?;
    let seen = door(context).signal(id).await?;
    Ok(seen.map(|seen| Signal::new(seen, door(context).clone())))
}

/// Questions about signals.
#[Object]
impl Query {
    /// One signal (signaal). Null when it does not exist or is not visible under the stated purpose, alike.
    async fn signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
    ) -> Result<Option<Signal>, Fault> {
        by_id(context, &id).await
    }

    /// The signals that the caller may see under the stated purpose (signalen), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn signals(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Narrows the list.")] filter: Option<SignalFilter>,
    ) -> Result<Option<SignalConnection>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        let page = SignalConnection::find(door(context), &filter, first, after.as_deref()).await?;
        Ok(Some(page))
    }

    /// The import profiles of the own inspectorate (importprofielen), newest first.
    async fn import_profiles(&self, context: &Context<'_>) -> Result<Option<Vec<ImportProfile>>, Fault> {
        let reader = door(context).session().reader().await?;
        let own = profile::own(&reader, None).await?;
        Ok(Some(own.into_iter().map(ImportProfile::from).collect()))
    }

    /// An import profile of the own inspectorate, by the hash of its mapping.
    async fn import_profile(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "SHA-256 of the mapping's bytes, in hexadecimal.")] hash: String,
    ) -> Result<Option<ImportProfile>, Fault> {
        let reader = door(context).session().reader().await?;
        Ok(profile::own(&reader, Some(&hash)).await?.pop().map(ImportProfile::from))
    }

    /// A signal by its key, for the gateway.
    #[graphql(entity)]
    async fn signal_entity(&self, context: &Context<'_>, id: ID) -> Result<Option<Signal>, Fault> {
        by_id(context, &id).await
    }

    /// A supervised party by its key, for the gateway.
    #[graphql(entity)]
    async fn party_entity(&self, context: &Context<'_>, id: ID) -> Result<SupervisedParty, Fault> {
        let id = ids::read(ids::prefix::PARTY, &id).map_err(|fault| fault.at("id"))?;
        Ok(SupervisedParty::new(id, door(context).clone()))
    }
}
