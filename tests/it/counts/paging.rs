//! Pages while signals are being added: what was there comes exactly once, in order, whatever arrives meanwhile.
//!
//! In the ordinary test 2,000 signals; `SAMENZICHT_RECORDS=100000` for more. And lists that look only so far: their pages
//! say so, and go on from there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tests::bulk::Bulk;
use tests::row;
use tests::world::{BEGINNING, On, World, id};
use uuid::Uuid;

use foundation::clock::SECOND;

const RECORD: &str = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
pub(super) const ORDERS: [&str; 5] = [
    "RECORDED_NEWEST",
    "RECORDED_OLDEST",
    "OBSERVED_NEWEST",
    "OBSERVED_OLDEST",
    "SEVERITY",
];

fn records() -> i64 {
    match std::env::var("SAMENZICHT_RECORDS") {
        Ok(number) => number.parse().expect("SAMENZICHT_RECORDS is a number"),
        Err(_) => 2_000,
    }
}

async fn add(world: &World, number: i64) {
    let severity = ["MINOR", "MODERATE", "SERIOUS", "CRITICAL"][usize::try_from(number % 4).expect("small")];
    let observed = format!("2026-{:02}-15T08:00:00Z", 1 + number % 5);
    let input = json!({ "title": "Bijgekomen", "narrative": "Tussen twee bladzijden.", "category": "chemicals",
        "severity": severity, "observedFrom": observed, "parties": [format!("pty_{}", id("party").simple())] });
    world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
        .await;
}

/// Puts drafts of the ILT behind the door, spread over time and severity.
pub(super) async fn fill(world: &World, records: i64) -> BTreeSet<Uuid> {
    add(world, 0).await;
    let channel = world
        .look("SELECT CAST(channel AS TEXT) FROM signal_feed", vec![])
        .await[0]
        .clone();
    let channel: i64 = channel.parse().expect("a number");
    let (mut signals, mut feed, mut ids) = (Vec::new(), Vec::new(), BTreeSet::new());
    for number in 0..records {
        let (record, name) = (id(&format!("record {number}")), format!("R-{number}"));
        // Some share their moments, so that the record itself decides.
        let created = BEGINNING - (number / 3) * SECOND;
        let (observed, severity) = (BEGINNING - (number * 7919 % 1000) * SECOND, 1 + number % 4);
        let (owner, author) = (id("ilt"), id("ilt.inspector"));
        signals.push(row![
            record,
            name.as_str(),
            owner,
            author,
            created,
            created,
            1_i64,
            0_i64,
            1_i64,
            2_i64,
            1_i64,
            access::FOREVER,
            name.as_str(),
            "",
            "chemicals",
            severity,
            1_i64,
            observed,
            1_i64
        ]);
        feed.push(row![
            channel,
            1_i64,
            created,
            record,
            Uuid::nil(),
            0_i64,
            access::FOREVER,
            owner,
            "chemicals",
            severity,
            observed
        ]);
        ids.insert(record);
    }
    let mut bulk = Bulk::default();
    let columns =
        "signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit,
        retain_until, title, narrative, category, severity, urgency, observed_from, origin)";
    bulk.add(columns, signals);
    let columns = "signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
        category, severity, observed_at)";
    bulk.add(columns, feed);
    bulk.write(world).await;
    ids
}

fn severity(node: &Value) -> i64 {
    let severities = ["MINOR", "MODERATE", "SERIOUS", "CRITICAL"];
    let place = severities.iter().position(|known| node["severity"] == json!(known));
    i64::try_from(place.expect("a severity")).expect("small")
}

/// By what a node stands where it does; ascending in every order.
fn place(node: &Value, order: &str) -> (i64, i64, String) {
    let moment = |field: &str| crate::worlds::told::moment(node[field].as_str().expect("a moment"));
    let id = node["id"].as_str().expect("an id").to_owned();
    match order {
        "RECORDED_NEWEST" | "RECORDED_OLDEST" => (0, moment("createdAt"), id),
        "SEVERITY" => (severity(node), moment("createdAt"), id),
        _ => (0, moment("observedFrom"), id),
    }
}

