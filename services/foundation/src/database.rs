//! The database handle: the same for an embedded SQLite file and for PostgreSQL.
//!
//! SQLite: read-only connections and ONE writer, which begins `IMMEDIATE` (a deferred transaction that turns
//! writer fails with BUSY_SNAPSHOT, which no timeout retries). One process per file, refused by name otherwise.
//! PostgreSQL: a login role per service; reads are REPEATABLE READ, READ ONLY: a request sees one moment.

use std::fs::File;
use std::future::ready;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use telemetry::cost::{Cost, Sent};
use telemetry::metrics;

/// How long a request may wait for a connection before it is told that the platform is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pools, as metrics name them.
const SQLITE_READ: &str = "sqlite.read";
const SQLITE_WRITE: &str = "sqlite.write";
const POSTGRES: &str = "postgresql";

/// Why a database cannot be opened, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the file.
    #[error(
        "the database `{0}` is in use by another process; commands beside a running platform talk to it over its API: stop the platform first, or use `import`, `token` or `doctor`"
    )]
    InUse(PathBuf),
    /// The address is neither of SQLite nor of PostgreSQL.
    #[error("database.url must begin with `sqlite:` or `postgres:`")]
    UnknownKind,
    /// The file cannot be reached.
    #[error("the database file `{path}` cannot be opened: {source}; check that its folder exists and is writable")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database itself refuses.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    backend: DbBackend,
    listen: Option<PgPool>,
    cost: Option<Arc<Cost>>,
    _lock: Option<Arc<File>>,
}

impl Database {
    /// Opens by address: `sqlite:<file>` or `postgres://…`.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and how to mend it.
    pub async fn open(url: &str, connections: u32) -> Result<Self, OpenError> {
        if let Some(rest) = url.strip_prefix("sqlite:") {
            let path = rest.split('?').next().unwrap_or_default().trim_start_matches("//");
            Self::open_sqlite(Path::new(path), connections).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, connections).await
        } else {
            Err(OpenError::UnknownKind)
        }
    }

    async fn open_sqlite(path: &Path, connections: u32) -> Result<Self, OpenError> {
        let lock = lock_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A log line that is confirmed must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE * 6)
            .before_acquire(|connection, _| Box::pin(ready(has_ended(connection))))
            .connect_with(options.clone())
            .await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .before_acquire(|connection, _| Box::pin(ready(has_ended(connection))))
            .connect_with(options.read_only(true).pragma("query_only", "on"))
            .await?;
        for (name, most, pool) in [(SQLITE_READ, connections, &reader), (SQLITE_WRITE, 1, &writer)] {
            let pool = pool.clone();
            metrics::pool(name, most, move || (pool.size(), pool.num_idle()));
        }
        Ok(Self {
            reader: SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            backend: DbBackend::Sqlite,
            listen: None,
            cost: None,
            _lock: Some(Arc::new(lock)),
        }
        .watched())
    }

    async fn open_postgres(url: &str, connections: u32) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)?.application_name("samenzicht");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        let watched = pool.clone();
        metrics::pool(POSTGRES, connections, move || (watched.size(), watched.num_idle()));
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self {
            reader: connection.clone(),
            writer: connection,
            backend: DbBackend::Postgres,
            listen: Some(pool),
            cost: None,
            _lock: None,
        }
        .watched())
    }

    /// The same database, whose statements from here on are told as those of one request.
    #[must_use]
    pub fn at_the_cost_of(&self, cost: &Arc<Cost>) -> Self {
        Self {
            cost: Some(cost.clone()),
            ..self.clone()
        }
        .watched()
    }

    /// Tells of each statement: its text, never its values.
    fn watched(mut self) -> Self {
        let system = match self.backend {
            DbBackend::Postgres => "postgresql",
            DbBackend::Sqlite | DbBackend::MySql | _ => "sqlite",
        };
        for connection in [&mut self.reader, &mut self.writer] {
            let cost = self.cost.clone();
            connection.set_metric_callback(move |info| {
                let sent = Sent {
                    system,
                    text: &info.statement.sql,
                    took: info.elapsed,
                    failed: info.failed,
                };
                match &cost {
                    Some(cost) => cost.sent(sent),
                    None => metrics::statement(sent),
                }
            });
        }
        self
    }

    /// Tells how long it took to get a connection and begin on it.
    fn begun(&self, pool: &'static str, began: Instant) {
        metrics::waited(pool, began.elapsed());
        if let Some(cost) = &self.cost {
            cost.took(began.elapsed());
        }
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// The pool that can LISTEN, on PostgreSQL.
    pub fn listener_pool(&self) -> Option<&PgPool> {
        self.listen.as_ref()
    }

    /// Begins a read: one moment of the database for the whole transaction.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_read(&self) -> Result<DatabaseTransaction, DbErr> {
        let began = Instant::now();
        let (pool, transaction) = match self.backend {
            DbBackend::Postgres => {
                let (level, mode) = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
                (POSTGRES, self.reader.begin_with_config(level, mode).await)
            }
            DbBackend::Sqlite | DbBackend::MySql | _ => (SQLITE_READ, self.reader.begin().await),
        };
        self.begun(pool, began);
        transaction
    }

    /// Begins a write.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let pool = match self.backend {
            DbBackend::Postgres => POSTGRES,
            DbBackend::Sqlite | DbBackend::MySql | _ => SQLITE_WRITE,
        };
        let began = Instant::now();
        let transaction = self.writer.begin_with_options(options).await;
        self.begun(pool, began);
        transaction
    }

    /// Closes all connections; for a clean stop.
    pub async fn close(self) {
        for connection in [self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                tracing::debug!(%error, "closing a database connection");
            }
        }
    }
}

/// Whether a SQLite connection has ended its last transaction. On a full disk SQLite ends it by itself, the driver's own
/// ROLLBACK then fails, and to the driver the transaction goes on: all that is written through this connection from then on
/// would be confirmed within it and never stored. A connection that has not ended is closed and opened anew.
fn has_ended(connection: &SqliteConnection) -> Result<bool, sqlx::Error> {
    let within = connection.is_in_transaction();
    if within {
        tracing::warn!("a connection did not end its transaction; it is closed and opened anew");
    }
    Ok(!within)
}

/// Takes the lock beside a database file, which the system frees when the process ends, however it ends.
///
/// # Errors
/// [`OpenError::InUse`] when another process has it.
pub fn lock_file(path: &Path) -> Result<File, OpenError> {
    let beside = path.with_extension("lock");
    let lock = File::create(&beside).map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(OpenError::File {
            path: path.to_owned(),
            source,
        }),
    }
}
