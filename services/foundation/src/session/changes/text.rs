//! The questions that the change feed asks the database; the same text on both, but for the outbox's horizon.

use access::Instant;
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use super::super::Scope;
use super::super::feed::listed;
use super::copy::{At, Cell, Copy, Filled};
use crate::outbox::Place;

/// A question and its values in order.
pub(super) type Text = (String, Vec<Value>);

/// What an outbox holds, and the key that seals cursors.
pub(super) fn state(backend: DbBackend, service: &str) -> String {
    let (end, sequence, until, next) = if backend == DbBackend::Postgres {
        let horizon = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
        let beyond = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
        (
            horizon.to_owned(),
            "CAST(0 AS BIGINT)".to_owned(),
            beyond.to_owned(),
            horizon.to_owned(),
        )
    } else {
        let of = |what: &str| format!("(SELECT COALESCE(MAX({what}), 0) FROM {service}_outbox)");
        (of("tx"), of("sequence"), of("tx"), format!("{} + 1", of("sequence")))
    };
    format!(
        "SELECT sealed_by, floor_tx, floor_sequence, {end} AS end_tx, {sequence} AS end_sequence,
                {until} AS until_tx, {next} AS next_tx FROM {service}_change"
    )
}

/// The predicate for a record that this expression names.
fn seen(scope: &Scope, feed: &str, record: &str, further: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM {feed} v WHERE v.record_id = {record} AND v.channel IN ({}) AND v.rank <= {}
           AND v.visible_from <= {now} AND v.visible_until > {now}{further})",
        listed(&scope.channels),
        scope.caller.clearance as i16,
        now = scope.now,
    )
}

/// The cells as a condition: each group of cells that differ by their channel alone has its own.
fn cells<'c>(cells: impl Iterator<Item = &'c Cell>, alias: &str, further: impl Fn(&Cell) -> String) -> String {
    let mut groups: Vec<(Cell, Vec<i64>)> = Vec::new();
    for cell in cells {
        let like = |known: &Cell| {
            let of = |cell: &Cell| Cell {
                channel: 0,
                filled: Filled::Whole,
                ..*cell
            };
            of(known) == of(cell)
        };
        match groups.iter_mut().find(|(known, _)| like(known)) {
            Some((_, channels)) => channels.push(cell.channel),
            None => groups.push((*cell, vec![cell.channel])),
        }
    }
    let each = groups.iter().map(|(cell, channels)| {
        // Ranks by name, so that an index on channel and rank is walked.
        let ranks: Vec<i64> = (i64::from(cell.low)..=i64::from(cell.high)).collect();
        let (channels, ranks) = (listed(channels), listed(&ranks));
        format!(
            "({alias}.channel IN ({channels}) AND {alias}.rank IN ({ranks}){})",
            further(cell)
        )
    });
    let all: Vec<String> = each.collect();
    if all.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("({})", all.join(" OR "))
    }
}

/// Where a kind's rows are.
pub(super) struct Names {
    pub service: &'static str,
    pub kind: &'static str,
    pub feed: &'static str,
}

/// What happened after a place, oldest first: of each event whether its record is seen, owned, newly shared, or was lost.
pub(super) fn tail(backend: DbBackend, names: &Names, scope: &Scope, copy: &Copy, limit: usize) -> Text {
    let Names { service, kind, feed } = names;
    let horizon = if backend == DbBackend::Postgres {
        "AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    } else {
        ""
    };
    let record = "o.record_id";
    let told = cells(copy.cells.iter(), "t", |cell| {
        format!(
            " AND t.tx >= {} AND t.visible_until > {} AND t.visible_from <= {}",
            cell.transaction,
            cell.since,
            copy.latest.min(cell.latest)
        )
    });
    let text = format!(
        "SELECT o.tx, o.sequence, o.at, o.record_id, o.change, {seen} AS seen, {own} AS own, {began} AS began,
                EXISTS (SELECT 1 FROM {kind}_tombstone t WHERE t.{kind}_id = o.record_id AND t.tx = o.tx AND {told}) AS lost
         FROM (SELECT tx, sequence, at, record_id, change FROM {service}_outbox
               WHERE (tx, sequence) > (?, ?) AND kind = '{kind}' {horizon}
               ORDER BY tx, sequence LIMIT {limit}) o
         ORDER BY o.tx, o.sequence",
        seen = seen(scope, feed, record, ""),
        own = seen(scope, feed, record, " AND v.owner_id = ?"),
        began = seen(scope, feed, record, " AND v.visible_from = o.at"),
    );
    let Place { transaction, sequence } = copy.place();
    let values = vec![scope.caller.organisation.into(), transaction.into(), sequence.into()];
    (text, values)
}