async fn pages(world: &World, order: &str) -> Vec<Uuid> {
    let query = "query ($o: SignalOrder, $a: String) { signals(first: 150, order: $o, after: $a) {
        nodes { id severity createdAt observedFrom } pageInfo { hasNextPage endCursor } } }";
    let (mut ids, mut after, mut last) = (Vec::new(), Value::Null, None);
    loop {
        let page = world
            .data("ilt.analyst", "toezicht", query, json!({ "o": order, "a": after }))
            .await;
        let page = &page["signals"];
        for node in page["nodes"].as_array().expect("a list") {
            let here = place(node, order);
            if let Some(last) = &last {
                let inorder = if order.ends_with("OLDEST") {
                    *last < here
                } else {
                    *last > here
                };
                assert!(inorder, "{order}: {here:?} after {last:?}");
            }
            ids.push(here.2[4..].parse().expect("an id of ours"));
            last = Some(here);
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return ids;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn complete(on: On) {
    let world = Arc::new(World::peopled(on).await);
    let there = fill(&world, records()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let adding = tokio::spawn({
        let (world, stop) = (world.clone(), stop.clone());
        async move {
            let mut added = 0;
            while !stop.load(Ordering::SeqCst) {
                added += 1;
                world.clock.advance(SECOND);
                add(&world, added).await;
            }
            added
        }
    });
    for order in ORDERS {
        let found = pages(&world, order).await;
        let once: BTreeSet<Uuid> = found.iter().copied().collect();
        assert_eq!(once.len(), found.len(), "{order}: each once");
        let missing: Vec<&Uuid> = there.difference(&once).collect();
        assert!(missing.is_empty(), "{order}: {missing:?}");
    }
    stop.store(true, Ordering::SeqCst);
    let added = adding.await.expect("adding does not fail");
    assert!(added > 5, "signals were added meanwhile: {added}");
    let last = pages(&world, "SEVERITY").await;
    let added = usize::try_from(added).expect("small");
    assert_eq!(last.len(), there.len() + added + 1, "at rest everything comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_complete_while_signals_are_added_on_sqlite() {
    complete(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_complete_while_signals_are_added_on_postgres() {
    complete(On::Postgres).await;
}

/// More than a page looks at.
const FAR: i64 = 6_000;

/// A page of ten: its number of signals, whether it is partial and why, and its end when there is more.
async fn page(world: &World, filter: &Value, order: &str, after: &Value) -> (usize, bool, Value, Value) {
    let query =
        "query ($f: SignalFilter, $o: SignalOrder, $a: String) { signals(first: 10, filter: $f, order: $o, after: $a) {
        nodes { title } partial partialBecause pageInfo { hasNextPage endCursor } } }";
    let variables = json!({ "f": filter, "o": order, "a": after });
    let answer = world.data("ilt.analyst", "toezicht", query, variables).await;
    let page = &answer["signals"];
    let nodes = page["nodes"].as_array().expect("a list").len();
    let partial = page["partial"] == json!(true);
    let end = if page["pageInfo"]["hasNextPage"] == json!(true) {
        page["pageInfo"]["endCursor"].clone()
    } else {
        Value::Null
    };
    (nodes, partial, page["partialBecause"].clone(), end)
}

/// What looks so far finds the one that fits, wherever it stands, on one page or the next.
async fn far(on: On) {
    let world = World::peopled(on).await;
    // One alone came over the API: it has words and a party, and was observed long ago.
    fill(&world, FAR).await;
    let words = json!({ "text": "bijgekomen" });
    for order in ORDERS {
        let whole = (1, false, Value::Null, Value::Null);
        let found = page(&world, &words, order, &Value::Null).await;
        assert_eq!(found, whole, "{order}: the few that have the word are looked up");
    }
    let (about, old) = (
        json!({ "parties": { "none": false } }),
        json!({ "observedUntil": "2026-02-01T00:00:00Z" }),
    );
    for (filter, order, found) in [
        (&about, "RECORDED_NEWEST", [1, 0]),
        (&about, "RECORDED_OLDEST", [0, 1]),
        (&about, "OBSERVED_NEWEST", [0, 1]),
        (&about, "OBSERVED_OLDEST", [1, 0]),
        (&old, "RECORDED_NEWEST", [1, 0]),
        (&old, "RECORDED_OLDEST", [0, 1]),
        (&old, "SEVERITY", [1, 0]),
        (&json!({ "category": "youth-care" }), "SEVERITY", [0, 0]),
        (&json!({ "category": "youth-care" }), "OBSERVED_NEWEST", [0, 0]),
        (
            &json!({ "categories": { "notIn": ["chemicals"] } }),
            "RECORDED_NEWEST",
            [0, 0],
        ),
    ] {
        let (first, partial, because, end) = page(&world, filter, order, &Value::Null).await;
        assert_eq!((first, partial), (found[0], true), "{order} {filter}");
        let because = because.as_str().expect("it says why").to_owned();
        assert!(because.contains("5000 signals were looked at"), "{because}");
        let (second, partial, because, end) = page(&world, filter, order, &end).await;
        let whole = (found[1], false, Value::Null, Value::Null);
        assert_eq!((second, partial, because, end), whole, "{order} {filter}");
    }
    // The index of the feed answers these by itself: nothing is looked up, and nothing is partial.
    for (filter, order) in [
        (json!({}), "RECORDED_NEWEST"),
        (json!({ "category": "youth-care" }), "RECORDED_NEWEST"),
        (json!({ "outdated": true }), "RECORDED_NEWEST"),
        (json!({ "owner": "igj" }), "RECORDED_OLDEST"),
        (old, "OBSERVED_NEWEST"),
    ] {
        let (_, partial, because, _) = page(&world, &filter, order, &Value::Null).await;
        assert_eq!((partial, because), (false, Value::Null), "{order} {filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_how_far_they_looked_on_sqlite() {
    far(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_how_far_they_looked_on_postgres() {
    far(On::Postgres).await;
}
