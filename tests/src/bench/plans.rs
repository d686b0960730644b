//! What each statement of a login cost, by the server's own account (EXPLAIN with BUFFERS, by auto_explain).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use serde_json::Value;

use crate::postgres::Cluster;

/// A statement that was run.
#[derive(Clone, Debug)]
pub struct Cost {
    /// Its text.
    pub text: String,
    /// The pages that it touched, in memory or not.
    pub pages: u64,
    /// How often it walked a feed.
    pub walks: u64,
}

/// A reader of the server's account.
pub struct Plans {
    log: File,
}

const SETTINGS: [&str; 6] = [
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "auto_explain.log_analyze = on",
    "auto_explain.log_buffers = on",
    "auto_explain.log_timing = off",
    "auto_explain.log_format = 'json'",
];

impl Plans {
    /// Has the server tell what this role's statements cost, from its next connection on.
    pub async fn watch(cluster: &Cluster, database: &str, role: &str) -> Self {
        let settings = SETTINGS.map(|setting| format!("ALTER ROLE {role} IN DATABASE {database} SET {setting};"));
        let load = format!("LOAD 'auto_explain'; {}", settings.concat());
        cluster.execute(database, &load).await;
        Self::anew(cluster, database, role).await;
        let mut log = File::open(cluster.folder().join("server.log")).expect("the server has a log");
        log.seek(SeekFrom::End(0)).expect("a log can be read from its end");
        Self { log }
    }

    /// Has it tell nothing more.
    pub async fn stop(self, cluster: &Cluster, database: &str, role: &str) {
        let text = format!("ALTER ROLE {role} IN DATABASE {database} RESET session_preload_libraries");
        cluster.execute(database, &text).await;
        Self::anew(cluster, database, role).await;
    }

    /// Ends the role's connections, with whatever they do.
    pub async fn anew(cluster: &Cluster, database: &str, role: &str) {
        let text = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}' AND datname = '{database}'"
        );
        cluster.execute(database, &text).await;
    }

    /// What was run since it was last asked.
    pub fn told(&mut self) -> Vec<Cost> {
        let mut text = String::new();
        self.log.read_to_string(&mut text).expect("the log is text");
        text.split("plan:\n").skip(1).filter_map(cost).collect()
    }
}

fn cost(rest: &str) -> Option<Cost> {
    let end = rest.find("\n\t}")? + 3;
    let plan: Value = serde_json::from_str(&rest[..end]).ok()?;
    let pages = |name: &str| plan["Plan"][name].as_u64().unwrap_or_default();
    Some(Cost {
        text: plan["Query Text"].as_str()?.to_owned(),
        pages: pages("Shared Hit Blocks") + pages("Shared Read Blocks"),
        walks: walks(&plan["Plan"]),
    })
}

/// How often a part of a plan walks a feed, without what it looks up for each record.
fn walks(part: &Value) -> u64 {
    if part["Parent Relationship"] == "SubPlan" {
        return 0;
    }
    let feed = part["Relation Name"]
        .as_str()
        .is_some_and(|name| name.ends_with("_feed"));
    let here = part["Actual Loops"].as_u64().filter(|_| feed).unwrap_or_default();
    let below = part["Plans"].as_array().into_iter().flatten().map(walks);
    here + below.sum::<u64>()
}
