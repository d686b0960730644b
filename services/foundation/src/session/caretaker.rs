//! The caretaker: erases what has expired. It is nobody's session, sees nothing else, and shows nothing to anybody.
//!
//! On PostgreSQL the policies let it see and delete only records that are past their retention and not held, and only
//! while it says so for its own transaction; the same condition stands in its own query.

use std::collections::BTreeMap;

use access::Instant;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::{Platform, Protected};
use crate::fault::Fault;
use crate::log::{self, AuditLine, Lines, ProcessingLine};
use crate::outbox::{self, Change};
use crate::sql::statement;

/// Records that are erased in one transaction, at most: log lines of others get through between two.
const BATCH: u64 = 200;

/// A channel in which a record stands.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Stood {
    /// The channel.
    pub channel: i64,
    /// The record's rank in it.
    pub rank: i16,
    /// From when it is seen there.
    pub visible_from: i64,
    /// Until when it is seen there.
    pub visible_until: i64,
}

/// One round of erasing, in one transaction. Dropped without [`Caretaker::commit`], it never happened.
pub struct Caretaker<'p> {
    platform: &'p Platform,
    transaction: DatabaseTransaction,
    now: Instant,
    number: i64,
    changes: Vec<Change>,
}

impl<'p> Caretaker<'p> {
    /// Begins a round.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(platform: &'p Platform) -> Result<Self, Fault> {
        let transaction = platform.database.begin_write().await?;
        let now = platform.clock.now();
        let number = outbox::number(&transaction, platform.service).await?;
        let caretaker = Self {
            platform,
            transaction,
            now,
            number,
            changes: Vec::new(),
        };
        caretaker.tell("app.caretaker", "on").await?;
        caretaker.tell("app.now", &now.to_string()).await?;
        Ok(caretaker)
    }

    async fn tell(&self, setting: &str, value: &str) -> Result<(), Fault> {
        if self.transaction.get_database_backend() == DbBackend::Postgres {
            let tell = statement(
                DbBackend::Postgres,
                "SELECT set_config(?, ?, true)",
                [setting.into(), value.into()],
            );
            self.transaction.execute_raw(tell).await?;
        }
        Ok(())
    }

    /// The records past their retention that nobody holds, oldest first, by their owner; at most a batch.
    ///
    /// # Errors
    /// The database's.
    pub async fn expired<E: Protected>(&self) -> Result<BTreeMap<Uuid, Vec<Uuid>>, Fault> {
        let expired = Query::select()
            .columns(["id", "owner_id"].map(Alias::new))
            .from(Alias::new(E::default().table_name()))
            .and_where(Expr::col(Alias::new("retain_until")).lte(self.now))
            .and_where(Expr::col(Alias::new("held_at")).is_null())
            .order_by(Alias::new("retain_until"), sea_orm::Order::Asc)
            .limit(BATCH)
            .take();
        let mut owners: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for row in self.transaction.query_all(&expired).await? {
            let records = owners.entry(row.try_get("", "owner_id")?).or_default();
            records.push(row.try_get("", "id")?);
        }
        Ok(owners)
    }

    /// Acts for this owner from here on, whose rows are to go.
    ///
    /// # Errors
    /// The database's.
    pub async fn act_for(&self, owner: Uuid) -> Result<(), Fault> {
        self.tell("app.writer", &owner.to_string()).await
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// The moment of the round.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.platform.clock.id()
    }

    /// The number of the round's transaction, as its outbox rows will have it.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// In which channels and ranks a record stands, and until when it is seen there.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn stood<E: Protected>(&self, record: Uuid) -> Result<Vec<Stood>, Fault> {
        let text = format!(
            "SELECT channel, rank, MIN(visible_from) AS visible_from, MAX(visible_until) AS visible_until
             FROM {} WHERE record_id = ? AND visible_from <= ?
             GROUP BY channel, rank ORDER BY channel, rank",
            E::FEED
        );
        let asked = statement(self.backend(), &text, [record.into(), self.now.into()]);
        let rows = self.transaction.query_all_raw(asked).await?;
        let stood = |row: &QueryResult| Stood::from_query_result(row, "").map_err(Fault::from);
        rows.iter().map(stood).collect()
    }

    /// Forgets what happened before a moment, and the tombstones of it: cursors from before are refused from then on.
    /// The last event always stays, by which places go on. How many events went.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn forget<E: Protected>(&self, before: Instant) -> Result<u64, Fault> {
        let service = self.platform.service;
        let ask = |text: &str, values: Vec<Value>| statement(self.backend(), text, values);
        let first = format!("SELECT at FROM {service}_outbox ORDER BY tx, sequence LIMIT 1");
        let first = self.transaction.query_one_raw(ask(&first, Vec::new())).await?;
        let old = |row: QueryResult| row.try_get::<Instant>("", "at").is_ok_and(|at| at < before);
        if !first.is_some_and(old) {
            return Ok(0);
        }
        let floor = format!(
            "SELECT tx, sequence FROM {service}_outbox WHERE at < ? AND sequence < (SELECT MAX(sequence) FROM {service}_outbox)
             ORDER BY tx DESC, sequence DESC LIMIT 1"
        );
        let Some(row) = self.transaction.query_one_raw(ask(&floor, vec![before.into()])).await? else {
            return Ok(0);
        };
        let (number, sequence): (i64, i64) = (row.try_get("", "tx")?, row.try_get("", "sequence")?);
        let place = || vec![number.into(), sequence.into()];
        let raise = format!("UPDATE {service}_change SET floor_tx = ?, floor_sequence = ?");
        self.execute(&raise, place()).await?;
        let tombstones = format!("DELETE FROM {}_tombstone WHERE tx <= ?", E::KIND);
        self.execute(&tombstones, vec![number.into()]).await?;
        let events = format!("DELETE FROM {service}_outbox WHERE (tx, sequence) <= (?, ?)");
        self.execute(&events, place()).await
    }

    /// Runs a hand-written INSERT or DELETE, `?` for each value. It cannot read.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute(&self, text: &str, values: Vec<Value>) -> Result<u64, Fault> {
        let change = statement(self.backend(), text, values);
        Ok(self.transaction.execute_raw(change).await?.rows_affected())
    }

    /// Notes that a record is gone: it gets its log line and its outbox row at commit.
    pub fn erased<E: Protected>(&mut self, record: Uuid) {
        self.changes.push(Change {
            kind: E::KIND,
            record,
            change: "erased",
            version: 0,
        });
    }

    /// Commits the round with the log lines that prove it.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE` when the lines cannot be written: then nothing is erased. Else the database's.
    pub async fn commit(self) -> Result<(), Fault> {
        let clock = &self.platform.clock;
        let request = clock.id();
        let mut kinds: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
        for change in &self.changes {
            kinds.entry(change.kind).or_default().push(change.record);
        }
        let line = |(kind, records): (&'static str, Vec<Uuid>)| ProcessingLine {
            id: clock.id(),
            request,
            at: self.now,
            service: self.platform.service,
            activity: "bewaartermijn".to_owned(),
            kind: kind.to_owned(),
            operation: "erased".to_owned(),
            records,
            fields: Vec::new(),
        };
        let lines = Lines {
            audit: AuditLine::of_the_platform(self.platform, request, self.now, "erase"),
            processing: kinds.into_iter().map(line).collect(),
        };
        log::insert(&self.transaction, &lines).await.map_err(log::unavailable)?;
        outbox::append(&self.transaction, self.platform.service, self.now, &self.changes).await?;
        self.transaction.commit().await?;
        self.platform.doorbell.ring();
        Ok(())
    }
}
