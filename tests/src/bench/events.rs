//! How long it takes from publishing a signal until its subscribers see it: ten signals a second, a hundred subscribers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ask::share;
use super::{Bench, Report};
use crate::caller::Caller;
use crate::live::{Heard, Reader};
use crate::signals::{PUBLISH, grant, input, recorded, shared};

const SUBSCRIBERS: usize = 100;
const EVENTS: usize = 150;
const EVERY: Duration = Duration::from_millis(100);
/// After the last was published nobody waits longer for it.
const PATIENCE: Duration = Duration::from_secs(30);
const LISTEN: &str = "subscription { signalChanged { kind signal { id } } }";
/// Who listens, in turns.
const READERS: [&str; 5] = [
    "igj.analyst",
    "igj.inspector",
    "igj.coordinator",
    "igj.accountholder",
    "igj.steward",
];

/// When each signal was published.
type Published = Arc<Mutex<HashMap<String, Instant>>>;

async fn drafts(bench: &Bench, gateway: &str) -> Vec<(String, i64)> {
    let owner = Caller::at(gateway)
        .token(&bench.token("ilt.inspector"))
        .purpose("toezicht");
    let mut drafts = Vec::new();
    for number in 0..EVENTS {
        let id = recorded(&owner, input(&format!("Proefbericht {number}"))).await;
        shared(&owner, &id, grant("igj", "risicoanalyse")).await;
        let version = owner
            .data("query ($id: ID!) { signal(id: $id) { version } }", json!({ "id": id }))
            .await;
        drafts.push((id, version["signal"]["version"].as_i64().expect("a version")));
    }
    drafts
}

/// Hears so many events; the microseconds that each took.
async fn hear(mut reader: Reader, published: Published, until: Instant) -> Vec<u64> {
    let mut took = Vec::with_capacity(EVENTS);
    while took.len() < EVENTS {
        let left = until.saturating_duration_since(Instant::now());
        let Some(Heard::Next(answer)) = reader.within(left).await else {
            break;
        };
        let change = &answer["data"]["signalChanged"];
        if change["kind"] != json!("PUBLISHED") {
            continue;
        }
        let id = change["signal"]["id"].as_str().unwrap_or_default();
        let began = published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .copied();
        let began = began.expect("it was published before it was heard");
        took.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    took
}

/// Measures, and tells.
pub async fn events(bench: &mut Bench, report: &mut Report) {
    let url = bench.service("signals");
    let socket = url.replace("http:", "ws:").replace("/graphql", "/ws");
    let drafts = drafts(bench, &url).await;
    let published = Published::default();
    let until = Instant::now() + EVERY * u32::try_from(EVENTS).expect("few") + PATIENCE * 2;
    let mut hearing = Vec::new();
    for number in 0..SUBSCRIBERS {
        let token = bench.token(READERS[number % READERS.len()]);
        let caller = Caller::at(&url).token(&token).purpose("risicoanalyse");
        let reader = Reader::socket(&socket, &caller, LISTEN, Value::Null).await;
        hearing.push(tokio::spawn(hear(reader, published.clone(), until)));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let owner = Caller::at(&url)
        .token(&bench.token("ilt.inspector"))
        .purpose("toezicht");
    let mut ticks = tokio::time::interval(EVERY);
    let mut publishing = Vec::new();
    for (id, version) in drafts {
        ticks.tick().await;
        let (owner, published) = (owner.clone(), published.clone());
        publishing.push(tokio::spawn(async move {
            published
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(id.clone(), Instant::now());
            owner.data(PUBLISH, json!({ "id": id, "version": version })).await;
        }));
    }
    for each in futures::future::join_all(publishing).await {
        each.expect("it is published");
    }
    let mut took: Vec<u64> = Vec::new();
    for each in futures::future::join_all(hearing).await {
        took.extend(each.expect("a subscriber hears to the end"));
    }
    took.sort_unstable();
    let wanted = SUBSCRIBERS * EVENTS;
    let (half, most) = (share(&took, 50), share(&took, 99));
    let measured = format!(
        "{} ms in the middle, {} ms for 99 of 100 from the moment of asking to publish; {} of {wanted} heard",
        half / 1000,
        most / 1000,
        took.len()
    );
    report.figure(
        "events",
        json!({ "p50_us": half, "p90_us": share(&took, 90), "p99_us": most, "heard": took.len(), "wanted": wanted }),
    );
    let kept = most <= 100_000 && took.len() == wanted;
    report.row(
        "publish → subscriber, 10 a second × 100",
        "p99 ≤ 100 ms",
        measured,
        kept,
    );
}
