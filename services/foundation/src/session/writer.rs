//! Writing: one transaction that decides, changes, leaves its outbox row and its log line, or does none of it.

use std::collections::HashMap;

use access::{Channel, MaskReason, Operation, Relation, State};
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect, Select, SqlErr, StatementBuilder, TransactionTrait, Value,
};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use super::reader::{self, Owned, Part, Protected, Reference, key};
use super::{Scope, Seen, Session, refused};
use crate::fault::{Code, Fault};
use crate::log::{self, AuditLine, Lines, Outcome, ProcessingLine};
use crate::outbox::{self, Change};
use crate::sql::statement;

/// Rows per INSERT: the most that both databases take with the widest table.
const ROWS_PER_INSERT: usize = 500;

/// A record on which the writer's operation was decided: the proof that a change may be made to it.
#[derive(Clone, Debug)]
pub struct Loaded<M>(pub(super) Seen<M>);

impl<M> std::ops::Deref for Loaded<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

/// A write in progress. Dropped without [`Writer::commit`], it never happened.
pub struct Writer<'s> {
    pub(super) session: &'s Session,
    pub(super) transaction: DatabaseTransaction,
    pub(super) scope: Scope,
    pub(super) operation: Operation,
    changes: Vec<Change>,
    channels: Mutex<HashMap<Channel, i64>>,
    number: OnceCell<i64>,
}

impl<'s> Writer<'s> {
    pub(super) fn new(
        session: &'s Session,
        transaction: DatabaseTransaction,
        scope: Scope,
        operation: Operation,
    ) -> Self {
        Self {
            session,
            transaction,
            scope,
            operation,
            changes: Vec::new(),
            channels: Mutex::default(),
            number: OnceCell::new(),
        }
    }

