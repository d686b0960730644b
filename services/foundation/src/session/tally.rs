//! Counting: how many of the records that a list has, by what stands in the feed, or by whom they are about. A record
//! that is seen through several channels is one record. Nothing is counted that the list would not have.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, IntoCondition, JoinType, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::feed::{FEED, FeedQuery, column};
use super::reader::{Protected, Reader};
use crate::clock::SECOND;
use crate::fault::Fault;
use crate::reference::alias;

/// What records are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// A text of the feed.
    Text(&'static str),
    /// A number of the feed.
    Number(&'static str),
    /// An id of the feed.
    Id(&'static str),
    /// The hour in which a moment of the feed lies: its beginning. What was before 1970, when civil time did not yet
    /// differ by whole hours, stays the moment that it is.
    Hour(&'static str),
    /// Those of this table that the record is about: it counts with each, and once with nothing when there is none. What
    /// was merged into a party is that party.
    Subject(&'static str),
}

/// A value that records were counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A text.
    Text(String),
    /// A number, or a moment.
    Number(i64),
    /// An id.
    Id(Uuid),
    /// None.
    Nothing,
}

/// How many records have these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The value of each facet, in their order.
    pub keys: Vec<Key>,
    /// How many.
    pub count: u64,
}

impl Facet {
    fn column(self) -> Option<&'static str> {
        match self {
            Self::Text(name) | Self::Number(name) | Self::Id(name) | Self::Hour(name) => Some(name),
            Self::Subject(_) => None,
        }
    }

    fn expression(self) -> SimpleExpr {
        match self {
            Self::Text(name) | Self::Number(name) | Self::Id(name) => Expr::col(column(FEED, name)),
            Self::Hour(name) => {
                let hour = 3600 * SECOND;
                let moment = format!("{FEED}.{name}");
                Expr::cust(format!(
                    "CASE WHEN {moment} >= 0 THEN {moment} - {moment} % {hour} ELSE {moment} END"
                ))
            }
            Self::Subject(_) => {
                let survivor = Expr::col(column("a", "survivor_id"));
                Func::coalesce([survivor, Expr::col(column("s", "subject_id"))]).into()
            }
        }
    }

    fn read(self, row: &QueryResult, name: &str) -> Result<Key, Fault> {
        let key = match self {
            Self::Text(_) => row.try_get::<Option<String>>("", name)?.map(Key::Text),
            Self::Number(_) => row.try_get::<Option<i16>>("", name)?.map(|n| Key::Number(n.into())),
            Self::Hour(_) => row.try_get::<Option<i64>>("", name)?.map(Key::Number),
            Self::Id(_) | Self::Subject(_) => row.try_get::<Option<Uuid>>("", name)?.map(Key::Id),
        };
        Ok(key.unwrap_or(Key::Nothing))
    }
}

impl Reader<'_> {
    /// Counts the records of a list, at most `cap` and one more, all of them and by each of these combinations of
    /// facets. The log gets one line, with `asked` and the number: what was counted is named by what was asked for, not
    /// by its ids.
    ///
    /// # Errors
    /// The database's.
    pub async fn tally<E: Protected>(
        &self,
        query: &FeedQuery,
        by: &[Vec<Facet>],
        cap: u64,
        asked: &str,
    ) -> Result<(u64, Vec<Vec<Group>>), Fault> {
        let query = &self.eased::<E>(query).await?;
        let all = self.groups::<E>(query, &[], cap).await?;
        let total = all.iter().map(|group| group.count).sum();
        let mut tallies = Vec::with_capacity(by.len());
        for facets in by {
            tallies.push(self.groups::<E>(query, facets, cap).await?);
        }
        self.session.witness().counted(E::KIND, format!("{asked} = {total}"));
        Ok((total, tallies))
    }

    async fn groups<E: Protected>(&self, query: &FeedQuery, facets: &[Facet], cap: u64) -> Result<Vec<Group>, Fault> {
        let query = FeedQuery {
            after: None,
            limit: cap.saturating_add(1),
            ..query.clone()
        };
        let further: Vec<&'static str> = facets.iter().filter_map(|facet| facet.column()).collect();
        let Some(places) = self.listed::<E>(&query, &further) else {
            return Ok(Vec::new());
        };
        let rows = grouped(places, facets, E::SUBJECT_FEED);
        let rows = self.transaction().query_all(&rows).await?;
        let group = |row: &QueryResult| {
            let count: i64 = row.try_get("", "count")?;
            let keys = facets.iter().enumerate();
            Ok(Group {
                keys: keys
                    .map(|(place, facet)| facet.read(row, &format!("k{place}")))
                    .collect::<Result<_, Fault>>()?,
                count: u64::try_from(count).unwrap_or_default(),
            })
        };
        rows.iter().map(group).collect()
    }
}

fn grouped(places: SelectStatement, facets: &[Facet], subject_feed: &'static str) -> SelectStatement {
    let records = format!("COUNT(DISTINCT {FEED}.record_id)");
    let mut select = Query::select();
    select
        .expr_as(Expr::cust(records), Alias::new("count"))
        .from_subquery(places, Alias::new(FEED));
    for (place, facet) in facets.iter().enumerate() {
        select.expr_as(facet.expression(), Alias::new(format!("k{place}")));
        select.add_group_by([facet.expression()]);
        if let Facet::Subject(kind) = facet {
            let (table, of_kind) = (Alias::new(subject_feed), of_kind(kind).into_condition());
            select.join_as(JoinType::LeftJoin, table, Alias::new("s"), of_kind);
            let merged = Expr::col(column("a", "old_id")).eq(Expr::col(column("s", "subject_id")));
            select.join_as(
                JoinType::LeftJoin,
                alias::Entity,
                Alias::new("a"),
                merged.into_condition(),
            );
        }
    }
    select
}

/// True of the subjects of a record that stand in this table.
fn of_kind(kind: &'static str) -> SimpleExpr {
    let known = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(kind), Alias::new("k"))
        .and_where(Expr::col(column("k", "id")).eq(Expr::col(column("s", "subject_id"))))
        .take();
    Expr::col(column("s", "record_id"))
        .eq(Expr::col(column(FEED, "record_id")))
        .and(Expr::exists(known))
}
