//! Questions about themes.

use async_graphql::{Context, ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};

use super::Theme;
use super::list::{ThemeConnection, ThemeFilter};
use super::proposal::{PROPOSALS_DEFAULT, ThemeProposals};
use crate::graph::door::door;
use crate::graph::filter::SignalFilter;

/// Questions about themes.
#[derive(Default)]
pub struct ThemeQuery;

/// Questions about themes.
#[Object]
impl ThemeQuery {
    /// Themes proposed over the published signals that the caller may see (voorgestelde rode draden), worked out at this
    /// moment from the newest 20,000 that fit the filter and kept nowhere; a human names them. For inspectors,
    /// coordinators and analysts. Takes seconds over many signals.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn theme_proposals(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PROPOSALS_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "Narrows the signals.")] filter: Option<SignalFilter>,
    ) -> Result<Option<ThemeProposals>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        Ok(Some(ThemeProposals::find(door(context), &filter, first).await?))
    }

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
