//! A file through the command-line client at the gateway: how fast it goes in beside hand-written SQL that fills the same
//! tables, and that neither the client nor the platform needs more memory for a larger file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

use super::ask::{float, middle};
use super::delivery::{BATCH, amounts, by_hand, hand};
use super::process::{forget_peak, peak_of};
use super::{Bench, Report};
use crate::caller::Caller;
use crate::processes::command;
use crate::signals::party;

/// The rows of a file that is measured for its speed, and how often.
const ROWS: usize = 10_000;
const TURNS: usize = 3;
/// The rows of the files that are measured for memory.
const SMALL: usize = 20_000;
const LARGE: usize = 100_000;
/// What the larger file may take beside the smaller one, in hundredths: what the client remembers of each row (some 20
/// bytes) and what an allocator does not give back, and no more.
const FLAT: u64 = 110;
/// How often the client's memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What `item` of the part `import` sends, from a file.
const MAPPING: &str = r#"
format = 1
name = "proef"
kind = "signals"
publish = true
[reference]
system = "proef"
column = "kenmerk"
[fields]
title = { column = "titel" }
narrative = "Geleverd door het zaaksysteem."
category = "hazardous-transport"
severity = "MINOR"
observed_from = { column = "gezien" }
parties = { column = "partij" }
[[rules]]
when = "always"
tlp = "AMBER"
share = [{ with = "organisation:igj", purpose = "risicoanalyse", legal_basis = "demo-uitwisseling" }]
"#;

/// The processes whose memory is looked at, by name.
const PROCESSES: [&str; 4] = ["client", "gateway", "signals", "registry"];

/// What came of a file.
struct Went {
    per_second: f64,
    /// The most kibibytes of each of [`PROCESSES`].
    peaks: [u64; 4],
}

/// A file with so many rows, as a case system writes it.
fn file(folder: &Path, run: &str, rows: usize) -> PathBuf {
    let mut text = "kenmerk,titel,gezien,partij\n".to_owned();
    for number in 0..rows {
        let _ = writeln!(
            text,
            "{run}-{number},Levering {run} {number},2026-06-01T08:00:00Z,{}",
            party("chemievaart")
        );
    }
    let path = folder.join(format!("{run}.csv"));
    std::fs::write(&path, text).expect("a file can be written");
    path
}

/// Lets the case system propose the mapping and the steward approve it; where it stands.
async fn approved(bench: &mut Bench, folder: &Path) -> PathBuf {
    let path = folder.join("proef.toml");
    std::fs::write(&path, MAPPING).expect("a file can be written");
    let url = bench.service("signals");
    let as_ = |account: &str| Caller::at(&url).token(&bench.token(account)).purpose("toezicht");
    let propose = "mutation ($mapping: String!) { proposeImportProfile(name: \"proef\", mapping: $mapping) { hash } }";
    let proposed = as_("ilt.casesystem").data(propose, json!({ "mapping": MAPPING })).await;
    let approve = "mutation ($hash: String!) { approveImportProfile(hash: $hash) { approvedAt } }";
    let hash = &proposed["proposeImportProfile"]["hash"];
    as_("ilt.steward").data(approve, json!({ "hash": hash })).await;
    path
}

/// Sends a file in and looks at everybody's memory meanwhile.
async fn send(bench: &mut Bench, mapping: &Path, file: &Path, rows: usize) -> Went {
    let arguments = ["import", "signals", "--as", "ilt.casesystem", "--mapping"].map(str::to_owned);
    let arguments: Vec<String> = arguments
        .into_iter()
        .chain([
            mapping.display().to_string(),
            "--file".to_owned(),
            file.display().to_string(),
        ])
        .collect();
    let platform = [
        bench.processes.gateway.id(),
        bench.processes.service("signals").id(),
        bench.processes.service("registry").id(),
    ];
    platform.into_iter().for_each(forget_peak);
    let began = Instant::now();
    let mut client = command(&arguments, &bench.processes.client())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(client.id()).unwrap_or_default());
        if let Some(status) = client.try_wait().expect("it is our child") {
            break status;
        }
        tokio::time::sleep(LOOK).await;
    };
    let per_second = float(rows) / began.elapsed().as_secs_f64();
    assert!(status.success(), "the import ends with {status}");
    let [gateway, signals, registry] = platform.map(|process| peak_of(process).unwrap_or_default());
    Went {
        per_second,
        peaks: [peak, gateway, signals, registry],
    }
}

/// How fast, by turns with hand-written SQL.
async fn speed(bench: &mut Bench, report: &mut Report, folder: &Path, mapping: &Path) {
    let run = Uuid::now_v7().simple().to_string();
    let mut connection = hand(bench).await;
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let (one, other) = (format!("{run}c{turn}"), format!("{run}q{turn}"));
        let path = file(folder, &one, ROWS);
        ours.push(send(bench, mapping, &path, ROWS).await.per_second);
        others.push(by_hand(&mut connection, &other, ROWS / BATCH).await);
        let (filled, filled_by_hand) = (amounts(bench, &one).await, amounts(bench, &other).await);
        assert_eq!(filled, filled_by_hand, "as many rows in each table");
        eprintln!("client: turn {} of {TURNS}", turn + 1);
    }
    connection.close().await.expect("it leaves");
    let (one, other) = (middle(ours.clone()), middle(others.clone()));
    report.figure(
        "client",
        json!({ "client": ours, "by_hand": others, "rows": ROWS, "batch": BATCH }),
    );
    report.row(
        "import by the command-line client at the gateway",
        "≥ 0.5 of hand-written SQL",
        format!("{one:.0} signals a second beside {other:.0}: {:.2}", one / other),
        one / other >= 0.5,
    );
}

/// How much memory, for a file and one five times as large.
async fn memory(bench: &mut Bench, report: &mut Report, folder: &Path, mapping: &Path) {
    let run = Uuid::now_v7().simple().to_string();
    let mut all = Vec::new();
    for rows in [SMALL, LARGE] {
        eprintln!("client: a file of {rows} rows");
        let path = file(folder, &format!("{run}m{rows}"), rows);
        let went = send(bench, mapping, &path, rows).await;
        std::fs::remove_file(path).expect("it was ours");
        all.push(went);
    }
    let told = PROCESSES.iter().enumerate().map(|(place, name)| {
        let [small, large] =
            [all[0].peaks[place], all[1].peaks[place]].map(|kib| float(usize::try_from(kib).unwrap_or(0)) / 1024.0);
        format!("{name} {small:.1} and {large:.1} MiB")
    });
    let told: Vec<String> = told.collect();
    let flat = |place: usize| all[1].peaks[place] * 100 <= all[0].peaks[place] * FLAT;
    let figures = all.iter().zip([SMALL, LARGE]).map(|(went, rows)| {
        json!({ "rows": rows, "peak_kib": went.peaks, "processes": PROCESSES, "per_second": went.per_second })
    });
    report.figure("client_memory", figures.collect());
    let measured = format!(
        "{}; {:.0} rows a second of the larger",
        told.join(", "),
        all[1].per_second
    );
    report.row(
        "most memory while 20,000 and 100,000 rows go in",
        "the same, within a tenth",
        measured,
        (0..PROCESSES.len()).all(flat),
    );
}

/// Measures, and tells.
pub async fn client(bench: &mut Bench, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = approved(bench, folder.path()).await;
    speed(bench, report, folder.path(), &mapping).await;
    memory(bench, report, folder.path(), &mapping).await;
}
