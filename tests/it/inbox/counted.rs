//! What was only counted, or looked at on the way, was not read: receipts say so.

use serde_json::{Value, json};
use tests::world::{On, World, id};

use super::{published, share};

const READ_BY: &str = "query ($id: ID!) { signal(id: $id) { readBy { nodes { organisation { id } } } } }";

/// How often IGJ read a signal, as its owner's steward is told.
async fn readings(world: &World, signal: &str) -> usize {
    let seen = world
        .data("ilt.data_steward", "toezicht", READ_BY, json!({ "id": signal }))
        .await;
    let igj = json!({ "id": format!("org_{}", id("igj").simple()) });
    let nodes = seen["signal"]["readBy"]["nodes"].as_array().expect("receipts");
    nodes.iter().filter(|node| node["organisation"] == igj).count()
}

async fn inbox(world: &World, fields: &str) -> Value {
    let query = format!("{{ inbox(first: 1) {{ {fields} }} }}");
    world.data("igj.inspector", "toezicht", &query, json!({})).await["inbox"].take()
}

async fn counted(on: On) {
    let world = World::peopled(on).await;
    let (first, second) = (published(&world, "Eerste").await, published(&world, "Tweede").await);
    for to in ["igj", "jenv"] {
        share(&world, &first, &format!("organisation: \"{to}\"")).await;
    }
    share(&world, &second, "organisation: \"igj\"").await;
    world.clock.advance(foundation::clock::SECOND);
    // A triage in which IGJ takes no part: it is not told, though it lies on the way.
    let triage = "mutation ($s: ID!) { openTriage(signal: $s, participants: [\"jenv\"], question: \"Wie?\") { id } }";
    world
        .data("ilt.coordinator", "toezicht", triage, json!({ "s": first }))
        .await;

    assert_eq!(
        inbox(&world, "unreadCount { exactly }").await["unreadCount"]["exactly"],
        2
    );
    let read = (readings(&world, &first).await, readings(&world, &second).await);
    assert_eq!(read, (0, 0), "counting shows no record");
    let lines = "SELECT p.fields FROM processing_log p JOIN audit_log a ON a.request_id = p.request_id
        WHERE p.operation = 'count' AND p.record_ids = '' AND a.subject = 'igj.inspector'";
    assert_eq!(world.look(lines, vec![]).await, ["unread in the inbox = 2"]);

    let page = inbox(
        &world,
        "nodes { kind signal { title } } pageInfo { hasNextPage } unreadCount { exactly }",
    )
    .await;
    assert_eq!(page["nodes"][0]["signal"]["title"], "Tweede");
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let read = (readings(&world, &first).await, readings(&world, &second).await);
    assert_eq!(read, (0, 1), "what stands on the page was read, and nothing else");
    // That an item tells of a signal is a reading, whatever of the signal is asked.
    inbox(&world, "nodes { kind }").await;
    assert_eq!(readings(&world, &second).await, 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_was_not_read_on_sqlite() {
    counted(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_was_not_read_on_postgres() {
    counted(On::Postgres).await;
}
