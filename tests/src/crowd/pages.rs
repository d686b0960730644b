//! The pages that PostgreSQL touches for whatever the registry asks of it: its own account of every statement (EXPLAIN
//! with BUFFERS, by auto_explain), read from the server's log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::postgres::Cluster;
use crate::world::World;

/// What belongs to entering and to the log, which every request has alike.
const EVERY_REQUEST: [&str; 5] = ["account", "set_config", "audit_log", "processing_log", "channel"];

/// A reader of the server's log.
#[derive(Debug)]
pub struct Pages {
    log: File,
}

impl Pages {
    /// Watches what the registry asks from now on.
    pub async fn watch(world: &World) -> Self {
        let name = world.name.as_deref().expect("a database on PostgreSQL");
        let settings = [
            "session_preload_libraries = 'auto_explain'",
            "auto_explain.log_min_duration = 0",
            "auto_explain.log_analyze = on",
            "auto_explain.log_buffers = on",
            "auto_explain.log_timing = off",
            "auto_explain.log_format = 'json'",
        ];
        let settings =
            settings.map(|setting| format!("ALTER ROLE samenzicht_registry IN DATABASE {name} SET {setting};"));
        let begin_anew = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE usename = 'samenzicht_registry' AND datname = '{name}'"
        );
        let cluster = Cluster::shared();
        cluster
            .execute(name, &format!("LOAD 'auto_explain'; {}", settings.concat()))
            .await;
        cluster.execute(name, &begin_anew).await;
        let data = world.look("SELECT current_setting('data_directory')", vec![]).await;
        let log = Path::new(&data[0]).with_file_name("server.log");
        let mut log = File::open(log).expect("the server has a log");
        log.seek(SeekFrom::End(0)).expect("a log can be read from its end");
        Self { log }
    }

    /// The pages that were touched since it was last asked, but for what every request has.
    pub async fn touched(&mut self) -> u64 {
        let mut text = String::new();
        self.log.read_to_string(&mut text).expect("the log is text");
        text.split("plan:\n").skip(1).map(statement).sum()
    }
}

/// The pages of one statement's account: what its top node says is of all beneath it.
fn statement(account: &str) -> u64 {
    let query = account
        .lines()
        .find(|line| line.contains("\"Query Text\""))
        .unwrap_or_default();
    if EVERY_REQUEST.iter().any(|table| query.contains(table)) {
        return 0;
    }
    let number = |key: &str| {
        let behind = account.split_once(key).map_or("", |(_, behind)| behind);
        let digits: String = behind
            .trim_start_matches([':', ' '])
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse::<u64>().unwrap_or_default()
    };
    number("\"Shared Hit Blocks\"") + number("\"Shared Read Blocks\"")
}
