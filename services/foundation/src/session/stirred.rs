//! What stirred: records that changed, that the caller may see and that fit lists of the caller's, a stretch of the outbox
//! at a time. A statement for all lists together, however many records there are; nothing is noted as seen by it.

use std::collections::HashSet;

use access::Instant;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, QueryFilter, QueryResult, Select};
use uuid::Uuid;

use super::feed::{FEED, FeedQuery, column, live};
use super::reader::{Protected, Reader, key};
use super::{Scope, Seen, feed};
use crate::fault::Fault;

/// A stretch of the outbox: these changes, from a moment to a moment, both with it.
#[derive(Clone, Copy, Debug)]
pub struct Window<'c> {
    /// Which changes.
    pub changes: &'c [&'static str],
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
}

/// A record that changed and fits a list now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stirred {
    /// Which of the lists, from 0.
    pub list: usize,
    /// The record.
    pub record_id: Uuid,
}

impl Reader<'_> {
    /// From when a window reaches that holds so many changes and no more than are at the same moment; `None` when all
    /// there are do.
    ///
    /// # Errors
    /// The database's.
    pub async fn reach<E: Protected>(&self, window: Window<'_>, changes: u64) -> Result<Option<Instant>, Fault> {
        let mut select = self.changed::<E>(window);
        select
            .column(column("o", "at"))
            .order_by(column("o", "at"), Order::Desc);
        let row = self.transaction().query_one(select.offset(changes).limit(1)).await?;
        Ok(row.map(|row| row.try_get("", "at")).transpose()?)
    }

    /// The records that changed in a window, and that fit these lists now and may be seen.
    ///
    /// # Errors
    /// The database's.
    pub async fn stirred<E: Protected>(&self, lists: &[FeedQuery], window: Window<'_>) -> Result<Vec<Stirred>, Fault> {
        let mut changed = self.changed::<E>(window);
        changed.distinct().column(column("o", "record_id"));
        let record = || Expr::col(column("w", "record_id"));
        let mut select = Query::select();
        select
            .column(column("w", "record_id"))
            .from_subquery(changed, Alias::new("w"))
            // Most of what changes is not the caller's to see: that is asked once for all lists.
            .and_where(feed::visible(self.scope(), E::FEED, "v", record()));
        for (place, list) in lists.iter().enumerate() {
            let fits = Expr::exists(self.fitting::<E>(list, record()));
            select.expr_as(fits, Alias::new(format!("l{place}")));
        }
        let mut stirred = Vec::new();
        for row in self.transaction().query_all(&select).await? {
            let record_id = row.try_get("", "record_id")?;
            for list in 0..lists.len() {
                if row.try_get::<bool>("", &format!("l{list}"))? {
                    stirred.push(Stirred { list, record_id });
                }
            }
        }
        Ok(stirred)
    }

    /// When each of these records changed in a window.
    ///
    /// # Errors
    /// The database's.
    pub async fn moments<E: Protected>(
        &self,
        window: Window<'_>,
        records: &[Uuid],
    ) -> Result<HashSet<(Instant, Uuid)>, Fault> {
        let mut select = self.changed::<E>(window);
        select
            .columns(["at", "record_id"].map(|name| column("o", name)))
            .and_where(Expr::col(column("o", "record_id")).is_in(records.iter().copied()));
        let rows = self.transaction().query_all(&select).await?;
        let moment = |row: &QueryResult| Ok((row.try_get("", "at")?, row.try_get("", "record_id")?));
        rows.iter().map(moment).collect()
    }

    fn changed<E: Protected>(&self, window: Window<'_>) -> SelectStatement {
        let of = |name: &'static str| Expr::col(column("o", name));
        Query::select()
            .from_as(
                Alias::new(format!("{}_outbox", self.session.platform.service)),
                Alias::new("o"),
            )
            .and_where(of("kind").eq(E::KIND))
            .and_where(of("change").is_in(window.changes.iter().copied()))
            .and_where(of("at").gte(window.from))
            .and_where(of("at").lte(window.until))
            .take()
    }

    /// The rows of the feed by which a record stands in a list: looked up by record.
    fn fitting<E: Protected>(&self, list: &FeedQuery, record: SimpleExpr) -> SelectStatement {
        let scope = self.scope();
        let of = |name: &'static str| Expr::col(column(FEED, name));
        let (table, subjects) = match list.subjects.as_slice() {
            [] => (E::FEED, Condition::all()),
            some => {
                let among = of("subject_id").is_in(some.iter().copied());
                (E::SUBJECT_FEED, Condition::all().add(among))
            }
        };
        let fits = Condition::all()
            .add(of("record_id").eq(record))
            .add(of("channel").is_in(through(scope, list)))
            .add(of("rank").lte(scope.caller.clearance as i16))
            .add(live(scope, FEED))
            .add(list.filter.clone())
            .add(list.looked_up.clone())
            .add_option(list.indexed.as_ref().map(|indexed| indexed.holds.clone()))
            .add(subjects);
        Query::select()
            .expr(Expr::val(1))
            .from_as(Alias::new(table), Alias::new(FEED))
            .cond_where(fits)
            .take()
    }

    /// Records that may be seen, to weigh them and not to show them: they are not noted as seen.
    ///
    /// # Errors
    /// The database's.
    pub async fn weigh_rows<E: Protected>(&self, select: Select<E>) -> Result<Vec<Seen<E::Model>>, Fault> {
        let visible = feed::visible(self.scope(), E::FEED, "f", Expr::col((E::default(), key::<E>())));
        let rows = select.filter(visible).all(self.transaction()).await?;
        let mut witness = self.session.witness();
        for row in &rows {
            witness.worked_on(E::KIND, E::id(row));
        }
        drop(witness);
        let own = self.scope().caller.organisation;
        let seen = |row: E::Model| {
            let mine = E::owner(&row) == own;
            Seen::new(row, mine)
        };
        Ok(rows.into_iter().map(seen).collect())
    }

    /// Notes that records are shown, or told of.
    pub fn shown<E: Protected>(&self, records: impl IntoIterator<Item = Uuid>) {
        self.session.witness().saw(E::KIND, records);
    }

    /// Notes that records are counted and not shown, and what was asked of them.
    pub fn counted<E: Protected>(&self, what: String) {
        self.session.witness().counted(E::KIND, what);
    }
}

/// The caller's channels through which a list is seen.
fn through<'a>(scope: &'a Scope, list: &'a FeedQuery) -> impl Iterator<Item = i64> + 'a {
    let channels = list.channels.as_deref().unwrap_or(&scope.channels);
    channels
        .iter()
        .copied()
        .filter(|channel| scope.channels.contains(channel))
}
