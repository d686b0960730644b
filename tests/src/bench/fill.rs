//! Fills a database with signals by set, and says whether the disk has room for them.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::postgres::Cluster;

/// The statements, in stages.
const STAGES: &str = include_str!("fill.sql");
/// What a signal takes with all its rows and indexes, and what its making takes beside them, in bytes.
const OF_A_SIGNAL: u64 = 4_300;
/// What stays free, for others.
const LEFT: u64 = 8 << 30;

/// Whether so many signals fit on the disk of this folder; the bytes that are free, and those that are needed.
pub fn room(folder: &Path, signals: u64) -> Result<(), String> {
    let free = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output();
    let free = free.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let free = free.and_then(|text| text.lines().last()?.trim().parse::<u64>().ok());
    let (free, needed) = (free.unwrap_or_default(), signals * OF_A_SIGNAL + LEFT);
    if free >= needed {
        return Ok(());
    }
    let gib = |bytes: u64| bytes >> 30;
    let folder = folder.display();
    Err(format!(
        "{signals} signals need {} GiB free in {folder}, which has {}",
        gib(needed),
        gib(free)
    ))
}

fn stage(name: &str, signals: u64) -> String {
    let begins = format!("-- stage {name}\n");
    let (_, rest) = STAGES.split_once(&begins).expect("a stage of the file");
    let text = rest.split("-- stage ").next().unwrap_or(rest);
    text.replace("{signals}", &signals.to_string())
}

/// Fills a migrated database that has the demo's people in it; the seconds that it took.
pub async fn fill(cluster: &Cluster, database: &str, signals: u64) -> u64 {
    let began = Instant::now();
    let schemas = "signals, registry, access, accountability, reference";
    let path = format!("ALTER DATABASE {database} SET search_path = {schemas}");
    cluster.execute(database, &path).await;
    let said = |what: &str| eprintln!("{what}, after {} s", began.elapsed().as_secs());
    cluster.execute(database, &stage("people", signals)).await;
    said("who there is, and the plan of what there will be");
    let (records, feeds) = (stage("records", signals), stage("feeds", signals));
    let records = cluster.execute(database, &records);
    let feeds = cluster.execute(database, &feeds);
    futures::join!(records, feeds);
    said("signals and feeds with their indexes");
    cluster.execute(database, &stage("done", signals)).await;
    // As the server does by itself after so many rows.
    cluster.execute(database, "VACUUM (FREEZE, ANALYZE)").await;
    cluster.execute(database, "CHECKPOINT").await;
    said("cleaned");
    began.elapsed().as_secs()
}
