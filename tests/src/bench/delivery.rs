//! How fast a case system's delivery is taken in, with checks, feed, log and outbox, beside hand-written SQL that fills the
//! same tables and indexes in batches of the same size, under the same login and row-level security, without any check.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use super::ask::{Asker, float, middle};
use super::{Bench, Report};
use crate::caller::Caller;
use crate::signals::{IMPORT, approved, item};

/// The signals of a batch.
pub(super) const BATCH: usize = 500;
const BATCHES: usize = 8;
const TURNS: usize = 3;
/// What both fill; as many rows in each.
const TABLES: [&str; 9] = [
    "signal",
    "signal_subject",
    "signal_grant",
    "signal_feed",
    "signal_subject_feed",
    "signal_search",
    "signals_outbox",
    "signal_personal",
    "signal_version",
];
const BY_HAND: &str = include_str!("delivery.sql");

/// How many rows stand in each table, by its own statistics' exact count.
pub(super) async fn amounts(bench: &Bench, since: &str) -> Vec<i64> {
    let mut amounts = Vec::new();
    for table in TABLES {
        let named = match table {
            "signal" => format!(
                "SELECT COUNT(*) FROM signal WHERE external_system = 'proef' AND external_reference LIKE '{since}%'"
            ),
            "signal_subject" | "signal_grant" | "signal_search" | "signal_personal" | "signal_version" => {
                of(table, "signal_id", since)
            }
            _ => of(table, "record_id", since),
        };
        amounts.push(bench.behind.number(&named, vec![]).await);
    }
    amounts
}

fn of(table: &str, column: &str, since: &str) -> String {
    format!(
        "SELECT COUNT(*) FROM {table} WHERE {column} = ANY (ARRAY(SELECT id FROM signal WHERE external_system = 'proef' AND external_reference LIKE '{since}%'))"
    )
}

fn items(run: &str, from: usize) -> Vec<Value> {
    let one = |number: usize| {
        let mut item = item(number + 1, &format!("Levering {run} {number}"));
        item["signal"]["externalReference"]["reference"] = json!(format!("{run}-{number}"));
        item
    };
    (from..from + BATCH).map(one).collect()
}

/// Signals a second through the service.
async fn through(url: &str, token: &str, profile: &str, run: &str) -> f64 {
    let asker = Asker::new(url, token, "toezicht", IMPORT, &Value::Null);
    // What the client writes is written before the clock runs.
    let batches: Vec<Asker> = (0..BATCHES)
        .map(|batch| {
            asker.with(
                IMPORT,
                &json!({ "profile": profile, "items": items(run, batch * BATCH) }),
            )
        })
        .collect();
    let began = Instant::now();
    for batch in batches {
        let answer = batch.data().await;
        let created = &answer["importSignals"]["created"];
        assert_eq!(created, &json!(BATCH), "{}", answer["importSignals"]["results"][0]);
    }
    float(BATCH * BATCHES) / began.elapsed().as_secs_f64()
}

/// Signals a second by hand, so many batches.
pub(super) async fn by_hand(connection: &mut PgConnection, run: &str, batches: usize) -> f64 {
    let began = Instant::now();
    for batch in 0..batches {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let ids: Vec<Uuid> = numbers.clone().map(|_| Uuid::now_v7()).collect();
        let references: Vec<String> = numbers.clone().map(|number| format!("{run}-{number}")).collect();
        let titles: Vec<String> = numbers.map(|number| format!("Levering {run} {number}")).collect();
        let mut transaction = connection.begin().await.expect("a transaction");
        for statement in BY_HAND.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            let text = sqlx::AssertSqlSafe(statement.to_owned());
            // One kind of values for every statement: the server knows which it needs.
            let run = sqlx::query(text).bind(&ids).bind(&references).bind(&titles);
            let done = transaction.execute(run).await;
            done.unwrap_or_else(|error| panic!("{error}, in:\n{statement}"));
        }
        transaction.commit().await.expect("it is written");
    }
    float(BATCH * batches) / began.elapsed().as_secs_f64()
}

/// The way in of whoever writes by hand: under the service's login.
pub(super) async fn hand(bench: &Bench) -> PgConnection {
    let login = bench.cluster.url_for("samenzicht_signals", &bench.database);
    let login: PgConnectOptions = login.parse().expect("our own address");
    PgConnection::connect_with(&login)
        .await
        .expect("the service's login enters")
}

/// Measures, and tells.
pub async fn delivery(bench: &mut Bench, report: &mut Report) {
    let url = bench.service("signals");
    let as_ = |account: &str| Caller::at(&url).token(&bench.token(account)).purpose("toezicht");
    let profile = approved(&as_("ilt.casesystem"), &as_("ilt.steward")).await;
    let token = bench.token("ilt.casesystem");
    let mut connection = hand(bench).await;
    let run = Uuid::now_v7().simple().to_string();
    let (mut ours, mut hand) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let (one, other) = (format!("{run}s{turn}"), format!("{run}h{turn}"));
        let through = through(&url, &token, &profile, &one).await;
        let by_hand = by_hand(&mut connection, &other, BATCHES).await;
        let (filled, filled_by_hand) = (amounts(bench, &one).await, amounts(bench, &other).await);
        assert_eq!(filled, filled_by_hand, "the same rows in {TABLES:?}");
        // The first turn warms both.
        if turn > 0 {
            ours.push(through);
            hand.push(by_hand);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    connection.close().await.expect("it leaves");
    let (one, other) = (middle(ours.clone()), middle(hand.clone()));
    let measured = format!("{one:.0} signals a second beside {other:.0}: {:.2}", one / other);
    report.figure("delivery", json!({ "service": ours, "by_hand": hand, "batch": BATCH }));
    report.row(
        "import in batches of 500",
        "≥ 0.5 of hand-written SQL",
        measured,
        one / other >= 0.5,
    );
}
