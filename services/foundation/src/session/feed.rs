//! The feed: the one text of the predicate, and newest-first lists over it.
//!
//! `visible(r)`: there is a feed row of r with a channel of mine, of a rank I may see, live now. A list asks one
//! limited arm per channel, rank and subject, each walking an index from its newest end, and merges them.

use access::Rank;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, IntoIden, Order, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{DynIden, FromQueryResult};
use uuid::Uuid;

use super::Scope;

/// A place in a newest-first list: what a cursor holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Position {
    /// When the record was made, in microseconds.
    pub created_at: i64,
    /// The record.
    pub record_id: Uuid,
}

/// A newest-first list over the feed.
#[derive(Clone, Debug)]
pub struct FeedQuery {
    /// Conditions on the feed's own columns, written against the alias `f`.
    pub filter: Condition,
    /// Only records about one of these, which are one party, site or region; about whatever it be where there is none.
    pub subjects: Vec<Uuid>,
    /// Only through these channels; all of the caller's where `None`.
    pub channels: Option<Vec<i64>>,
    /// Only after this place.
    pub after: Option<Position>,
    /// At most so many.
    pub limit: u64,
}

/// The name of the feed in a list's query, and so in a [`FeedQuery`]'s filter.
pub const FEED: &str = "f";

/// A column of the feed under an alias.
pub fn column(alias: &'static str, name: &'static str) -> (DynIden, DynIden) {
    (Alias::new(alias).into_iden(), Alias::new(name).into_iden())
}

fn live(scope: &Scope, alias: &'static str) -> Condition {
    Condition::all()
        .add(Expr::col(column(alias, "visible_from")).lte(scope.now))
        .add(Expr::col(column(alias, "visible_until")).gt(scope.now))
}

/// The predicate, for a record whose id is `id`. `alias` keeps it apart from a query that it stands in.
pub(super) fn visible(scope: &Scope, feed: &'static str, alias: &'static str, id: SimpleExpr) -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(feed), Alias::new(alias))
        .and_where(Expr::col(column(alias, "record_id")).eq(id))
        .and_where(Expr::col(column(alias, "channel")).is_in(scope.channels.iter().copied()))
        .and_where(Expr::col(column(alias, "rank")).lte(scope.caller.clearance as i16))
        .cond_where(live(scope, alias))
        .take();
    Expr::exists(rows)
}

/// The list's rows; `None` when the caller has no channel for it.
pub(super) fn page(
    scope: &Scope,
    feed: &'static str,
    subject_feed: &'static str,
    query: &FeedQuery,
) -> Option<SelectStatement> {
    let channels = query.channels.as_deref().unwrap_or(&scope.channels);
    let whatever = query.subjects.is_empty().then_some(None);
    let subjects = query.subjects.iter().copied().map(Some).chain(whatever);
    let ranks = Rank::ALL.into_iter().filter(|rank| *rank <= scope.caller.clearance);
    let mut arms = channels
        .iter()
        .filter(|channel| scope.channels.contains(channel))
        .flat_map(|channel| ranks.clone().map(move |rank| (*channel, rank)))
        .flat_map(|place| subjects.clone().map(move |subject| (place, subject)))
        .map(|((channel, rank), subject)| {
            let table = if subject.is_some() { subject_feed } else { feed };
            arm(scope, table, query, channel, rank, subject)
        });
    let mut union = arms.next()?;
    for next in arms {
        union.union(UnionType::All, next);
    }
    Some(newest(
        Query::select().distinct().from_subquery(union, Alias::new(FEED)),
        query.limit,
    ))
}

fn newest(select: &mut SelectStatement, limit: u64) -> SelectStatement {
    select
        .column(column(FEED, "created_at"))
        .column(column(FEED, "record_id"))
        .order_by(column(FEED, "created_at"), Order::Desc)
        .order_by(column(FEED, "record_id"), Order::Desc)
        .limit(limit)
        .take()
}

fn arm(
    scope: &Scope,
    table: &'static str,
    query: &FeedQuery,
    channel: i64,
    rank: Rank,
    subject: Option<Uuid>,
) -> SelectStatement {
    let mut rows = Query::select();
    rows.distinct()
        .from_as(Alias::new(table), Alias::new(FEED))
        .and_where(Expr::col(column(FEED, "channel")).eq(channel))
        .and_where(Expr::col(column(FEED, "rank")).eq(rank as i16))
        .cond_where(live(scope, FEED))
        .cond_where(query.filter.clone());
    if let Some(subject) = subject {
        rows.and_where(Expr::col(column(FEED, "subject_id")).eq(subject));
    }
    if let Some(after) = query.after {
        let place = Expr::tuple([
            Expr::col(column(FEED, "created_at")),
            Expr::col(column(FEED, "record_id")),
        ]);
        rows.and_where(place.lt(Expr::tuple([Expr::val(after.created_at), Expr::val(after.record_id)])));
    }
    let rows = newest(&mut rows, query.limit);
    Query::select()
        .column(column(FEED, "created_at"))
        .column(column(FEED, "record_id"))
        .from_subquery(rows, Alias::new(FEED))
        .take()
}

/// The newest rows of each of several subjects, in one statement: one row per place, with its subject.
pub(super) fn newest_per_subject(
    scope: &Scope,
    subject_feed: &'static str,
    subjects: &[Uuid],
    limit: u64,
) -> (String, Vec<sea_orm::Value>) {
    let channels = scope
        .channels
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",");
    let channels = if channels.is_empty() {
        "NULL".to_owned()
    } else {
        channels
    };
    let marks = vec!["?"; subjects.len()].join(",");
    let text = format!(
        "SELECT subject_id, created_at, record_id FROM (
           SELECT subject_id, created_at, record_id, ROW_NUMBER() OVER (
             PARTITION BY subject_id ORDER BY created_at DESC, record_id DESC) AS place
           FROM (SELECT DISTINCT subject_id, created_at, record_id FROM {subject_feed}
             WHERE channel IN ({channels}) AND rank <= ? AND visible_from <= ? AND visible_until > ?
             AND subject_id IN ({marks})) AS every
         ) AS ranked WHERE place <= ? ORDER BY subject_id, place"
    );
    let mut values: Vec<sea_orm::Value> = vec![
        (scope.caller.clearance as i16).into(),
        scope.now.into(),
        scope.now.into(),
    ];
    values.extend(subjects.iter().map(|subject| (*subject).into()));
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    (text, values)
}
