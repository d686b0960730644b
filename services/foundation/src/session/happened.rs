//! What happened to records that the caller may see: the outbox, narrowed like every other list.

use access::Instant;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::feed::{column, live, within_clearance};
use super::{Protected, Reader, Scope, Sealed};
use crate::fault::Fault;

/// A change of a record that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Happened {
    /// When.
    pub at: Instant,
    /// The record.
    pub record_id: Uuid,
    /// What happened to it, such as `published`.
    pub change: String,
}

/// A place in the order of what happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct When {
    /// When.
    pub at: Instant,
    /// The record.
    pub record_id: Uuid,
    /// What happened to it.
    pub change: String,
}

impl Sealed for When {
    const USE: &'static str = "told";
    const BLOCK: usize = 192;
}

/// What a reader wants to hear of; changes by their names in the outbox.
#[derive(Clone, Debug, Default)]
pub struct Interests {
    /// Of records of the own organisation.
    pub own: Vec<&'static str>,
    /// Of others' records, from the moment that they were shared with the reader.
    pub others: Vec<&'static str>,
    /// Of others' records, through whatever grant, from the moment that they were shared with the reader.
    pub at_large: Vec<&'static str>,
    /// Of others' records, only where a grant to the reader begins at that moment: `shared`.
    pub arrivals: Vec<&'static str>,
    /// Nothing before this moment.
    pub since: Instant,
}

/// The kinds of channel that name the reader: its organisation, a circle of its, its account. What all participants
/// get is too much to be told one by one.
const NAMED: [i16; 3] = [2, 3, 4];

impl Reader<'_> {
    /// What happened, newest first, at most so many, before a place. Only of records that may be seen now. Whoever tells of
    /// it notes that ([`Reader::shown`]), and whoever counts it that ([`Reader::counted`]).
    ///
    /// # Errors
    /// The database's.
    pub async fn happened<E: Protected>(
        &self,
        interests: &Interests,
        before: Option<&When>,
        limit: u64,
    ) -> Result<Vec<Happened>, Fault> {
        let of = |name: &'static str| Expr::col(column("o", name));
        let mut wanted = Condition::any();
        for (changes, way) in [
            (&interests.own, Way::Own),
            (&interests.others, Way::Named),
            (&interests.at_large, Way::Any),
            (&interests.arrivals, Way::Begins),
        ] {
            if !changes.is_empty() {
                let reached = reached::<E>(self.scope(), way);
                let mut told = of("change").is_in(changes.iter().copied()).and(reached);
                if way != Way::Own {
                    told = told.and(out_by_then(self.session.platform.service));
                }
                wanted = wanted.add(told);
            }
        }
        let mut select = Query::select();
        select
            .columns(["at", "record_id", "change"].map(|name| column("o", name)))
            .from_as(
                Alias::new(format!("{}_outbox", self.session.platform.service)),
                Alias::new("o"),
            )
            .and_where(of("kind").eq(E::KIND))
            .and_where(of("at").gte(interests.since))
            .cond_where(wanted);
        if let Some(before) = before {
            let place = Expr::tuple([of("at"), of("record_id"), of("change")]);
            let values = [
                Expr::val(before.at),
                Expr::val(before.record_id),
                Expr::val(before.change.as_str()),
            ];
            select.and_where(place.lt(Expr::tuple(values)));
        }
        for name in ["at", "record_id", "change"] {
            select.order_by(column("o", name), Order::Desc);
        }
        let rows = self.transaction().query_all(select.limit(limit)).await?;
        let happened = rows.iter().map(|row| Happened::from_query_result(row, ""));
        Ok(happened.collect::<Result<_, _>>()?)
    }
}

/// Whether the record of a change was out by then. A draft can hold grants already: what happened to it before it was
/// published is its owner's to know, and of the grant a reader hears when the record comes out.
fn out_by_then(service: &str) -> SimpleExpr {
    let of = |name: &'static str| Expr::col(column("p", name));
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(format!("{service}_outbox")), Alias::new("p"))
        .and_where(of("record_id").eq(Expr::col(column("o", "record_id"))))
        .and_where(of("at").gt(Expr::col(column("o", "at"))))
        // As it stands in the index, which holds nothing else.
        .and_where(Expr::cust("p.change = 'published'"))
        .take();
    Expr::exists(later).not()
}

/// How a change reaches a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As the own organisation's.
    Own,
    /// Through a grant that names it, from when that began.
    Named,
    /// Through any grant, from when that began.
    Any,
    /// Through a grant that names it and begins with the change.
    Begins,
}

/// Whether the record of a change reaches the reader in this way.
fn reached<E: Protected>(scope: &Scope, way: Way) -> SimpleExpr {
    let of = |name: &'static str| Expr::col(column("f", name));
    let own = of("owner_id").eq(scope.caller.organisation);
    let mut rows = Query::select();
    rows.expr(Expr::val(1))
        .from_as(Alias::new(E::FEED), Alias::new("f"))
        .and_where(of("record_id").eq(Expr::col(column("o", "record_id"))))
        .and_where(of("channel").is_in(scope.channels.iter().copied()))
        .and_where(within_clearance(scope, "f"))
        .and_where(if way == Way::Own { own } else { own.not() })
        .cond_where(live(scope, "f"));
    if matches!(way, Way::Named | Way::Begins) {
        let named = Query::select()
            .column(column("c", "id"))
            .from_as(Alias::new("channel"), Alias::new("c"))
            .and_where(Expr::col(column("c", "kind")).is_in(NAMED))
            .take();
        rows.and_where(of("channel").in_subquery(named));
    }
    let (from, at) = (of("visible_from"), Expr::col(column("o", "at")));
    match way {
        Way::Own => {}
        Way::Named | Way::Any => {
            rows.and_where(from.lte(at));
        }
        Way::Begins => {
            rows.and_where(from.eq(at));
        }
    }
    Expr::exists(rows.take())
}
