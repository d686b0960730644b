//! Questions about signals.

use async_graphql::{Context, ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};

use super::Signal;
use crate::graph::door::door;
use crate::graph::filter::{SignalFilter, SignalOrder};
use crate::graph::list::SignalConnection;
use crate::graph::party::SupervisedParty;

/// Questions about signals. Every field may be null: what this service cannot answer must not take the other services'
/// part of an answer with it.
#[derive(Default)]
pub struct SignalQuery;

async fn by_id(context: &Context<'_>, id: &ID) -> Result<Option<Signal>, Fault> {
    let id = ids::read(ids::prefix::SIGNAL, id).map_err(|fault| fault.at("id"))?;
    let seen = door(context).signal(id).await?;
    Ok(seen.map(|seen| Signal::new(seen, door(context).clone())))
}

/// Questions about signals.
#[Object]
impl SignalQuery {
    /// One signal (signaal). Null when it does not exist or is not visible under the stated purpose, alike.
    async fn signal(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `sig_…`.")] id: ID,
    ) -> Result<Option<Signal>, Fault> {
        by_id(context, &id).await
    }

    /// The signals that the caller may see under the stated purpose (signalen), newest recorded first unless another
    /// order is asked for.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn signals(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, in the same order.")] after: Option<String>,
        #[graphql(desc = "Narrows the list.")] filter: Option<SignalFilter>,
        #[graphql(default_with = "Some(SignalOrder::RecordedNewest)", desc = "In which order.")] order: Option<
            SignalOrder,
        >,
    ) -> Result<Option<SignalConnection>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        let page = SignalConnection::find(
            door(context),
            &filter,
            order.unwrap_or_default().into(),
            first,
            after.as_deref(),
        )
        .await?;
        Ok(Some(page))
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
