//! Questions about themes.

use async_graphql::{Context, ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};

use super::Theme;
use super::list::{ThemeConnection, ThemeFilter};
use crate::graph::door::door;

/// Questions about themes.
#[derive(Default)]
pub struct ThemeQuery;

/// Questions about themes.
#[Object]
impl ThemeQuery {
    /// One theme (rode draad). Null when it does not exist or when not all its signals are visible, alike.
    async fn theme(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `thm_…`.")] id: ID,
    ) -> Result<Option<Theme>, Fault> {
        let id = ids::read(ids::prefix::THEME, &id).map_err(|fault| fault.at("id"))?;
        let door = door(context);
        let seen = door.themes().theme(id).await?;
        Ok(seen.map(|seen| Theme::new(seen, door.clone())))
    }

    /// The themes of which the caller sees every signal (rode draden), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn themes(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ThemeFilter>,
    ) -> Result<Option<ThemeConnection>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        let page = ThemeConnection::find(door(context), filter, first, after.as_deref()).await?;
        Ok(Some(page))
    }
}