    /// Who writes, for which purpose, at what moment.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.session.platform.clock.id()
    }

    /// Loads a record for this writer's operation and holds it until the end of the transaction.
    ///
    /// # Errors
    /// `NOT_FOUND` when hidden or absent, alike; `NOT_OWNER` or `WRONG_STATE` when the caller may see it but not do this.
    pub async fn load<E: Protected>(&self, id: Uuid) -> Result<Loaded<E::Model>, Fault> {
        let record = self.one::<E>(E::find().filter(key::<E>().eq(id))).await?;
        self.decide::<E>(&record, self.operation)?;
        // Again, now holding the row, so that what is decided on is what is changed.
        let record = self
            .one::<E>(E::find().filter(key::<E>().eq(id)).lock_exclusive())
            .await?;
        self.decide::<E>(&record, self.operation)?;
        Ok(Loaded(record))
    }

    /// Decides this writer's operation on a record that somebody adds something *beside*: its row is not held and cannot
    /// be changed, whoever owns it.
    ///
    /// # Errors
    /// `NOT_FOUND` when hidden or absent, alike; `NOT_OWNER`, `WRONG_STATE` or `FORBIDDEN` when the caller may see it
    /// but not do this.
    pub async fn beside<E: Protected>(&self, id: Uuid) -> Result<Seen<E::Model>, Fault> {
        let record = self.one::<E>(E::find().filter(key::<E>().eq(id))).await?;
        self.decide::<E>(&record, self.operation)?;
        Ok(record)
    }

    async fn one<E: Protected>(&self, select: Select<E>) -> Result<Seen<E::Model>, Fault> {
        self.see(select).await?.pop().ok_or_else(|| Fault::new(Code::NotFound))
    }

    /// Decides a further operation on a record that was loaded.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_OWNER` or `WRONG_STATE`.
    pub fn decide<E: Protected>(&self, record: &E::Model, operation: Operation) -> Result<(), Fault> {
        let relation = if E::owner(record) == self.scope.caller.organisation {
            Relation::Own(E::state(record))
        } else {
            Relation::Others
        };
        self.decide_relation(relation, E::state(record), operation)
    }

    /// Decides an operation on a record of which only these are known.
    pub(super) fn decide_relation(&self, relation: Relation, state: State, operation: Operation) -> Result<(), Fault> {
        access::decide(&self.scope.caller.roles, operation, relation)
            .map_err(|refusal| refused(refusal, operation).with("state", format!("{state:?}").to_uppercase()))
    }

    /// Runs a query on a labelled root, narrowed to what the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn see<E: Protected>(&self, select: Select<E>) -> Result<Vec<Seen<E::Model>>, Fault> {
        reader::see(self.session, &self.transaction, &self.scope, select).await
    }

    /// Parts of records that were seen.
    ///
    /// # Errors
    /// The database's; an internal fault when a root was not seen first.
    pub async fn parts<P: Part>(&self, roots: &[Uuid], select: Select<P>) -> Result<Vec<P::Model>, Fault> {
        reader::parts(self.session, &self.transaction, roots, select).await
    }

    /// Personal parts of records that were seen, or why they stay masked. The fields are logged.
    ///
    /// # Errors
    /// The database's; an internal fault when a root was not seen first.
    pub async fn unmask<P: Part>(
        &self,
        roots: &[Uuid],
        field: &'static str,
        select: Select<P>,
    ) -> Result<Result<Vec<P::Model>, MaskReason>, Fault> {
        if let Err(reason) = access::unmask(&self.scope.caller) {
            return Ok(Err(reason));
        }
        reader::unmasked(self.session, &self.transaction, roots, field, select)
            .await
            .map(Ok)
    }

    /// Rows of a root's table that hang on records which this write has seen; `root` is the column that names them.
    pub(crate) async fn hanging<E: Protected, T: FromQueryResult>(
        &self,
        roots: &[Uuid],
        select: SelectStatement,
        root: Alias,
    ) -> Result<Vec<T>, Fault> {
        reader::hanging::<E, T>(self.session, &self.transaction, roots, select, root).await
    }

    /// Reference data, which is not narrowed.
    ///
    /// # Errors
    /// The database's.
    pub async fn reference<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        Ok(select.all(&self.transaction).await?)
    }

    /// Rows of the caller's own side.
    ///
    /// # Errors
    /// The database's.
    pub async fn own<E: Owned>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        let select = select.filter(E::owned_by(&self.scope.caller));
        Ok(select.all(&self.transaction).await?)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert<A>(&self, rows: Vec<A>) -> Result<(), Fault>
    where
        A: ActiveModelTrait + Send,
    {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<A> = rows.by_ref().take(ROWS_PER_INSERT).collect();
            A::Entity::insert_many(chunk)
                .exec_without_returning(&self.transaction)
                .await?;
        }
        Ok(())
    }

    /// Adds rows to a table that every root has under a name of its own.
    pub(crate) async fn insert_values(
        &self,
        table: Alias,
        columns: &[Alias],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Fault> {
        for chunk in rows.chunks(ROWS_PER_INSERT) {
            let mut insert = Query::insert();
            insert.into_table(table.clone()).columns(columns.iter().cloned());
            for row in chunk {
                insert
                    .values(row.iter().cloned().map(Expr::val))
                    .map_err(Fault::internal)?;
            }
            self.transaction.execute(&insert).await?;
        }
        Ok(())
    }

    /// Adds rows, but for those whose unique key is taken; gives the places of these. All at once where none is
    /// taken, one by one otherwise.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_unless_taken<A>(&self, rows: Vec<A>) -> Result<Vec<usize>, Fault>
    where
        A: ActiveModelTrait + Send,
    {
        if rows.is_empty() || self.insert_within(rows.clone()).await? {
            return Ok(Vec::new());
        }
        let mut taken = Vec::new();
        for (place, row) in rows.into_iter().enumerate() {
            if !self.insert_within(vec![row]).await? {
                taken.push(place);
            }
        }
        Ok(taken)
    }

    /// Adds all rows or, where a unique key is taken, none.
    async fn insert_within<A>(&self, rows: Vec<A>) -> Result<bool, Fault>
    where
        A: ActiveModelTrait + Send,
    {
        let step = self.transaction.begin().await?;
        let added = A::Entity::insert_many(rows).exec_without_returning(&step).await;
        match added {
            Ok(_) => step.commit().await.map(|()| true).map_err(Fault::from),
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                step.rollback().await?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Runs an INSERT, UPDATE or DELETE and says how many rows it touched. It cannot read.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute(&self, change: &impl StatementBuilder) -> Result<u64, Fault> {
        Ok(self.transaction.execute(change).await?.rows_affected())
    }

    /// Runs a hand-written INSERT, UPDATE or DELETE, `?` for each value. It cannot read.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute_text(&self, text: &str, values: Vec<Value>) -> Result<u64, Fault> {
        let statement = statement(self.backend(), text, values);
        Ok(self.transaction.execute_raw(statement).await?.rows_affected())
    }

    /// Which of the two databases this is, for the few texts that differ.
    pub fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// The number under which a channel is stored, made when it is new.
    ///
    /// # Errors
    /// The database's.
    pub async fn channel(&self, channel: &Channel) -> Result<i64, Fault> {
        let mut known = self.channels.lock().await;
        if let Some(number) = known.get(channel) {
            return Ok(*number);
        }
        let number = self.intern(channel).await?;
        known.insert(*channel, number);
        Ok(number)
    }

    async fn intern(&self, channel: &Channel) -> Result<i64, Fault> {
        let (kind, audience, purpose) = channel.key();
        let backend = self.transaction.get_database_backend();
        let key = || [kind.into(), audience.into(), purpose.into()];
        let find = "SELECT id FROM channel WHERE kind = ? AND audience = ? AND purpose_id = ?";
        if let Some(row) = self.transaction.query_one_raw(statement(backend, find, key())).await? {
            return Ok(row.try_get("", "id")?);
        }
        let make = if backend == DbBackend::Postgres {
            "SELECT intern_channel(?, ?, ?) AS id"
        } else {
            "INSERT INTO channel (kind, audience, purpose_id) VALUES (?, ?, ?) RETURNING id"
        };
        let row = self.transaction.query_one_raw(statement(backend, make, key())).await?;
        Ok(row
            .ok_or_else(|| Fault::broken("a channel without a number"))?
            .try_get("", "id")?)
    }

    /// The service whose tables are written.
    pub(crate) fn service(&self) -> &'static str {
        self.session.platform.service
    }

    /// The number of this write's transaction, as its outbox rows will have it.
    pub(crate) async fn number(&self) -> Result<i64, Fault> {
        let asked = || outbox::number(&self.transaction, self.service());
        Ok(*self.number.get_or_try_init(asked).await?)
    }

    /// Notes a change: it gets its log line and its outbox row at commit.
    pub fn changed<E: Protected>(&mut self, record: Uuid, change: &'static str, version: i32) {
        self.noted(E::KIND, record, change, version);
    }

    /// Notes a change of what is no labelled root, such as a party or an account: its log line and outbox row too.
    pub fn noted(&mut self, kind: &'static str, record: Uuid, change: &'static str, version: i32) {
        self.changes.push(Change {
            kind,
            record,
            change,
            version,
        });
    }

    /// Commits the change with its log lines and outbox rows, then rings for whoever waits.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE` when the line cannot be written: then nothing happened. `OUTCOME_UNKNOWN` when the connection broke
    /// at the commit itself. Else the database's.
    pub async fn commit(self) -> Result<(), Fault> {
        let session = self.session;
        let lines = self.lines();
        log::insert(&self.transaction, &lines).await.map_err(log::unavailable)?;
        outbox::append(
            &self.transaction,
            session.platform.service,
            self.scope.now,
            &self.changes,
        )
        .await?;
        let began = std::time::Instant::now();
        // Also when nobody waits for the end of the commit any more.
        session.may_have_changed();
        self.transaction
            .commit()
            .await
            .map_err(|error| session.uncommitted(error))?;
        session.cost.took(began.elapsed());
        session.platform.doorbell.ring();
        Ok(())
    }

    fn lines(&self) -> Lines {
        let session = self.session;
        let processing = self.changes.iter().map(|change| ProcessingLine {
            id: self.id(),
            request: session.stated.request,
            at: self.scope.now,
            service: session.platform.service,
            activity: self.scope.caller.purpose.code.clone(),
            kind: change.kind.to_owned(),
            operation: change.change.to_owned(),
            records: vec![change.record],
            fields: Vec::new(),
        });
        let audit = AuditLine::of(
            session,
            self.scope.now,
            Some(&self.scope.caller),
            self.operation.code(),
            Outcome::Done,
        );
        Lines {
            audit,
            processing: processing.collect(),
        }
    }
}
