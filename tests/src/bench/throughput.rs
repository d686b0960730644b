//! How many lists of 20 signals the service answers a second over HTTP, beside hand-written SQL that does the same on the
//! same tables: enters, sets the context, reads under row-level security and inserts its log lines. By turns, so that
//! whatever else the machine does weighs on both.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::ask::{Answered, Asker, middle, share};
use super::process::cpu_of;
use super::{Bench, Report};
use crate::postgres::programs;

const CLIENTS: usize = 16;
const TURN: Duration = Duration::from_secs(10);
const TURNS: usize = 3;
const READERS: [(&str, &str); 3] = [
    ("ilt.inspector", "toezicht"),
    ("igj.analyst", "risicoanalyse"),
    ("anvs.inspector", "toezicht"),
];
const LIST: &str =
    "{ signals(first: 20) { nodes { id number title narrative severity urgency observedFrom createdAt version state }
    pageInfo { endCursor hasNextPage } } }";
const BY_HAND: &str = include_str!("by_hand.sql");

/// Transactions a second of the hand-written SQL, and how long one takes, in microseconds.
async fn by_hand(bench: &Bench, issuer: &str, account: &str, purpose: &str) -> (f64, u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("by_hand.sql");
    // Its values stand in the text: it reads for one account, as one client of the service does.
    let text = BY_HAND
        .replace(":issuer", &format!("'{issuer}'"))
        .replace(":subject", &format!("'{account}'"));
    std::fs::write(&script, text.replace(":purpose", &format!("'{purpose}'"))).expect("a script");
    let mut command = Command::new(programs().join("pgbench"));
    command.args(["--no-vacuum", "--protocol=prepared", "--username=samenzicht_signals"]);
    command.args([
        format!("--client={CLIENTS}"),
        "--jobs=2".to_owned(),
        format!("--time={}", TURN.as_secs()),
    ]);
    command
        .arg("--host")
        .arg(bench.cluster.folder())
        .arg("--file")
        .arg(&script)
        .arg(&bench.database);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it runs")
        .expect("pgbench is there");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = |key: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(key));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        number.unwrap_or_else(|| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let latency = after("latency average = ") * 1000.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "microseconds of a transaction are few"
    )]
    (after("tps = "), latency as u64)
}

/// Measures, and tells.
pub async fn throughput(bench: &mut Bench, report: &mut Report) {
    let url = bench.service("signals");
    let service = bench.processes.service("signals").id();
    let issuer = bench
        .behind
        .texts(
            "SELECT issuer FROM account WHERE name = 'ilt.inspector' AND ended_at IS NULL",
            vec![],
        )
        .await;
    let mut figures = Vec::new();
    for (account, purpose) in READERS {
        let asker = Asker::new(&url, &bench.token(account), purpose, LIST, &json!({}));
        let shown = asker.data().await["signals"]["nodes"].as_array().map_or(0, Vec::len);
        asker.often(CLIENTS, TURN / 5).await;
        let (mut service_turns, mut hand_turns, mut took, mut cpu) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
        let (mut failed, mut by_hand_took) = (0, 0);
        for _ in 0..TURNS {
            let before = cpu_of(service);
            let Answered {
                per_second,
                micros,
                failed: not,
            } = asker.often(CLIENTS, TURN).await;
            cpu = (cpu_of(service) - before) / super::ask::float(micros.len().max(1));
            service_turns.push(per_second);
            took = micros;
            failed += not;
            let (tps, latency) = by_hand(bench, &issuer[0], account, purpose).await;
            hand_turns.push(tps);
            by_hand_took = latency;
        }
        let (ours, hand) = (middle(service_turns.clone()), middle(hand_turns.clone()));
        let measured = format!(
            "{ours:.0} beside {hand:.0} a second: {:.2} ({} ms in the middle, {} ms for 99 of 100; {:.2} ms of the service's processor each{})",
            ours / hand,
            share(&took, 50) / 1000,
            share(&took, 99) / 1000,
            cpu * 1000.0,
            if failed == 0 {
                String::new()
            } else {
                format!("; {failed} failed")
            }
        );
        report.row(
            &format!("lists of 20 a second, {account}"),
            "≥ 0.5 of hand-written SQL",
            measured,
            ours / hand >= 0.5 && failed == 0,
        );
        figures.push(json!({ "reader": account, "purpose": purpose, "shown": shown, "service": service_turns, "by_hand": hand_turns,
            "p50_us": share(&took, 50), "p99_us": share(&took, 99), "by_hand_us": by_hand_took, "service_cpu_ms": cpu * 1000.0 }));
    }
    report.figure("throughput", json!(figures));
}
