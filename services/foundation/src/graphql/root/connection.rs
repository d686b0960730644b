//! Lists of a root as Relay connections.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};

use crate::fault::Fault;
use crate::graphql::kit::{COUNT_CAP, CappedCount, PageInfo, cursor, page_size, read_cursor_in};
use crate::root::{Of, Root};
use crate::session::{FeedQuery, Page, Position, Seen, Session};

/// A graph type that stands for a record of a list.
pub trait Node: OutputType + Clone {
    /// The root's row.
    type Row: Root;
    /// What makes the type of a row that was seen.
    type Door: Clone + Send + Sync;
    /// The record as the graph shows it.
    fn node(seen: Seen<Self::Row>, door: &Self::Door) -> Self;
    /// The session that reads.
    fn session(door: &Self::Door) -> &Session;
}

/// A record in a list, with its place.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<N: Node> {
    /// Its place in the list (cursor).
    cursor: String,
    /// The record.
    node: N,
}

impl<N: Node> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <N as OutputType>::type_name()).into()
    }
}

/// A page of records (bladzijde), newest first.
pub struct Connection<N: Node> {
    rows: Vec<Seen<N::Row>>,
    more: bool,
    continued: bool,
    query: FeedQuery,
    door: N::Door,
}

impl<N: Node> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

fn place<R: Root>(row: &R) -> String {
    let head = row.head();
    cursor(Position {
        created_at: head.created_at,
        record_id: head.id,
    })
}

impl<N: Node> Connection<N> {
    /// A page of the list that a query on the feed gives; its place and limit are set here.
    ///
    /// # Errors
    /// `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
    pub async fn find(
        door: &N::Door,
        query: FeedQuery,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Self, Fault> {
        let limit = page_size(first)?;
        let after = after.map(|after| read_cursor_in(query.order, after)).transpose()?;
        let continued = after.is_some();
        let page = FeedQuery {
            after,
            limit,
            ..query.clone()
        };
        let page = N::session(door).reader().await?.page::<Of<N::Row>>(&page).await?;
        Ok(Self::of(page, continued, query, door))
    }

    /// A page that was fetched with others.
    pub fn of(page: Page<N::Row>, continued: bool, query: FeedQuery, door: &N::Door) -> Self {
        Self {
            rows: page.rows,
            more: page.more,
            continued,
            query,
            door: door.clone(),
        }
    }
}

/// A page of records (bladzijde), newest first.
#[Object(name_type)]
impl<N: Node> Connection<N> {
    /// The records with their places.
    async fn edges(&self) -> Vec<Edge<N>> {
        let edge = |row: &Seen<N::Row>| Edge {
            cursor: place::<N::Row>(row),
            node: N::node(row.clone(), &self.door),
        };
        self.rows.iter().map(edge).collect()
    }

    /// The records.
    async fn nodes(&self) -> Vec<N> {
        self.rows.iter().map(|row| N::node(row.clone(), &self.door)).collect()
    }

    /// Where the page ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.more,
            has_previous_page: self.continued,
            start_cursor: self.rows.first().map(|row| place::<N::Row>(row)),
            end_cursor: self.rows.last().map(|row| place::<N::Row>(row)),
        }
    }

    /// How many the whole list has, exact up to 1,000. Counts what the caller may list, nothing else.
    async fn total_count(&self) -> Result<CappedCount, Fault> {
        let reader = N::session(&self.door).reader().await?;
        Ok(CappedCount::of(
            reader.count::<Of<N::Row>>(&self.query, COUNT_CAP).await?,
        ))
    }

    /// The codes of the caller's other purposes under which this list has records that it lacks under the stated one.
    async fn also_under(&self) -> Result<Vec<String>, Fault> {
        let reader = N::session(&self.door).reader().await?;
        reader.also_under::<Of<N::Row>>(&self.query).await
    }
}
