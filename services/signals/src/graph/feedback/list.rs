//! Lists of feedback products as Relay connections.

use async_graphql::{ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{COUNT_CAP, CappedCount, PageInfo, cursor, page_size, read_cursor};
use foundation::session::{Page, Position};
use foundation::{Fault, Seen};

use super::{Feedback, FeedbackState};
use crate::graph::door::Door;
use crate::graph::theme::theme_id;
use crate::store::FeedbackRow;
use crate::store::feedback::{self, Filter};

/// Narrows feedback products; all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub struct FeedbackFilter {
    /// Where it is in its life (staat).
    state: Option<FeedbackState>,
    /// The theme that it was made from, `thm_…`; nothing is found by a theme that the caller does not see.
    theme: Option<ID>,
}

impl FeedbackFilter {
    /// The filter with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, at the field.
    pub fn read(self) -> Result<Filter, Fault> {
        let state = |state| match state {
            FeedbackState::Draft => access::State::Draft,
            FeedbackState::Sent => access::State::Published,
        };
        Ok(Filter {
            state: self.state.map(state),
            theme: self.theme.map(|id| theme_id(&id, "filter.theme")).transpose()?,
        })
    }
}

/// A feedback product in a list.
#[derive(SimpleObject)]
pub struct FeedbackEdge {
    /// Its place in the list.
    cursor: String,
    /// The product.
    node: Feedback,
}

/// A page of feedback products (bladzijde), newest first.
pub struct FeedbackConnection {
    page: Page<FeedbackRow>,
    continued: bool,
    filter: Filter,
    door: Door,
}

fn place(row: &FeedbackRow) -> String {
    cursor(Position {
        created_at: row.created_at,
        record_id: row.id,
    })
}

impl FeedbackConnection {
    /// A page of the whole list.
    ///
    /// # Errors
    /// `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
    pub async fn find(door: &Door, filter: Filter, first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        let size = page_size(first)?;
        let after = after.map(read_cursor).transpose()?;
        let reader = door.session().reader().await?;
        let page = feedback::page(&reader, &filter, after, size).await?;
        drop(reader);
        Ok(Self {
            page,
            continued: after.is_some(),
            filter,
            door: door.clone(),
        })
    }

    fn product(&self, row: &Seen<FeedbackRow>) -> Feedback {
        Feedback::new(row.clone(), self.door.clone())
    }
}

/// A page of feedback products (bladzijde), newest first.
#[Object]
impl FeedbackConnection {
    /// The products with their places.
    async fn edges(&self) -> Vec<FeedbackEdge> {
        let edge = |row: &Seen<FeedbackRow>| FeedbackEdge {
            cursor: place(row),
            node: self.product(row),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The products.
    async fn nodes(&self) -> Vec<Feedback> {
        self.page.rows.iter().map(|row| self.product(row)).collect()
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
        Ok(CappedCount::of(
            feedback::total(&reader, &self.filter, COUNT_CAP).await?,
        ))
    }
}
