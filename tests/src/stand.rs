//! A running platform behind real sockets, in both shapes: one process on SQLite, and processes on PostgreSQL.
//!
//! Both are asked the same way; [`Stand::behind`] looks and changes behind the door.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use foundation::config::Settings;
use foundation::sql::statement;
use samenzicht::commands::demo::Demo;
use sea_orm::{ConnectionTrait, DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector, Value};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tempfile::TempDir;

use crate::caller::Caller;
use crate::live::{Channel, Reader};
use crate::processes::Processes;
use crate::signer::Signer;

/// How the platform runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Everything in one process, on SQLite: the demo.
    OneProcess,
    /// Gateway and services as processes of their own, on PostgreSQL.
    Processes,
}

/// A running platform with the demo's people in it; the demo's story as well in one process.
pub struct Stand {
    /// The front door.
    pub gateway: SocketAddr,
    /// The service signals.
    pub signals: SocketAddr,
    /// The service registry.
    pub registry: SocketAddr,
    /// Who makes its tokens.
    pub signer: Signer,
    /// The database with every right.
    pub behind: Behind,
    runs: Runs,
}

enum Runs {
    OneProcess(Box<Demo>, TempDir),
    Processes(Box<Processes>),
}

/// The database behind the door.
#[derive(Clone)]
pub struct Behind(DatabaseConnection);

/// Settings as shipped, whatever the environment says.
pub fn settings() -> Settings {
    Settings::layered(None, []).expect("the defaults are right")
}

/// A loopback port that the system chooses.
pub fn any_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("loopback")
}

impl Stand {
    /// Starts a platform.
    pub async fn up(shape: Shape) -> Self {
        match shape {
            Shape::OneProcess => Self::one_process().await,
            Shape::Processes => Self::of(Processes::start().await).await,
        }
    }

    async fn one_process() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let demo = Demo::start(&settings(), folder.path(), any_port(), any_port(), false).await;
        let demo = demo.unwrap_or_else(|failure| panic!("the demo does not start: {failure}"));
        let service = |name| demo.service(name).expect("it serves");
        Self {
            gateway: demo.address(),
            signals: service("signals"),
            registry: service("registry"),
            signer: Signer::of_provider(demo.provider().issuer(), &folder.path().join("keys")),
            behind: Behind::sqlite(&folder.path().join("samenzicht.db")).await,
            runs: Runs::OneProcess(Box::new(demo), folder),
        }
    }

    /// A platform of processes that run already.
    pub async fn of(mut processes: Processes) -> Self {
        Self {
            gateway: processes.gateway.address,
            signals: processes.service("signals").address,
            registry: processes.service("registry").address,
            signer: processes.signer(),
            behind: processes.behind().await,
            runs: Runs::Processes(Box::new(processes)),
        }
    }

    /// Where programs sign in, and the folder with the keys of the demo's case systems; panics where there is no demo.
    pub fn sign_in(&self) -> (String, std::path::PathBuf) {
        match &self.runs {
            Runs::OneProcess(demo, folder) => (demo.provider().issuer().to_owned(), folder.path().join("keys")),
            Runs::Processes(_) => panic!("only the demo keeps the keys of others"),
        }
    }

    /// Its processes; panics where there is only one.
    pub fn processes(&mut self) -> &mut Processes {
        match &mut self.runs {
            Runs::Processes(processes) => processes,
            Runs::OneProcess(..) => panic!("there is only one process"),
        }
    }

    /// Nobody, at the gateway.
    pub fn nobody(&self) -> Caller {
        Caller::at(format!("http://{}/graphql", self.gateway))
    }

    /// An account for a purpose, at the gateway, with a token for an hour.
    pub fn caller(&self, account: &str, purpose: &str) -> Caller {
        self.nobody().token(&self.signer.token(account, 3600)).purpose(purpose)
    }

    /// Subscribes there with the headers of this caller.
    pub async fn listen(&self, at: Channel, caller: &Caller, query: &str, variables: serde_json::Value) -> Reader {
        match at {
            Channel::GatewaySocket => {
                Reader::socket(&format!("ws://{}/graphql", self.gateway), caller, query, variables).await
            }
            Channel::ServiceSocket => {
                Reader::socket(&format!("ws://{}/ws", self.signals), caller, query, variables).await
            }
            Channel::GatewayStream => Reader::stream(caller, query, variables).await,
        }
    }

    /// Stops everything, in order.
    pub async fn down(self) {
        self.behind.close().await;
        match self.runs {
            Runs::OneProcess(demo, folder) => {
                demo.stop()
                    .await
                    .unwrap_or_else(|failure| panic!("the demo does not stop: {failure}"));
                drop(folder);
            }
            Runs::Processes(processes) => drop(processes),
        }
    }
}

