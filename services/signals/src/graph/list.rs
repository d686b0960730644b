//! Lists of signals as Relay connections.

use async_graphql::{Object, SimpleObject};
use foundation::graphql::kit::{COUNT_CAP, CappedCount, PageInfo, cursor_in, page_size, read_cursor_in};
use foundation::session::{FARTHEST, FeedQuery, Order, Page, Place};
use foundation::{Fault, Language, Seen};

use super::door::Door;
use super::signal::Signal;
use crate::model::filter::Filter;
use crate::store::{SignalRow, list, order};

/// A signal in a list.
#[derive(SimpleObject)]
pub struct SignalEdge {
    /// Its place in the list.
    cursor: String,
    /// The signal.
    node: Signal,
}

/// A page of signals (bladzijde), in the order that was asked for.
pub struct SignalConnection {
    rows: Vec<Seen<SignalRow>>,
    more: bool,
    reached: Option<Place>,
    continued: bool,
    query: FeedQuery,
    door: Door,
}

impl SignalConnection {
    fn place(&self, row: &SignalRow) -> String {
        let keys = self.query.order.columns.iter().map(|column| match *column {
            "severity" => row.severity.into(),
            "observed_at" => row.observed_from,
            _ => row.created_at,
        });
        let place = Place {
            keys: keys.collect(),
            record_id: row.id,
        };
        cursor_in(self.query.order, &place)
    }

    /// A page of the whole list.
    ///
    /// # Errors
    /// `PAGE_SIZE`, `INVALID_CURSOR`, and what the filter says.
    pub async fn find(
        door: &Door,
        filter: &Filter,
        order: Order,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Self, Fault> {
        let size = page_size(first)?;
        let after = after.map(|after| read_cursor_in(order, after)).transpose()?;
        let reader = door.session().reader().await?;
        let query = order::ordered(&reader, filter, order).await?;
        let continued = after.is_some();
        let page = list::page(&reader, &query, after, size).await?;
        drop(reader);
        Ok(Self::of(page, continued, query, door))
    }

    /// The first page about one party of many: fetched for all of them together.
    ///
    /// # Errors
    /// `PAGE_SIZE`; the database's.
    pub async fn about(door: &Door, party: uuid::Uuid, first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        let filter = Filter {
            party: Some(party),
            ..Filter::default()
        };
        if after.is_some() {
            return Self::find(door, &filter, Order::NEWEST, first, after).await;
        }
        let about = door.newest_about(party, page_size(first)?).await?;
        let query = about.query();
        Ok(Self::of(about.page, false, query, door))
    }

    fn of(page: Page<SignalRow>, continued: bool, query: FeedQuery, door: &Door) -> Self {
        Self {
            rows: page.rows,
            more: page.more,
            reached: page.reached,
            continued,
            query,
            door: door.clone(),
        }
    }
}

/// A page of signals (bladzijde), in the order that was asked for.
#[Object]
impl SignalConnection {
    /// The signals with their places.
    async fn edges(&self) -> Vec<SignalEdge> {
        let edge = |row: &Seen<SignalRow>| SignalEdge {
            cursor: self.place(row),
            node: Signal::new(row.clone(), self.door.clone()),
        };
        self.rows.iter().map(edge).collect()
    }

    /// The signals.
    async fn nodes(&self) -> Vec<Signal> {
        self.rows
            .iter()
            .map(|row| Signal::new(row.clone(), self.door.clone()))
            .collect()
    }

    /// Where the page ends: where looking ended, when it is partial.
    async fn page_info(&self) -> PageInfo {
        let reached = self.reached.as_ref().map(|place| cursor_in(self.query.order, place));
        PageInfo {
            has_next_page: self.more,
            has_previous_page: self.continued,
            start_cursor: self.rows.first().map(|row| self.place(row)),
            end_cursor: reached.or_else(|| self.rows.last().map(|row| self.place(row))),
        }
    }

    /// Whether the page is shorter than was asked for although there may be more (onvolledig): filters that no index
    /// answers together look at so many signals and no further. The next page goes on from there.
    async fn partial(&self) -> bool {
        self.reached.is_some()
    }

    /// What to do about a partial page, in the reader's language; null when the page is whole.
    async fn partial_because(&self) -> Option<String> {
        self.reached.as_ref()?;
        Some(match self.door.session().stated().language {
            Language::Dutch => format!(
                "Er zijn {FARTHEST} signalen bekeken; misschien zijn er meer. Vraag de volgende bladzijde na `endCursor`, of filter nauwer."
            ),
            Language::English => format!(
                "{FARTHEST} signals were looked at; there may be more. Ask for the next page after `endCursor`, or narrow the filter."
            ),
        })
    }

    /// How many the whole list has, exact up to 1,000. Counts what the caller may list, nothing else.
    async fn total_count(&self) -> Result<CappedCount, Fault> {
        let reader = self.door.session().reader().await?;
        Ok(CappedCount::of(list::count(&reader, &self.query, COUNT_CAP).await?))
    }

    /// The codes of the caller's other purposes under which this list has signals that it lacks under the stated one.
    async fn also_under(&self) -> Result<Vec<String>, Fault> {
        let reader = self.door.session().reader().await?;
        list::also_under(&reader, &self.query).await
    }
}
