//! What a copy may not learn from its changes and its cursors: what others do, and of what was never its reader's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{On, World, id};

use super::copy::Copy;

const CHANGES: &str = "query ($after: String) { changes(first: 500, after: $after) { cursor } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }";

/// A published signal of ILT's; its id.
async fn published(world: &World, rank: &str) -> String {
    let input = json!({ "title": "Lekkage", "narrative": "Iets", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN", "rank": rank } });
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let made = by_owner(world, record, json!({ "input": input })).await;
    let signal = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }";
    by_owner(world, publish, json!({ "id": signal })).await;
    signal
}

async fn by_owner(world: &World, query: &str, variables: Value) -> Value {
    world.data("ilt.inspector", "toezicht", query, variables).await
}

/// Shares a signal, until a number of seconds from now where given; the grant's id.
async fn shared(world: &World, signal: &str, to: Value, purpose: &str, seconds: Option<i64>) -> String {
    let share =
        "mutation ($id: ID!, $grant: GrantInput!) { shareSignal(id: $id, grant: $grant) { signal { grants { id } } } }";
    let until = seconds.map(|seconds| {
        let at = jiff::Timestamp::from_microsecond(world.clock.now() + seconds * SECOND);
        at.expect("a moment").to_string()
    });
    let grant = json!({ "to": to, "purpose": purpose, "legalBasis": "demo", "validUntil": until });
    let answer = by_owner(world, share, json!({ "id": signal, "grant": grant })).await;
    let grants = answer["shareSignal"]["signal"]["grants"]
        .as_array()
        .expect("grants")
        .clone();
    let last = grants.last().expect("the grant");
    last["id"].as_str().expect("an id").to_owned()
}

async fn cursor(world: &World, after: &Value) -> String {
    let answer = world
        .data("igj.inspector", "toezicht", CHANGES, json!({ "after": after }))
        .await;
    answer["changes"]["cursor"].as_str().expect("a cursor").to_owned()
}

async fn cursors_tell_nothing(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "INTERN").await;
    shared(&world, &signal, json!({ "organisation": "igj" }), "toezicht", None).await;
    let mut cursors = vec![cursor(&world, &Value::Null).await];
    cursors.push(cursor(&world, &json!(cursors[0])).await);
    for hidden in [1, 60] {
        for _ in 0..hidden {
            published(&world, "INTERN").await;
        }
        world.clock.advance(SECOND);
        cursors.push(cursor(&world, &json!(cursors[0])).await);
    }
    for (place, cursor) in cursors.iter().enumerate() {
        assert_eq!(cursor.len(), cursors[0].len(), "as long, whatever others did");
        let others = cursors.iter().filter(|other| *other == cursor);
        assert_eq!(others.count(), 1, "that nothing happened is not to be seen either");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
        for word in ["place", "moment", "cells", "Level"] {
            let read = bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!read, "cursor {place} can be read: it says {word}");
        }
        for later in &cursors[place + 1..] {
            let later = URL_SAFE_NO_PAD.decode(later).expect("base64");
            let same = bytes.iter().zip(&later).filter(|(one, other)| one == other).count();
            assert!(same * 10 < bytes.len(), "{same} of {} bytes are the same", bytes.len());
        }
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_tell_nothing_on_sqlite() {
    cursors_tell_nothing(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_tell_nothing_on_postgres() {
    cursors_tell_nothing(On::Postgres).await;
}

async fn cleared(world: &World, rank: i16) {
    world.clock.advance(SECOND);
    let text = "UPDATE account SET clearance = ? WHERE id = ?";
    world.run(text, vec![rank.into(), id("igj.inspector").into()]).await;
}

/// What left a rank, by its owner or by the clock, before the reader was cleared for it is nothing that its copy had.
async fn raised(on: On) {
    let world = World::peopled(on).await;
    let igj = || json!({ "organisation": "igj" });
    let secret = "DEPARTEMENTAAL_VERTROUWELIJK";
    cleared(&world, 1).await;
    let open = published(&world, "INTERN").await;
    shared(&world, &open, igj(), "toezicht", None).await;
    let (revoked, ended) = (published(&world, secret).await, published(&world, secret).await);
    let grant = shared(&world, &revoked, igj(), "toezicht", None).await;
    shared(&world, &ended, igj(), "toezicht", Some(2)).await;
    let mut copy = Copy::new("igj.inspector", "toezicht");
    copy.level(&world, "at rank 1").await;
    assert_eq!(copy.records.keys().collect::<Vec<_>>(), [&open]);
    world.clock.advance(3 * SECOND);
    by_owner(&world, REVOKE, json!({ "id": grant })).await;
    cleared(&world, 2).await;
    copy.ever.insert(open.clone());
    // Whatever else it is told gone, it says itself, was never its reader's.
    copy.level(&world, "at rank 2").await;
    assert_eq!(copy.records.keys().collect::<Vec<_>>(), [&open]);
    // What it has at the new rank it is told of as at the old one, also when it was not cleared meanwhile.
    let (kept, lost) = (published(&world, secret).await, published(&world, secret).await);
    shared(&world, &kept, igj(), "toezicht", None).await;
    let grant = shared(&world, &lost, igj(), "toezicht", None).await;
    copy.level(&world, "with two more").await;
    assert_eq!(copy.records.len(), 3);
    copy.ever.extend(copy.records.keys().cloned());
    cleared(&world, 0).await;
    copy.page(&world, 1).await;
    let meanwhile = published(&world, secret).await;
    let gone = shared(&world, &meanwhile, igj(), "toezicht", None).await;
    world.clock.advance(SECOND);
    copy.page(&world, 1).await;
    for grant in [gone, grant] {
        by_owner(&world, REVOKE, json!({ "id": grant })).await;
    }
    cleared(&world, 2).await;
    copy.level(&world, "cleared again").await;
    assert_eq!(copy.records.len(), 2);
    let shut = shared(&world, &meanwhile, igj(), "toezicht", None).await;
    copy.level(&world, "shared again").await;
    copy.ever.insert(meanwhile);
    by_owner(&world, REVOKE, json!({ "id": shut })).await;
    copy.level(&world, "and revoked again").await;
    assert_eq!(copy.records.len(), 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_clearance_tells_of_nothing_before_on_sqlite() {
    raised(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_clearance_tells_of_nothing_before_on_postgres() {
    raised(On::Postgres).await;
}

/// What comes into a channel while the reader is not in it is nothing that its copy has, though not all that it has was
/// dropped yet; whether the reader comes back or not.
async fn left(on: On, back: bool) {
    let world = World::peopled(on).await;
    let circle = || json!({ "circle": "cmj" });
    for _ in 0..5 {
        let signal = published(&world, "INTERN").await;
        shared(&world, &signal, circle(), "incidentonderzoek", None).await;
    }
    world.clock.advance(SECOND);
    let mut copy = Copy::new("igj.inspector", "incidentonderzoek");
    copy.level(&world, "in the circle").await;
    assert_eq!(copy.records.len(), 5);
    copy.ever.extend(copy.records.keys().cloned());
    let membership = async |text: &str, moment: i64| {
        let values = vec![moment.into(), id("circle cmj").into(), id("igj").into()];
        world.run(text, values).await;
    };
    let leave = "UPDATE circle_member SET left_at = ? WHERE circle_id = ? AND organisation_id = ?";
    membership(leave, world.clock.now()).await;
    world.clock.advance(SECOND);
    assert!(copy.page(&world, 2).await, "there is more to drop");
    world.clock.advance(SECOND);
    let (stays, goes) = (published(&world, "INTERN").await, published(&world, "INTERN").await);
    shared(&world, &stays, circle(), "incidentonderzoek", None).await;
    let grant = shared(&world, &goes, circle(), "incidentonderzoek", None).await;
    world.clock.advance(SECOND);
    assert!(copy.page(&world, 1).await, "there is more to drop");
    by_owner(&world, REVOKE, json!({ "id": grant })).await;
    world.clock.advance(SECOND);
    if back {
        membership(leave, access::FOREVER).await;
    }
    copy.level(&world, "after it left").await;
    assert_eq!(copy.records.len(), if back { 6 } else { 0 });
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_left_circle_tells_of_nothing_after_on_sqlite() {
    for back in [false, true] {
        left(On::Sqlite, back).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_left_circle_tells_of_nothing_after_on_postgres() {
    for back in [false, true] {
        left(On::Postgres, back).await;
    }
}