impl Behind {
    /// A second way into a SQLite file that a platform has open.
    pub async fn sqlite(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(std::time::Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        Self(SqlxSqliteConnector::from_sqlx_sqlite_pool(
            pool.expect("the file is there"),
        ))
    }

    /// A PostgreSQL database as its superuser.
    pub async fn postgres(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().expect("our own address");
        let schemas = "signals, registry, access, reference, accountability";
        let options = options.options([("search_path", schemas.replace(' ', ""))]);
        let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await;
        Self(SqlxPostgresConnector::from_sqlx_postgres_pool(
            pool.expect("the superuser enters"),
        ))
    }

    /// Runs a statement, `?` for each value; how many rows it touched.
    pub async fn run(&self, text: &str, values: Vec<Value>) -> u64 {
        let statement = statement(self.0.get_database_backend(), text, values);
        let done = self.0.execute_raw(statement).await;
        done.unwrap_or_else(|error| panic!("{error}, in: {text}"))
            .rows_affected()
    }

    /// The one number that a query gives.
    pub async fn number(&self, text: &str, values: Vec<Value>) -> i64 {
        let statement = statement(self.0.get_database_backend(), text, values);
        let row = self
            .0
            .query_one_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
        row.expect("one row")
            .try_get_by_index(0)
            .unwrap_or_else(|error| panic!("{error}, in: {text}"))
    }

    /// The texts in the first column of what a query gives.
    pub async fn texts(&self, text: &str, values: Vec<Value>) -> Vec<String> {
        let statement = statement(self.0.get_database_backend(), text, values);
        let rows = self
            .0
            .query_all_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
        rows.iter()
            .map(|row| row.try_get_by_index(0).expect("a text"))
            .collect()
    }

    /// An id's column as text of 32 digits, as the logs write it.
    pub fn hex(&self, column: &str) -> String {
        match self.0.get_database_backend() {
            sea_orm::DbBackend::Postgres => format!("replace(CAST({column} AS TEXT), '-', '')"),
            _ => format!("lower(hex({column}))"),
        }
    }

    /// How much stands in every table of shared data: what a refused change must leave as it was.
    pub async fn amounts(&self) -> Vec<(&'static str, i64)> {
        const TABLES: [&str; 13] = [
            "signal",
            "signal_personal",
            "signal_subject",
            "signal_grant",
            "signal_feed",
            "signal_subject_feed",
            "signal_search",
            "signal_tombstone",
            "signals_outbox",
            "import_profile",
            "channel",
            "party",
            "account",
        ];
        let mut amounts = Vec::new();
        for table in TABLES {
            amounts.push((
                table,
                self.number(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await,
            ));
        }
        let sums = [
            (
                "versions",
                "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM signal",
            ),
            (
                "numbers",
                "SELECT CAST(COALESCE(SUM(next), 0) AS BIGINT) FROM signal_number",
            ),
            (
                "revoked",
                "SELECT COUNT(*) FROM signal_grant WHERE revoked_at IS NOT NULL",
            ),
            (
                "approved",
                "SELECT COUNT(*) FROM import_profile WHERE approved_at IS NOT NULL",
            ),
        ];
        for (name, text) in sums {
            amounts.push((name, self.number(text, vec![]).await));
        }
        amounts
    }

    /// Leaves.
    pub async fn close(&self) {
        self.0.clone().close().await.expect("it can be left");
    }
}
