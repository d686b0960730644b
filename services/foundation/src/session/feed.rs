//! The feed: the one text of the predicate, and newest-first lists over it.
//!
//! `visible(r)`: there is a feed row of r with a channel of mine, of a rank I may see, live now. A list asks one
//! limited arm per channel and rank (and subject), each walking an index from the end at which its order begins, and
//! merges them. PostgreSQL plans one arm and runs it for each, but for the bare list; SQLite gets them written out.

use access::Rank;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{DbBackend, DbErr, DynIden, QueryResult};
use uuid::Uuid;

use super::Scope;

/// A place in a newest-first list: what a cursor holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// When the record was made, in microseconds.
    pub created_at: i64,
    /// The record.
    pub record_id: Uuid,
}

/// In which order a list comes: by columns of the feed that are numbers, then by record, all in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its mark in cursors, by which a cursor of another order is refused; 0 is the feed's own order.
    pub mark: u8,
    /// The feed's columns; an index of the feed has them behind channel and rank.
    pub columns: &'static [&'static str],
    /// Whether the highest come first.
    pub descending: bool,
}

impl Order {
    /// Newest recorded first: the feed's own order.
    pub const NEWEST: Self = Self {
        mark: 0,
        columns: &["created_at"],
        descending: true,
    };

    fn direction(self) -> sea_orm::sea_query::Order {
        if self.descending {
            sea_orm::sea_query::Order::Desc
        } else {
            sea_orm::sea_query::Order::Asc
        }
    }

    /// The columns that say where a record stands: the order's own, then the record.
    fn place(self) -> impl Iterator<Item = &'static str> + Clone {
        self.columns.iter().copied().chain(["record_id"])
    }
}

/// A place in a list of some order: what a cursor of that order holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The values of the order's columns.
    pub keys: Vec<i64>,
    /// The record.
    pub record_id: Uuid,
}

/// A condition that an index elsewhere answers.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// The records of which it is true, each once, in a column `id`.
    pub hits: SelectStatement,
    /// The same, asked of the `record_id` of `f` alone.
    pub holds: SimpleExpr,
}

/// A list over the feed.
#[derive(Clone, Debug)]
pub struct FeedQuery {
    /// Conditions on the feed's own columns, written against the alias `f`.
    pub filter: Condition,
    /// Conditions that no index of the feed answers, such as on what else a record is about: looked up for each record
    /// on the way, against the alias `f`, of which they may read `record_id` and the columns in `carried`. A page looks
    /// so far and no further.
    pub looked_up: Condition,
    /// The columns that `looked_up` reads.
    pub carried: &'static [&'static str],
    /// A condition that an index elsewhere answers, such as words in a text.
    pub indexed: Option<Indexed>,
    /// Only records about one of these parties, sites or regions; about anything where there is none.
    pub subjects: Vec<Uuid>,
    /// Only these records; any where `None`.
    pub records: Option<Vec<Uuid>>,
    /// Only through these channels; all of the caller's where `None`.
    pub channels: Option<Vec<i64>>,
    /// In which order.
    pub order: Order,
    /// Only after this place of that order.
    pub after: Option<Place>,
    /// At most so many.
    pub limit: u64,
}

impl Default for FeedQuery {
    /// Everything, newest first, none of it yet.
    fn default() -> Self {
        Self {
            filter: Condition::all(),
            looked_up: Condition::all(),
            carried: &[],
            indexed: None,
            subjects: Vec::new(),
            records: None,
            channels: None,
            order: Order::NEWEST,
            after: None,
            limit: 0,
        }
    }
}

impl FeedQuery {
    /// Whether nothing narrows it.
    fn is_bare(&self) -> bool {
        self.filter.is_empty() && self.looked_up.is_empty() && self.indexed.is_none() && self.subjects.is_empty()
    }
}

/// The most arms of one list: SQLite takes 500 selects in one statement.
const ARMS_MAXIMUM: usize = 400;

/// The name of the feed in a list's query, and so in a [`FeedQuery`]'s filter.
pub const FEED: &str = "f";

/// A column of the feed under an alias.
pub fn column(alias: &'static str, name: &'static str) -> (DynIden, DynIden) {
    (Alias::new(alias).into_iden(), Alias::new(name).into_iden())
}

pub(super) fn live(scope: &Scope, alias: &'static str) -> Condition {
    Condition::all()
        .add(Expr::col(column(alias, "visible_from")).lte(scope.now))
        .add(Expr::col(column(alias, "visible_until")).gt(scope.now))
}

