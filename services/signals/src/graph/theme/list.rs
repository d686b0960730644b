//! Lists of themes as Relay connections.

use async_graphql::{ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{COUNT_CAP, CappedCount, PageInfo, cursor, page_size, read_cursor};
use foundation::session::{Page, Position};
use foundation::{Fault, Seen, ids};

use super::{Theme, ThemeState};
use crate::graph::door::Door;
use crate::store::ThemeRow;
use crate::store::theme::{self, Filter};

/// Narrows themes; all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ThemeFilter {
    /// Where it is in its life (staat).
    state: Option<ThemeState>,
    /// The code of the organisation that named it (eigenaar), such as `ilt`.
    owner: Option<String>,
    /// A signal that is a member, `sig_…`.
    signal: Option<ID>,
}

impl ThemeFilter {
    /// The filter with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, at the field.
    pub fn read(self) -> Result<Filter, Fault> {
        let signal = |id: ID| ids::read(ids::prefix::SIGNAL, &id).map_err(|fault| fault.at("filter.signal"));
        Ok(Filter {
            state: self.state.map(Into::into),
            owner: self.owner,
            signal: self.signal.map(signal).transpose()?,
        })
    }
}

/// A theme in a list.
#[derive(SimpleObject)]
pub struct ThemeEdge {
    /// Its place in the list.
    cursor: String,
    /// The theme.
    node: Theme,
}

/// A page of themes (bladzijde), newest first.
pub struct ThemeConnection {
    page: Page<ThemeRow>,
    continued: bool,
    filter: Filter,
    door: Door,
}

fn place(row: &ThemeRow) -> String {
    cursor(Position {
        created_at: row.created_at,
        record_id: row.id,
    })
}

impl ThemeConnection {
    /// A page of the whole list.
    ///
    /// # Errors
    /// `PAGE_SIZE`, `INVALID_CURSOR`, and what the filter says.
    pub async fn find(door: &Door, filter: Filter, first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        let size = page_size(first)?;
        let after = after.map(read_cursor).transpose()?;
        let reader = door.session().reader().await?;
        let page = theme::page(&reader, &filter, after, size).await?;
        drop(reader);
        Ok(Self {
            page,
            continued: after.is_some(),
            filter,
            door: door.clone(),
        })
    }

    fn theme(&self, row: &Seen<ThemeRow>) -> Theme {
        Theme::new(row.clone(), self.door.clone())
    }
}

/// A page of themes (bladzijde), newest first.
#[Object]
impl ThemeConnection {
    /// The themes with their places.
    async fn edges(&self) -> Vec<ThemeEdge> {
        let edge = |row: &Seen<ThemeRow>| ThemeEdge {
            cursor: place(row),
            node: self.theme(row),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The themes.
    async fn nodes(&self) -> Vec<Theme> {
        self.page.rows.iter().map(|row| self.theme(row)).collect()
    }

    /// Where the page ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.more,
            has_previous_page: self.continued,
            start_cursor: self.page.rows.first().map(|row| place(row)),
            end_cursor: self.page.rows.last().map(|row| place(row)),
        }
    }

    /// How many the whole list has, exact up to 1,000. Counts what the caller may list, nothing else.
    async fn total_count(&self) -> Result<CappedCount, Fault> {
        let reader = self.door.session().reader().await?;
        Ok(CappedCount::of(theme::total(&reader, &self.filter, COUNT_CAP).await?))
    }
}
