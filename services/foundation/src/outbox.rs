//! The outbox: a row per change, written with the change; and the doorbell that rings after a commit.
//!
//! The order is (transaction, sequence). On PostgreSQL a reader takes only rows of transactions below its
//! snapshot's horizon, so that no row is passed over because its transaction committed late; SQLite has one
//! writer, where sequence is commit order, and a transaction's number is that of its first row.

use std::sync::Arc;

use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use uuid::Uuid;

use crate::database::Database;
use crate::sql::statement;
use access::Instant;

/// The PostgreSQL notification channel.
const CHANNEL: &str = "samenzicht_outbox";

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The kind of record.
    pub kind: &'static str,
    /// The record.
    pub record: Uuid,
    /// What happened to it, such as `published`.
    pub change: &'static str,
    /// The record's version after it.
    pub version: i32,
}

/// A place in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The transaction.
    pub transaction: i64,
    /// The sequence within it.
    pub sequence: i64,
}

/// A change as read back.
#[derive(Clone, Debug)]
pub struct Event {
    /// Where it stands.
    pub place: Place,
    /// The kind of record.
    pub kind: String,
    /// The record.
    pub record: Uuid,
    /// What happened to it.
    pub change: String,
    /// The record's version after it.
    pub version: i32,
}

/// The number of a write's transaction, by which its rows and tombstones belong together. Asked before its outbox rows
/// are written.
pub(crate) async fn number(transaction: &DatabaseTransaction, service: &str) -> Result<i64, DbErr> {
    let text = if transaction.get_database_backend() == DbBackend::Postgres {
        "SELECT pg_current_xact_id()::text::bigint AS tx".to_owned()
    } else {
        format!("SELECT COALESCE(MAX(sequence), 0) + 1 AS tx FROM {service}_outbox")
    };
    let row = transaction
        .query_one_raw(statement(transaction.get_database_backend(), &text, []))
        .await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a transaction's number".to_owned()))?
        .try_get("", "tx")
}

/// Writes the rows of a write's changes, within it.
pub(crate) async fn append(
    transaction: &DatabaseTransaction,
    service: &str,
    at: Instant,
    changes: &[Change],
) -> Result<(), DbErr> {
    if changes.is_empty() {
        return Ok(());
    }
    let number = number(transaction, service).await?;
    for chunk in changes.chunks(500) {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(format!("{service}_outbox")))
            .columns(["tx", "at", "kind", "record_id", "change", "version"].map(Alias::new));
        for change in chunk {
            let row = [
                Expr::val(number),
                Expr::val(at),
                Expr::val(change.kind),
                Expr::val(change.record),
                Expr::val(change.change),
                Expr::val(change.version),
            ];
            insert.values(row).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        transaction.execute(&insert).await?;
    }
    if transaction.get_database_backend() == DbBackend::Postgres {
        let notify = statement(
            DbBackend::Postgres,
            "SELECT pg_notify(?, ?)",
            [CHANNEL.into(), service.into()],
        );
        transaction.execute_raw(notify).await?;
    }
    Ok(())
}

/// The place from which all later commits follow.
///
/// # Errors
/// The database's.
pub async fn end(database: &Database, service: &str) -> Result<Place, DbErr> {
    let transaction = database.begin_read().await?;
    let text = if database.backend() == DbBackend::Postgres {
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS tx, CAST(0 AS BIGINT) AS sequence".to_owned()
    } else {
        format!("SELECT COALESCE(MAX(tx), 0) AS tx, COALESCE(MAX(sequence), 0) AS sequence FROM {service}_outbox")
    };
    let row = transaction
        .query_one_raw(statement(database.backend(), &text, []))
        .await?;
    transaction.rollback().await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the end of the outbox".to_owned()))?;
    Ok(Place {
        transaction: row.try_get("", "tx")?,
        sequence: row.try_get("", "sequence")?,
    })
}

/// What stands in the outbox after a place.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The changes, oldest first.
    pub events: Vec<Arc<Event>>,
    /// Whether it ends because it is long enough: there may be more behind it.
    pub full: bool,
    /// Whether it ends before changes that are committed, since one that may stand before them is not yet.
    pub held_back: bool,
}

/// The changes after a place, at most so many.
///
/// # Errors
/// The database's.
pub(crate) async fn after(
    transaction: &DatabaseTransaction,
    service: &str,
    place: Place,
    limit: usize,
) -> Result<Look, DbErr> {
    let backend = transaction.get_database_backend();
    let settled = if backend == DbBackend::Postgres {
        "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    } else {
        "1 = 1"
    };
    let text = format!(
        "SELECT tx, sequence, kind, record_id, change, version, {settled} AS settled FROM {service}_outbox
         WHERE (tx, sequence) > (?, ?) ORDER BY tx, sequence LIMIT {limit}"
    );
    let values = [place.transaction.into(), place.sequence.into()];
    let rows = transaction.query_all_raw(statement(backend, &text, values)).await?;
    let mut look = Look {
        full: rows.len() == limit,
        ..Look::default()
    };
    for row in rows {
        if !row.try_get::<bool>("", "settled")? {
            (look.held_back, look.full) = (true, false);
            break;
        }
        look.events.push(Arc::new(Event {
            place: Place {
                transaction: row.try_get("", "tx")?,
                sequence: row.try_get("", "sequence")?,
            },
            kind: row.try_get("", "kind")?,
            record: row.try_get("", "record_id")?,
            change: row.try_get("", "change")?,
            version: row.try_get("", "version")?,
        }));
    }
    Ok(look)
}

/// Rings after each committed change; whoever waits looks into the outbox itself.
#[derive(Clone)]
pub struct Doorbell(watch::Sender<u64>);

impl Default for Doorbell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Doorbell {
    /// Rings.
    pub fn ring(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits for rings from now on.
    pub fn hear(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }

    /// Rings for changes that other processes commit, on PostgreSQL, until the process ends.
    pub fn listen(&self, database: &Database) {
        let Some(pool) = database.listener_pool().cloned() else {
            return;
        };
        let bell = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = bell.relay(&pool).await {
                    tracing::warn!(%error, "the outbox's listener lost its connection; trying again");
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                bell.ring();
            }
        });
    }

    async fn relay(&self, pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            listener.recv().await?;
            self.ring();
        }
    }
}
