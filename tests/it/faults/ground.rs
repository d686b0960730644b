//! A platform of real processes on either database, asked over HTTP, that can be killed and started again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::caller::{Caller, document};
use tests::processes::{Process, Processes};
use tests::signer::Signer;
use tests::stand::Behind;
use tests::world::On;

/// How long the database may take to see that a process is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A platform that can be killed.
pub struct Ground {
    runs: Runs,
    signer: Signer,
}

enum Runs {
    /// Everything in one process, on SQLite; it is asked at its front door.
    One(Box<Process>, TempDir),
    /// A process for each service, on PostgreSQL; the service signals is asked itself: before it the gateway would rest.
    Many(Box<Processes>),
}

impl Ground {
    /// Starts a platform with the demo's people in it.
    pub async fn up(on: On) -> Self {
        match on {
            On::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let data = folder.path();
                let (demo, signer) = Process::demo(data);
                let runs = Runs::One(Box::new(demo), folder);
                Self { runs, signer }
            }
            On::Postgres => {
                let processes = Processes::start().await;
                let signer = processes.signer();
                let runs = Runs::Many(Box::new(processes));
                Self { runs, signer }
            }
        }
    }

    fn process(&mut self) -> &mut Process {
        match &mut self.runs {
            Runs::One(demo, _) => demo,
            Runs::Many(processes) => processes.service("signals"),
        }
    }

    /// An account for a purpose.
    pub fn caller(&mut self, account: &str, purpose: &str) -> Caller {
        let token = self.signer.token(account, 6 * 3600);
        let address = self.process().address;
        Caller::at(format!("http://{address}/graphql"))
            .token(&token)
            .purpose(purpose)
    }

    /// Ends the process with SIGKILL. What it had sent to its database may still be done: PostgreSQL is given the time to
    /// see that nobody is there any more.
    pub async fn kill(&mut self) {
        self.process().crash();
        let Runs::Many(processes) = &self.runs else { return };
        let behind = processes.behind().await;
        let left = "SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'samenzicht_signals'";
        let began = Instant::now();
        while behind.number(left, vec![]).await > 0 {
            assert!(
                began.elapsed() < PATIENCE,
                "the database holds on to a process that is gone"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        behind.close().await;
    }

    /// Starts the process again on what it left.
    pub fn again(&mut self) {
        self.process().again();
    }

    /// The database behind the door; to be closed before the next kill, so that what is left is what a crash leaves.
    pub async fn behind(&self) -> Behind {
        match &self.runs {
            Runs::One(_, data) => Behind::sqlite(&data.path().join("samenzicht.db")).await,
            Runs::Many(processes) => processes.behind().await,
        }
    }
}

/// Asks a process that may be killed meanwhile: the data of an answer that came in whole. An error is no answer to a kill.
pub async fn answered(caller: &Caller, query: &str, variables: &Value) -> Option<Value> {
    let answer = caller.try_send(document(query, variables)).await.ok()?;
    let mut answer = answer.json();
    assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
    Some(answer["data"].take())
}

const TABLE: &str = "query ($after: String) { signals(first: 500, after: $after) {
    nodes { id version } pageInfo { endCursor hasNextPage } } }";

/// All signals that a caller sees, each with its version.
pub async fn table(caller: &Caller) -> std::collections::BTreeMap<String, i64> {
    let (mut all, mut after) = (std::collections::BTreeMap::new(), Value::Null);
    loop {
        let page = caller.data(TABLE, json!({ "after": after })).await["signals"].take();
        for node in page["nodes"].as_array().expect("a list") {
            let id = node["id"].as_str().expect("an id").to_owned();
            all.insert(id, node["version"].as_i64().expect("a number"));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
