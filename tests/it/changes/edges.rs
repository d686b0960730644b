//! Cursors that are refused, writers at the same time, and what row-level security lets through.

use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::dice::Dice;
use tests::world::{On, World, id};
use uuid::Uuid;

use super::copy::Copy;
use super::history::History;

const CHANGES: &str = "query ($after: String, $first: Int) {
    changes(first: $first, after: $after) { nodes { id } cursor hasMore } }";

async fn published(world: &World, title: &str) -> String {
    let input = json!({ "title": title, "narrative": "Iets", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN" } });
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "input": input }))
        .await;
    let signal = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
        .await;
    signal
}

async fn shared(world: &World, signal: &str) {
    let share =
        "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\",
        legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
}

async fn cursor(world: &World, who: &str, purpose: &str) -> String {
    let answer = world.data(who, purpose, CHANGES, json!({ "first": 500 })).await;
    answer["changes"]["cursor"].as_str().expect("a cursor").to_owned()
}

async fn refuses(on: On) {
    let world = World::peopled(on).await;
    published(&world, "een").await;
    let mine = cursor(&world, "ilt.inspector", "toezicht").await;
    let refused = async |who: &str, purpose: &str, after: Value, first: i32| {
        world
            .refusal(who, purpose, CHANGES, json!({ "after": after, "first": first }))
            .await
    };
    // Of another account, another purpose, or made up.
    assert_eq!(
        refused("igj.inspector", "toezicht", json!(mine), 5).await,
        "INVALID_CURSOR"
    );
    assert_eq!(
        refused("ilt.inspector", "risicoanalyse", json!(mine), 5).await,
        "INVALID_CURSOR"
    );
    let mut altered = mine.clone().into_bytes();
    for place in [0, 30, altered.len() - 1] {
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered.clone()).expect("letters");
        assert_eq!(
            refused("ilt.inspector", "toezicht", json!(altered), 5).await,
            "INVALID_CURSOR"
        );
    }
    for nonsense in ["", "x", "%%%", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(
            refused("ilt.inspector", "toezicht", json!(nonsense), 5).await,
            "INVALID_CURSOR"
        );
    }
    for size in [0, -1, 501] {
        assert_eq!(
            refused("ilt.inspector", "toezicht", json!(mine), size).await,
            "PAGE_SIZE"
        );
    }
    for role in ["administrator", "privacy_officer", "auditor"] {
        assert_eq!(
            refused(&format!("ilt.{role}"), "toezicht", Value::Null, 5).await,
            "FORBIDDEN"
        );
    }
    assert_eq!(refused("ilt.inspector", "", Value::Null, 5).await, "PURPOSE_REQUIRED");
    // What is no longer kept: a year later the changes since are forgotten, and the cursors before them.
    published(&world, "anderhalf").await;
    world.clock.advance(364 * 24 * 3600 * SECOND);
    published(&world, "twee").await;
    signals::sweep(world.signals.platform()).await.expect("tidy");
    world
        .data("ilt.inspector", "toezicht", CHANGES, json!({ "after": mine }))
        .await;
    world.clock.advance(2 * 24 * 3600 * SECOND);
    signals::sweep(world.signals.platform()).await.expect("tidy");
    assert_eq!(
        refused("ilt.inspector", "toezicht", json!(mine), 5).await,
        "CURSOR_EXPIRED"
    );
    let mut anew = Copy::new("ilt.inspector", "toezicht");
    anew.level(&world, "anew").await;
    assert_eq!(anew.records.len(), 3);
    published(&world, "drie").await;
    anew.level(&world, "and on").await;
    assert_eq!(anew.records.len(), 4);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_of_others_and_of_long_ago_are_refused_on_sqlite() {
    refuses(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_of_others_and_of_long_ago_are_refused_on_postgres() {
    refuses(On::Postgres).await;
}

/// What leaves is logged as read, record by record; what goes is told by its id alone and logs nothing.
async fn leaves_lines(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "een").await;
    shared(&world, &signal).await;
    let mut copy = Copy::new("igj.inspector", "toezicht");
    copy.level(&world, "shared").await;
    copy.ever.insert(signal.clone());
    let lines = "SELECT p.record_ids FROM processing_log p JOIN audit_log a ON a.request_id = p.request_id
        WHERE p.operation = 'read' AND a.subject = 'igj.inspector' AND a.operation LIKE '%changes%'";
    let record: Uuid = signal[4..].parse().expect("an id of ours");
    assert_eq!(world.look(lines, vec![]).await, [record.simple().to_string()]);
    let revoke =
        "mutation ($id: ID!, $v: Int!) { retractSignal(id: $id, version: $v, reason: \"proef\") { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", revoke, json!({ "id": signal, "v": 3 }))
        .await;
    assert!(!copy.page(&world, 5).await);
    assert!(copy.records.is_empty());
    assert_eq!(world.look(lines, vec![]).await.len(), 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_that_leaves_is_a_read_on_sqlite() {
    leaves_lines(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_that_leaves_is_a_read_on_postgres() {
    leaves_lines(On::Postgres).await;
}

/// A transaction that got its number early and commits late is not passed over.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_commit_is_not_passed_over() {
    use sea_orm::ConnectionTrait;
    let world = World::peopled(On::Postgres).await;
    let (early, late) = (published(&world, "vroeg").await, published(&world, "laat").await);
    let mut copy = Copy::new("ilt.inspector", "toezicht");
    copy.level(&world, "before").await;
    let record: Uuid = late[4..].parse().expect("an id of ours");
    let slow = world.behind.begin_write().await.expect("a transaction");
    let say =
        |text: &str, values: Vec<sea_orm::Value>| foundation::sql::statement(world.behind.backend(), text, values);
    let edit = "UPDATE signal SET title = 'te laat', version = version + 1 WHERE id = ?";
    slow.execute_raw(say(edit, vec![record.into()]))
        .await
        .expect("it writes");
    let event =
        "INSERT INTO signals_outbox (at, kind, record_id, change, version) VALUES (?, 'signal', ?, 'edited', 3)";
    slow.execute_raw(say(event, vec![world.clock.now().into(), record.into()]))
        .await
        .expect("it writes");
    // Meanwhile others commit, and the copy is told what it may be told.
    let edit = "mutation ($id: ID!) { editSignal(id: $id, version: 2, input: { title: \"snel\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", edit, json!({ "id": early }))
        .await;
    published(&world, "nieuw").await;
    for _ in 0..3 {
        copy.page(&world, 10).await;
    }
    assert_eq!(copy.records[&late]["title"], "laat");
    slow.commit().await.expect("it commits");
    copy.level(&world, "after the late commit").await;
    assert_eq!(copy.records[&late]["title"], "te laat");
    assert_eq!(copy.records.len(), 3);
    world.close().await;
}

/// Writers at the same time, and a reader that never stops.
async fn at_the_same_time(on: On) {
    let world = std::sync::Arc::new(World::peopled(on).await);
    let writers = (0..4_u64).map(|seed| {
        let world = world.clone();
        tokio::spawn(async move {
            let (mut dice, mut history) = (Dice::new(7000 + seed), History::default());
            for _ in 0..25 {
                history.written(&world, &mut dice).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut copies = [
        Copy::new("ilt.inspector", "toezicht"),
        Copy::new("igj.inspector", "toezicht"),
        Copy::new("jenv.inspector", "incidentonderzoek"),
    ];
    // What was seen between two looks is not known here.
    for copy in &mut copies {
        copy.any = true;
    }
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        for copy in &mut copies {
            copy.page(&world, 5).await;
        }
    }
    for writer in writers {
        writer.await.expect("a writer ends well");
    }
    for copy in &mut copies {
        copy.level(&world, "when all have written").await;
    }
    assert!(!copies[0].records.is_empty());
    std::sync::Arc::into_inner(world)
        .expect("nobody else is left")
        .close()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_the_same_time_lose_nothing_on_sqlite() {
    at_the_same_time(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_the_same_time_lose_nothing_on_postgres() {
    at_the_same_time(On::Postgres).await;
}

/// The second lock: without a copy's past the service's login sees no tombstone, and no feed row that is over.
#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_closed_to_whoever_does_not_say_whose() {
    use sea_orm::ConnectionTrait;
    let world = World::peopled(On::Postgres).await;
    let signal = published(&world, "een").await;
    shared(&world, &signal).await;
    let retract = "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"proef\") { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", retract, json!({ "id": signal }))
        .await;
    let channel = "SELECT CAST(id AS TEXT) FROM channel WHERE kind = 2 AND audience = ?";
    let channel = world
        .look(channel, vec![id("igj").into()])
        .await
        .pop()
        .expect("a channel");
    let count = async |settings: &str| {
        let transaction = world.database.begin_read().await.expect("a transaction");
        let say = |text: &str| foundation::sql::statement(world.database.backend(), text, vec![]);
        transaction
            .query_one_raw(say(&format!("SELECT {settings}")))
            .await
            .expect("it is told");
        let row = transaction
            .query_one_raw(say("SELECT COUNT(*) AS n FROM signal_tombstone"))
            .await;
        let count: i64 = row
            .expect("it may ask")
            .expect("a row")
            .try_get("", "n")
            .expect("a number");
        count
    };
    assert_eq!(count("1").await, 0);
    let set = |channel: &str, rank: &str| {
        format!("set_config('app.past_channels', '{channel}', true), set_config('app.past_rank', '{rank}', true)")
    };
    assert_eq!(count(&set(&channel, "2")).await, 1);
    assert_eq!(count(&set(&channel, "0")).await, 0);
    assert_eq!(count(&set("999999", "2")).await, 0);
    world.close().await;
}
