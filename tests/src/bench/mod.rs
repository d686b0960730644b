//! What the platform costs when it is built as it is shipped: its processes on a PostgreSQL of their own, filled with very
//! many signals, beside a reference in the same run. `infra/bench` runs it; docs/bench.md holds what came out.

mod ask;
mod client;
mod delivery;
mod events;
mod fill;
mod overheard;
mod pages;
mod plans;
mod plots;
mod process;
mod report;
mod start;
mod throughput;
mod view;
mod whole_party;

use std::path::Path;

use crate::postgres::Cluster;
use crate::processes::Processes;
use crate::stand::Behind;

pub use client::client;
pub use delivery::delivery;
pub use events::{events, fan};
pub use fill::room;
pub use pages::pages;
pub use plots::draw;
pub use report::{Report, Row, Verdict};
pub use start::start;
pub use throughput::throughput;
pub use view::view;

/// The settings of the server: those that PostgreSQL's manual advises for such a machine, durable, and the least
/// write-ahead log, since nothing copies it from here.
const SERVER: [&str; 10] = [
    "shared_buffers=2GB",
    "effective_cache_size=8GB",
    "maintenance_work_mem=1GB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "random_page_cost=1.1",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    "jit=off",
];

/// The platform with its signals.
pub struct Bench {
    /// Its processes.
    pub processes: Processes,
    /// The cluster of its database.
    pub cluster: &'static Cluster,
    /// The database's name.
    pub database: String,
    /// The database with every right.
    pub behind: Behind,
    /// How many signals there are.
    pub signals: u64,
    /// How long it took to fill, in seconds; none where they were there already.
    pub filled_in: Option<u64>,
}

/// The cluster to measure on: one that runs already, or a new one, which ends with this process.
pub fn cluster(running: Option<&Path>) -> &'static Cluster {
    let cluster = running.map_or_else(|| Cluster::start_with(&SERVER), Cluster::running);
    // For as long as this process lives; a server that it started hangs on a pipe to it.
    Box::leak(Box::new(cluster))
}

impl Bench {
    /// Starts the platform on this cluster, in a database with so many signals, which is filled unless it is there.
    pub async fn up(cluster: &'static Cluster, signals: u64) -> Self {
        let database = format!("bench_{signals}");
        let (scratch, new) = cluster.kept(&database).await;
        let processes = Processes::start_on(cluster, scratch).await;
        let filled_in = if new {
            Some(fill::fill(cluster, &database, signals).await)
        } else {
            None
        };
        Self {
            behind: processes.behind().await,
            processes,
            cluster,
            database,
            signals,
            filled_in,
        }
    }

    /// The token of an account, for an hour.
    pub fn token(&self, account: &str) -> String {
        self.processes.signer().token(account, 3600)
    }

    /// Where a service takes questions.
    pub fn service(&mut self, name: &str) -> String {
        format!("http://{}/graphql", self.processes.service(name).address)
    }
}
