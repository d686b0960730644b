//! Questions about feedback products.

use async_graphql::{Context, ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};

use super::Feedback;
use super::list::{FeedbackConnection, FeedbackFilter};
use crate::graph::door::door;
use crate::store::feedback;

/// Questions about feedback products.
#[derive(Default)]
pub struct FeedbackQuery;

/// Questions about feedback products.
#[Object]
impl FeedbackQuery {
    /// One feedback product (terugkoppelproduct). Null when it does not exist or is not visible, alike.
    async fn feedback_product(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `fbk_…`.")] id: ID,
    ) -> Result<Option<Feedback>, Fault> {
        let id = ids::read(ids::prefix::FEEDBACK, &id).map_err(|fault| fault.at("id"))?;
        let door = door(context);
        let seen = feedback::by_ids(&door.session().reader().await?, &[id]).await?.pop();
        Ok(seen.map(|seen| Feedback::new(seen, door.clone())))
    }

    /// The feedback products that the caller may see (terugkoppelproducten), newest first: what was sent, and drafts of
    /// the own inspectorate.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn feedback_products(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Narrows the list.")] filter: Option<FeedbackFilter>,
    ) -> Result<Option<FeedbackConnection>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        let page = FeedbackConnection::find(door(context), filter, first, after.as_deref()).await?;
        Ok(Some(page))
    }
}
