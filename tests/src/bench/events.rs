//! How long it takes from publishing a signal until its subscribers see it, at a thousand deliveries a second: ten signals
//! a second to a hundred subscribers, and one a second to a thousand.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::ask::{float, share};
use super::process::cpu_of;
use super::{Bench, Report};
use crate::caller::Caller;
use crate::live::{Heard, Reader};
use crate::signals::{PUBLISH, grant, input, recorded};

/// How many listen to how much.
struct Setting {
    row: &'static str,
    figure: &'static str,
    subscribers: usize,
    events: usize,
    every: Duration,
}

const MANY_EVENTS: Setting = Setting {
    row: "publish → subscriber, 10 a second × 100",
    figure: "events",
    subscribers: 100,
    events: 150,
    every: Duration::from_millis(100),
};
const MANY_SUBSCRIBERS: Setting = Setting {
    row: "publish → subscriber, 1 a second × 1,000",
    figure: "fan",
    subscribers: 1000,
    events: 15,
    every: Duration::from_secs(1),
};

/// After the last was published nobody waits longer for it.
const PATIENCE: Duration = Duration::from_mins(1);
/// Whoever does not listen by then is told as one who does not hear.
const CONNECTING: Duration = Duration::from_mins(1);
/// Nobody listens longer.
const LISTENS: Duration = Duration::from_hours(1);
/// Signals that are published beforehand, one after the other, until each subscriber has heard one; and how long each of
/// them is waited for.
const BEFOREHAND: usize = 4;
const WAITED_FOR: Duration = Duration::from_secs(15);
const LISTEN: &str = "subscription { signalChanged { kind signal { id } } }";
const SHARE: &str = "mutation ($id: ID!, $grants: [GrantInput!]!) {
    shareSignalWithAll(id: $id, grants: $grants) { signal { version } } }";
const PURPOSE: &str = "risicoanalyse";
const OWNER: &str = "ilt";
const ORGANISATIONS: [&str; 7] = ["igj", "jenv", "nvwa", "nla", "ivho", "anvs", OWNER];
/// Everybody of an inspectorate who holds the purpose and sees what it is granted.
const ROLES: [&str; 5] = ["analyst", "inspector", "coordinator", "accountholder", "steward"];

/// What publishers and subscribers know together.
#[derive(Default)]
struct Board {
    /// When each signal that counts was published.
    published: Mutex<HashMap<String, Instant>>,
    /// Subscribers that have heard what was published beforehand.
    ready: AtomicUsize,
    /// The microseconds that each took to be heard.
    took: Mutex<Vec<u64>>,
}

impl Board {
    fn publish(&self, id: &str) {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        published.insert(id.to_owned(), Instant::now());
    }