/// What began and ended by the clock since the copy was told, in order. What began as something happened, [`tail`] tells.
pub(super) fn clock(names: &Names, scope: &Scope, copy: &Copy, limit: u64) -> Text {
    let Names { service, kind, feed } = names;
    let (since, record): (Instant, Uuid) = copy.moment;
    let now = scope.now;
    let held = || copy.cells.iter().filter(|cell| cell.filled != Filled::Lost);
    let begun = cells(held(), "f", |_| String::new());
    let ended = cells(held(), "f", |cell| {
        format!(
            " AND f.visible_until > {} AND f.visible_from <= {}",
            cell.since, copy.latest
        )
    });
    let text = format!(
        "SELECT t.moment, t.record_id, {seen} AS seen FROM (
           SELECT f.visible_from AS moment, f.record_id FROM {feed} f
           WHERE {begun} AND f.visible_from > f.created_at AND f.visible_from >= {since} AND f.visible_from <= {now}
             AND f.visible_until > {now}
             AND NOT EXISTS (SELECT 1 FROM {service}_outbox o
                             WHERE o.kind = '{kind}' AND o.record_id = f.record_id AND o.at = f.visible_from)
           UNION
           SELECT f.visible_until AS moment, f.record_id FROM {feed} f
           WHERE {ended} AND f.visible_until >= {since} AND f.visible_until <= {now} AND f.visible_from < f.visible_until
         ) t WHERE (t.moment, t.record_id) > (?, ?) ORDER BY t.moment, t.record_id LIMIT {limit}",
        seen = seen(scope, feed, "t.record_id", ""),
    );
    (text, vec![since.into(), record.into()])
}

/// The records of lost channels after a place, and whether they are seen some other way.
pub(super) fn lost(names: &Names, scope: &Scope, copy: &Copy, after: Option<At>, limit: u64) -> Text {
    let Names { feed, .. } = names;
    let gone = copy.cells.iter().filter(|cell| cell.filled == Filled::Lost);
    let gone = cells(gone, "f", |cell| {
        let since = copy.moment.0.max(cell.since);
        format!(" AND f.visible_until > {since} AND f.visible_from <= {}", cell.latest)
    });
    let (created_at, record) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let text = format!(
        "SELECT t.created_at, t.record_id, {seen} AS seen FROM (
           SELECT DISTINCT f.created_at, f.record_id FROM {feed} f
           WHERE {gone} AND (f.created_at, f.record_id) > (?, ?)
         ) t ORDER BY t.created_at, t.record_id LIMIT {limit}",
        seen = seen(scope, feed, "t.record_id", ""),
    );
    (text, vec![created_at.into(), record.into()])
}

/// Tells row-level security which feed rows and tombstones the copy may be told of.
pub(super) fn past(copy: &Copy) -> Text {
    let channels: Vec<String> = copy.cells.iter().map(|cell| cell.channel.to_string()).collect();
    let rank = copy.cells.iter().map(|cell| cell.high).max().unwrap_or(-1);
    let text = "SELECT set_config('app.past_channels', ?, true), set_config('app.past_rank', ?, true),
                       set_config('app.since', ?, true)";
    let since = copy.moment.0.saturating_sub(1);
    let values = vec![
        channels.join(",").into(),
        rank.to_string().into(),
        since.to_string().into(),
    ];
    (text.to_owned(), values)
}
