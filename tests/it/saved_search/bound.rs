//! What saved searches cost: a change nothing, however many there are; a reading a bounded number of statements over a
//! bounded number of changes, from which the next page goes on.

use std::time::Instant;

use serde_json::{Value, json};
use tests::bulk::{Bulk, Literal};
use tests::eavesdrop::{alone, overhear, runtime, statements};
use tests::world::{On, World, id};
use uuid::Uuid;

use super::{INBOX, published, share, text};

/// Saved searches of others.
const OTHERS: u128 = 5_000;
/// Those of the reader, each of which finds every signal.
const OWN: usize = 50;
/// Signals that they find.
const SIGNALS: usize = 20;
/// Changes after that which make nothing fit anew.
const CHANGES: i64 = 20_000;

fn row(number: u128, account: Uuid, name: String) -> Vec<Literal> {
    vec![
        Uuid::from_u128(number).into(),
        account.into(),
        id("igj").into(),
        id("toezicht").into(),
        1_i64.into(),
        0_i64.into(),
        0_i64.into(),
        name.as_str().into(),
        1_i16.into(),
        "{\"category\":\"chemicals\"}".into(),
        0_i64.into(),
        0_i64.into(),
    ]
}

const COLUMNS: &str =
    "saved_search (id, account_id, owner_id, purpose_id, version, created_at, looked_at, name, format,
    filter, watched_from, told_from)";

async fn searched(world: &World) {
    let others = (0..OTHERS).map(|number| {
        let account = Uuid::from_u128(0xacc0 + number / 50);
        row(0x5ea0_0000 + number, account, format!("Van een ander {number}"))
    });
    let mut bulk = Bulk::default();
    bulk.add(COLUMNS, others.collect());
    bulk.write(world).await;
}

/// Searches that found every signal, and then many changes that matter to none.
async fn prepared(on: On) -> (World, Vec<String>) {
    let world = World::peopled(on).await;
    for number in 0..OWN {
        let mut filter = json!({ "i": { "name": format!("Eigen {number}"), "filter": { "category": "chemicals" } } });
        filter["i"]["filter"]["severities"] = json!({ "notIn": ["MINOR"] });
        world.data("igj.inspector", "toezicht", super::SAVE, filter).await;
    }
    let mut signals = Vec::new();
    for number in 0..SIGNALS {
        let signal = published(&world, &format!("Vondst {number}"), json!({})).await;
        share(&world, &signal, "everyone: true").await;
        signals.push(signal);
    }
    let ids: Vec<Uuid> = signals
        .iter()
        .map(|id| Uuid::try_parse(&id[4..]).expect("an id"))
        .collect();
    let begin = world.clock.now();
    let change = |number: i64| -> Vec<Literal> {
        let record = ids[usize::try_from(number).expect("small") % ids.len()];
        vec![
            (begin + 1 + number).into(),
            "signal".into(),
            record.into(),
            "edited".into(),
            9_i64.into(),
        ]
    };
    let mut bulk = Bulk::default();
    bulk.add(
        "signals_outbox (at, kind, record_id, change, version)",
        (0..CHANGES).map(change).collect(),
    );
    bulk.write(&world).await;
    world.clock.advance(CHANGES + 1);
    (world, signals)
}

fn bounded(on: On) {
    let runtime = runtime();
    let (world, signals) = runtime.block_on(prepared(on));
    let edit = |version: i32| {
        let query = "mutation ($id: ID!, $v: Int!) { editSignal(id: $id, version: $v, input: { note: \"n\" }) { warnings { code } } }";
        let variables = json!({ "id": signals[0], "v": version });
        let begin = Instant::now();
        let (_, heard) = overhear(&runtime, world.data("ilt.inspector", "toezicht", query, variables));
        (statements(&heard), begin.elapsed())
    };
    edit(3);
    let before = edit(4);
    runtime.block_on(searched(&world));
    edit(5);
    let after = edit(6);
    assert_eq!(before.0, after.0, "a change asks nothing of saved searches");
    let (mut page, mut after_place, mut found, mut most) = (0, Value::Null, 0, 0);
    loop {
        let variables = json!({ "first": 500, "after": after_place });
        let begin = Instant::now();
        let (answer, heard) = overhear(&runtime, world.data("igj.inspector", "toezicht", PAGE, variables));
        let inbox = &answer["inbox"];
        let nodes = inbox["nodes"].as_array().expect("items");
        found += nodes.iter().filter(|node| node["kind"] == "MATCHED").count();
        page += 1;
        most = most.max(statements(&heard));
        println!(
            "{on:?}: page {page}: {} items, {} statements, {:?}",
            nodes.len(),
            statements(&heard),
            begin.elapsed()
        );
        if inbox["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after_place = json!(text(&inbox["pageInfo"]["endCursor"]));
    }
    assert_eq!(found, OWN * SIGNALS, "nothing is left out, however far back");
    assert!(page > 2, "one request looks back a limited number of changes");
    assert!(most <= 64, "{most} statements");
    let (answer, heard) = overhear(
        &runtime,
        world.data("igj.inspector", "toezicht", INBOX, json!({ "first": 1 })),
    );
    let count = &answer["inbox"]["unreadCount"];
    assert_eq!(
        count["exactly"],
        Value::Null,
        "it says that it did not look at everything"
    );
    println!(
        "{on:?}: a change: {before:?} before, {after:?} with {OTHERS} more; with the unread ones counted {}",
        statements(&heard)
    );
}

const PAGE: &str = "query ($first: Int, $after: String) { inbox(first: $first, after: $after) {
    nodes { kind at } pageInfo { hasNextPage endCursor } } }";

#[test]
fn bounded_on_sqlite() {
    if alone("saved_search::bound::bounded_on_sqlite") {
        bounded(On::Sqlite);
    }
}

#[test]
fn bounded_on_postgres() {
    if alone("saved_search::bound::bounded_on_postgres") {
        bounded(On::Postgres);
    }
}