/// True of ranks that the caller may see, where records are looked up one by one. A sum, by which no index on channel and
/// rank serves: SQLite would walk a channel with it for each record, and it knows the record already.
pub(super) fn within_clearance(scope: &Scope, alias: &'static str) -> SimpleExpr {
    let rank = Expr::col(column(alias, "rank")).add(0);
    rank.lte(scope.caller.clearance as i16)
}

/// The predicate, for a record whose id is `id`. `alias` keeps it apart from a query that it stands in.
pub(super) fn visible(scope: &Scope, feed: &'static str, alias: &'static str, id: SimpleExpr) -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(feed), Alias::new(alias))
        .and_where(Expr::col(column(alias, "record_id")).eq(id))
        .and_where(Expr::col(column(alias, "channel")).is_in(scope.channels.iter().copied()))
        .and_where(within_clearance(scope, alias))
        .cond_where(live(scope, alias))
        .take();
    Expr::exists(rows)
}

/// The list's places with these further columns of the feed; `None` when the caller has no channel for it.
pub(super) fn page(
    backend: DbBackend,
    scope: &Scope,
    feed: &'static str,
    subject_feed: &'static str,
    query: &FeedQuery,
    further: &[&'static str],
) -> Option<SelectStatement> {
    let channels = query.channels.as_deref().unwrap_or(&scope.channels).iter().copied();
    let channels: Vec<i64> = channels.filter(|channel| scope.channels.contains(channel)).collect();
    if channels.is_empty() {
        return None;
    }
    let table = if query.subjects.is_empty() { feed } else { subject_feed };
    let shown = columns(query.order, further);
    if let Some(records) = &query.records {
        // Few and known: they are looked up, through whatever channel.
        let known = Condition::all()
            .add(of("channel").is_in(channels))
            .add(within_clearance(scope, FEED))
            .add(of("record_id").is_in(records.iter().copied()))
            .add(about(&query.subjects));
        return Some(placed(arm(scope, table, query, &shown, known), &shown));
    }
    let ranks = Rank::ALL.into_iter().filter(|rank| *rank <= scope.caller.clearance);
    let ranks: Vec<i16> = ranks.map(|rank| rank as i16).collect();
    // The bare list, which everybody asks for again and again, keeps its plan, and arms that are written out are read only
    // as far as they come into it. What is narrowed is asked in too many ways for that, and planning each arm took longest.
    let kept = query.is_bare() && further.is_empty();
    let arms = if backend == DbBackend::Postgres && !kept {
        each(scope, table, query, &shown, &channels, &ranks)
    } else {
        written_out(scope, table, query, &shown, &channels, &ranks)?
    };
    let mut merged = Query::select();
    merged.distinct().from_subquery(arms, Alias::new(FEED));
    Some(first(&mut merged, query, &shown))
}

/// The arms as one, which is planned once and run for each way.
fn each(
    scope: &Scope,
    table: &'static str,
    query: &FeedQuery,
    shown: &[&'static str],
    channels: &[i64],
    ranks: &[i16],
) -> SelectStatement {
    let mut arms = Query::select();
    for name in shown {
        arms.column(column(FEED, name));
    }
    let mut here = Condition::all();
    let mut one_of = |name: &'static str| {
        here = here.clone().add(of(name).eq(Expr::col(column(name, "column1"))));
        Alias::new(name)
    };
    arms.from_values(channels.iter().copied(), one_of("channel"));
    arms.from_values(ranks.iter().copied(), one_of("rank"));
    if !query.subjects.is_empty() {
        arms.from_values(query.subjects.iter().copied(), one_of("subject_id"));
    }
    let mut rows = arm(scope, table, query, shown, here);
    // A record that is twice in a channel stands in one place: it is told by that, as the index gives it. To compare all that
    // is shown, PostgreSQL would rather sort the channel.
    rows.distinct_on(query.order.place().map(|name| column(FEED, name)));
    arms.join_lateral(JoinType::InnerJoin, rows, Alias::new(FEED), Expr::cust("TRUE"));
    arms.take()
}

/// The arms one by one.
fn written_out(
    scope: &Scope,
    table: &'static str,
    query: &FeedQuery,
    shown: &[&'static str],
    channels: &[i64],
    ranks: &[i16],
) -> Option<SelectStatement> {
    let ways = channels
        .iter()
        .flat_map(|channel| ranks.iter().map(move |rank| (*channel, *rank)));
    // A subject of its own per arm walks the index; where that would be too many arms, one looks for all of them.
    let subjects: Vec<&[Uuid]> = match query.subjects.len() {
        0 => vec![&[]],
        many if many * channels.len() * ranks.len() > ARMS_MAXIMUM => vec![&query.subjects],
        _ => query.subjects.chunks(1).collect(),
    };
    let mut arms = ways
        .flat_map(|way| subjects.iter().map(move |subjects| (way, subjects)))
        .map(|((channel, rank), subjects)| {
            let here = Condition::all()
                .add(of("channel").eq(channel))
                .add(of("rank").eq(rank))
                .add(about(subjects));
            placed(arm(scope, table, query, shown, here), shown)
        });
    let mut union = arms.next()?;
    for next in arms {
        union.union(UnionType::All, next);
    }
    Some(union)
}

/// Up to so many of the hits that the caller may see, as they come.
pub(super) fn found(scope: &Scope, feed: &'static str, hits: SelectStatement, cap: u64) -> SelectStatement {
    let hit = || Expr::col(column("h", "id"));
    Query::select()
        .expr_as(hit(), Alias::new("record_id"))
        .from_subquery(hits, Alias::new("h"))
        .and_where(visible(scope, feed, FEED, hit()))
        .limit(cap)
        .take()
}

/// The names under which [`scan`] gives the order's columns, as whole numbers.
const KEYS: [&str; 3] = ["at0", "at1", "at2"];

/// Of the list's next `far` places those that fit what is looked up, and the last of them in any case: a page of a list
/// that is narrowed by more than the feed, with how far it went. [`Step::read`] reads a row.
pub(super) fn scan(
    backend: DbBackend,
    scope: &Scope,
    feed: &'static str,
    subject_feed: &'static str,
    query: &FeedQuery,
    far: u64,
) -> Option<SelectStatement> {
    let way = FeedQuery {
        looked_up: Condition::all(),
        limit: far,
        ..query.clone()
    };
    let places = page(backend, scope, feed, subject_feed, &way, query.carried)?;
    let direction = if query.order.descending { "DESC" } else { "ASC" };
    let by: Vec<String> = query
        .order
        .place()
        .map(|name| format!("{FEED}.{name} {direction}"))
        .collect();
    let number = Expr::cust(format!("ROW_NUMBER() OVER (ORDER BY {})", by.join(", ")));
    let mut numbered = Query::select();
    for name in columns(query.order, query.carried) {
        numbered.column(column(FEED, name));
    }
    numbered
        .expr_as(number, Alias::new("place"))
        .from_subquery(places, Alias::new(FEED));
    let far = i64::try_from(far).unwrap_or(i64::MAX);
    let mut found = Query::select();
    for (key, name) in KEYS.iter().zip(query.order.columns) {
        found.expr_as(of(name).cast_as("BIGINT"), Alias::new(*key));
    }
    let told = |condition: Condition| Expr::case(condition, Expr::cust("1")).finally(Expr::cust("0"));
    let last = Condition::all().add(of("place").eq(far));
    found
        .column(column(FEED, "record_id"))
        .expr_as(told(last.clone()), Alias::new("last"))
        .expr_as(told(query.looked_up.clone()), Alias::new("fits"))
        .from_subquery(numbered, Alias::new(FEED))
        .cond_where(Condition::any().add(query.looked_up.clone()).add(last))
        .limit(query.limit);
    // As they are numbered, so that nothing is looked up behind the last that is shown.
    for name in query.order.place() {
        found.order_by(column(FEED, name), query.order.direction());
    }
    Some(found.take())
}

/// A place on the way of a list.
pub(super) struct Step {
    /// Where it is.
    pub place: Place,
    /// Whether its record is of the list.
    pub fits: bool,
    /// Whether it is the last of those that were looked at.
    pub last: bool,
}

impl Step {
    /// Reads a row of [`scan`].
    pub fn read(row: &QueryResult, order: Order) -> Result<Self, DbErr> {
        let keys = KEYS.iter().take(order.columns.len());
        Ok(Self {
            place: Place {
                keys: keys.map(|key| row.try_get("", key)).collect::<Result<_, _>>()?,
                record_id: row.try_get("", "record_id")?,
            },
            fits: row.try_get::<i32>("", "fits")? == 1,
            last: row.try_get::<i32>("", "last")? == 1,
        })
    }
}

/// What is selected of a place: the order's columns, the record, and further ones.
fn columns(order: Order, further: &[&'static str]) -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = order.place().collect();
    columns.extend(further.iter().filter(|name| !order.columns.contains(name)));
    columns
}

/// The first of a query in its order.
fn first(select: &mut SelectStatement, query: &FeedQuery, shown: &[&'static str]) -> SelectStatement {
    for name in shown {
        select.column(column(FEED, name));
    }
    for name in query.order.place() {
        select.order_by(column(FEED, name), query.order.direction());
    }
    select.limit(query.limit).take()
}

fn of(name: &'static str) -> Expr {
    Expr::col(column(FEED, name))
}

/// True of what is about one of these; of anything where there is none.
fn about(subjects: &[Uuid]) -> Condition {
    let subject = of("subject_id");
    Condition::all().add_option(match subjects {
        [] => None,
        [one] => Some(subject.eq(*one)),
        several => Some(subject.is_in(several.iter().copied())),
    })
}

/// The first of the list's rows that stand here.
fn arm(
    scope: &Scope,
    table: &'static str,
    query: &FeedQuery,
    shown: &[&'static str],
    here: Condition,
) -> SelectStatement {
    let among = |indexed: &Indexed| of("record_id").in_subquery(indexed.hits.clone());
    let mut rows = Query::select();
    rows.distinct()
        .from_as(Alias::new(table), Alias::new(FEED))
        .cond_where(here)
        .cond_where(live(scope, FEED))
        .cond_where(query.filter.clone())
        .cond_where(query.looked_up.clone())
        .cond_where(Condition::all().add_option(query.indexed.as_ref().map(among)));
    if let Some(after) = &query.after {
        rows.and_where(beyond(query.order, after));
    }
    first(&mut rows, query, shown)
}

/// The same as a query that may stand in a union.
fn placed(rows: SelectStatement, shown: &[&'static str]) -> SelectStatement {
    let mut placed = Query::select();
    for name in shown {
        placed.column(column(FEED, name));
    }
    placed.from_subquery(rows, Alias::new(FEED)).take()
}

/// True of what comes after a place.
fn beyond(order: Order, after: &Place) -> SimpleExpr {
    let here = Expr::tuple(order.place().map(|name| Expr::col(column(FEED, name))));
    let keys = after.keys.iter().map(|key| Expr::val(*key));
    let there = Expr::tuple(keys.chain([Expr::val(after.record_id)]));
    if order.descending {
        here.lt(there)
    } else {
        here.gt(there)
    }
}

/// Of each of several subjects, and of each owner, the published record that is latest by a column of the feed, none
/// later than now: one row per subject and owner.
pub(super) fn latest_per_owner(
    scope: &Scope,
    subject_feed: &'static str,
    subjects: &[Uuid],
    by: &'static str,
) -> (String, Vec<sea_orm::Value>) {
    let channels = listed(&scope.channels);
    let marks = vec!["?"; subjects.len()].join(",");
    let text = format!(
        "SELECT subject_id, owner_id, {by} AS moment, created_at, record_id FROM (
           SELECT subject_id, owner_id, {by}, created_at, record_id, ROW_NUMBER() OVER (
             PARTITION BY subject_id, owner_id ORDER BY {by} DESC, created_at DESC, record_id DESC) AS place
           FROM (SELECT DISTINCT subject_id, owner_id, {by}, created_at, record_id FROM {subject_feed}
             WHERE channel IN ({channels}) AND rank <= ? AND visible_from <= ? AND visible_until > ?
             AND state = ? AND {by} <= ? AND subject_id IN ({marks})) AS every
         ) AS ranked WHERE place = 1 ORDER BY subject_id, owner_id"
    );
    let mut values: Vec<sea_orm::Value> = vec![
        (scope.caller.clearance as i16).into(),
        scope.now.into(),
        scope.now.into(),
        (access::State::Published as i16).into(),
        scope.now.into(),
    ];
    values.extend(subjects.iter().map(|subject| (*subject).into()));
    (text, values)
}

/// Channels as a list in SQL; one that nothing is in where there are none.
pub(super) fn listed(channels: &[i64]) -> String {
    if channels.is_empty() {
        return "NULL".to_owned();
    }
    let channels: Vec<String> = channels.iter().map(ToString::to_string).collect();
    channels.join(",")
}

/// The newest rows of each of several subjects, in one statement: one row per place, with its subject.
pub(super) fn newest_per_subject(
    scope: &Scope,
    subject_feed: &'static str,
    subjects: &[Uuid],
    limit: u64,
) -> (String, Vec<sea_orm::Value>) {
    let channels = listed(&scope.channels);
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