    /// Somebody has heard it.
    fn heard(&self, id: &str) {
        let published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(passed) = published.get(id).map(Instant::elapsed) else {
            return;
        };
        drop(published);
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        took.push(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX));
    }

    fn took(&self) -> Vec<u64> {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Every account that listens.
fn accounts() -> Vec<String> {
    let of = |role: &'static str| ORGANISATIONS.map(|organisation| format!("{organisation}.{role}"));
    ROLES.into_iter().flat_map(of).collect()
}

fn owner(bench: &mut Bench) -> Caller {
    let token = bench.token(&format!("{OWNER}.inspector"));
    Caller::at(bench.service("signals")).token(&token).purpose("toezicht")
}

/// Signals that only wait to be published, shared with every inspectorate: their ids and versions.
async fn drafts(owner: &Caller, amount: usize) -> Vec<(String, i64)> {
    let others = ORGANISATIONS.into_iter().filter(|organisation| *organisation != OWNER);
    let grants: Vec<Value> = others.map(|organisation| grant(organisation, PURPOSE)).collect();
    let mut drafts = Vec::new();
    for number in 0..amount {
        if number % 50 == 0 {
            eprintln!("events: {number} of {amount} signals written");
        }
        let id = recorded(owner, input(&format!("Proefbericht {number}"))).await;
        let shared = owner.data(SHARE, json!({ "id": id, "grants": grants })).await;
        let version = &shared["shareSignalWithAll"]["signal"]["version"];
        drafts.push((id, version.as_i64().expect("a version")));
    }
    drafts
}

/// Hears on until it is ended. What was published beforehand only says that it listens.
async fn hear(mut reader: Reader, board: Arc<Board>) {
    let mut ready = false;
    while let Some(Heard::Next(answer)) = reader.within(LISTENS).await {
        let change = &answer["data"]["signalChanged"];
        if change["kind"] != json!("PUBLISHED") {
            continue;
        }
        if !std::mem::replace(&mut ready, true) {
            board.ready.fetch_add(1, Ordering::Relaxed);
        }
        board.heard(change["signal"]["id"].as_str().unwrap_or_default());
    }
}

/// Lets everybody listen, each account in turn.
async fn listening(bench: &mut Bench, board: &Arc<Board>, subscribers: usize) -> Vec<JoinHandle<()>> {
    let url = bench.service("signals");
    let socket = url.replace("http:", "ws:").replace("/graphql", "/ws");
    let callers: Vec<Caller> = accounts()
        .iter()
        .map(|account| Caller::at(&url).token(&bench.token(account)).purpose(PURPOSE))
        .collect();
    let (began, mut hearing) = (Instant::now(), Vec::new());
    for number in 0..subscribers {
        if began.elapsed() > CONNECTING {
            break;
        }
        if number % 250 == 0 {
            eprintln!("events: {number} of {subscribers} listen");
        }
        let reader = Reader::socket(&socket, &callers[number % callers.len()], LISTEN, Value::Null).await;
        hearing.push(tokio::spawn(hear(reader, board.clone())));
    }
    hearing
}

async fn publish(owner: &Caller, (id, version): &(String, i64)) {
    owner.data(PUBLISH, json!({ "id": id, "version": version })).await;
}

/// Publishes one signal after the other until everybody has heard one: their streams are open then.
async fn until_ready(owner: &Caller, board: &Board, beforehand: &[(String, i64)], subscribers: usize) {
    for draft in beforehand {
        publish(owner, draft).await;
        let began = Instant::now();
        while began.elapsed() < WAITED_FOR {
            if board.ready.load(Ordering::Relaxed) == subscribers {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        eprintln!(
            "events: {} of {subscribers} have heard the first",
            board.ready.load(Ordering::Relaxed)
        );
    }
}

/// Publishes them at their times.
async fn at_their_times(owner: &Caller, board: &Arc<Board>, drafts: &[(String, i64)], every: Duration) {
    let mut ticks = tokio::time::interval(every);
    let mut publishing = Vec::new();
    for draft in drafts.iter().cloned() {
        ticks.tick().await;
        let (owner, board) = (owner.clone(), board.clone());
        publishing.push(tokio::spawn(async move {
            board.publish(&draft.0);
            publish(&owner, &draft).await;
        }));
    }
    for each in futures::future::join_all(publishing).await {
        each.expect("it is published");
    }
}

async fn measure(bench: &mut Bench, report: &mut Report, setting: &Setting) {
    let owner = owner(bench);
    let process = bench.processes.service("signals").id();
    let drafts = drafts(&owner, BEFOREHAND + setting.events).await;
    let (beforehand, drafts) = drafts.split_at(BEFOREHAND);
    let board = Arc::new(Board::default());
    let hearing = listening(bench, &board, setting.subscribers).await;
    until_ready(&owner, &board, beforehand, hearing.len()).await;
    eprintln!("events: publishing {}", drafts.len());
    let cpu = cpu_of(process);
    at_their_times(&owner, &board, drafts, setting.every).await;
    let published = Instant::now();
    while board.took().len() < hearing.len() * setting.events && published.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    hearing.iter().for_each(JoinHandle::abort);
    let took = board.took();
    let cpu = (cpu_of(process) - cpu) * 1000.0 / float(took.len().max(1));
    tell(report, setting, hearing.len(), took, cpu);
}

fn tell(report: &mut Report, setting: &Setting, listening: usize, mut took: Vec<u64>, cpu_ms: f64) {
    took.sort_unstable();
    let (wanted, accounts) = (
        setting.subscribers * setting.events,
        accounts().len().min(setting.subscribers),
    );
    let (half, most) = (share(&took, 50), share(&took, 99));
    let measured = format!(
        "{} ms in the middle, {} ms for 99 of 100 from the moment of asking to publish; {} of {wanted} heard by {listening} streams of {accounts} accounts; {cpu_ms:.2} ms of the service's processor each",
        half / 1000,
        most / 1000,
        took.len()
    );
    report.figure(
        setting.figure,
        json!({ "p50_us": half, "p90_us": share(&took, 90), "p99_us": most, "heard": took.len(), "wanted": wanted,
            "streams": listening, "accounts": accounts, "service_cpu_ms": cpu_ms }),
    );
    let kept = most <= 100_000 && took.len() == wanted;
    report.row(setting.row, "p99 ≤ 100 ms", measured, kept);
}

/// Measures ten signals a second for a hundred subscribers, and tells.
pub async fn events(bench: &mut Bench, report: &mut Report) {
    measure(bench, report, &MANY_EVENTS).await;
}

/// Measures one signal a second for a thousand subscribers, and tells.
pub async fn fan(bench: &mut Bench, report: &mut Report) {
    measure(bench, report, &MANY_SUBSCRIBERS).await;
}
