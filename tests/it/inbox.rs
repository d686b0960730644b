//! The inbox: who is told what, until when, on both databases.

mod between;
mod counted;
mod matrix;

use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{On, World};

const INBOX: &str = "query ($first: Int, $after: String, $unread: Boolean) {
    inbox(first: $first, after: $after, unread: $unread) {
        nodes { id kind at read signal { title } } unreadCount { exactly } pageInfo { hasNextPage endCursor } } }";

/// A published signal of ILT's; its id.
async fn published(world: &World, title: &str) -> String {
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let input = json!({ "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN" } });
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "input": input }))
        .await;
    let id = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    change(world, "publishSignal(id: $id, version: 1)", &id).await;
    id
}

async fn change(world: &World, call: &str, id: &str) -> Value {
    world.clock.advance(SECOND);
    let text = format!("mutation ($id: ID!) {{ {call} {{ signal {{ version grants {{ id }} }} }} }}");
    world
        .data("ilt.inspector", "toezicht", &text, json!({ "id": id }))
        .await
}

async fn share(world: &World, id: &str, to: &str) -> String {
    let call =
        format!("shareSignal(id: $id, grant: {{ to: {{ {to} }}, purpose: \"toezicht\", legalBasis: \"demo\" }})");
    let shared = change(world, &call, id).await;
    let grants = shared["shareSignal"]["signal"]["grants"]
        .as_array()
        .expect("grants")
        .clone();
    grants.last().expect("a grant")["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Kind and title of all items of somebody's inbox, newest first.
async fn told(world: &World, who: &str) -> Vec<(String, String)> {
    let inbox = world.data(who, "toezicht", INBOX, json!({})).await;
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let nodes = inbox["inbox"]["nodes"].as_array().expect("items").clone();
    nodes
        .iter()
        .map(|node| (text(&node["kind"]), text(&node["signal"]["title"])))
        .collect()
}

fn item(kind: &str, title: &str) -> (String, String) {
    (kind.to_owned(), title.to_owned())
}

/// A draft may hold grants: its reader hears once, when it comes out, and of nothing before.
async fn from_a_draft(on: On) {
    let world = World::peopled(on).await;
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let input = json!({ "title": "Concept", "narrative": "Damp.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z" });
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "input": input }))
        .await;
    let id = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    share(&world, &id, "organisation: \"igj\"").await;
    change(
        &world,
        "editSignal(id: $id, version: 2, input: { note: \"nog concept\" })",
        &id,
    )
    .await;
    change(&world, "publishSignal(id: $id, version: 3)", &id).await;
    assert_eq!(told(&world, "igj.inspector").await, [item("SHARED", "Concept")]);
    world.close().await;
}

#[tokio::test]
async fn of_a_draft_nothing_is_told_before_it_is_out() {
    from_a_draft(On::Sqlite).await;
    from_a_draft(On::Postgres).await;
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let tank = published(&world, "Ketelwagen").await;
    change(
        &world,
        "editSignal(id: $id, version: 2, input: { note: \"voor het delen\" })",
        &tank,
    )
    .await;
    assert!(told(&world, "igj.inspector").await.is_empty(), "not shared yet");
    let grant = share(&world, &tank, "organisation: \"igj\"").await;
    assert_eq!(
        told(&world, "igj.inspector").await,
        [item("SHARED", "Ketelwagen")],
        "nothing from before"
    );
    share(&world, &tank, "organisation: \"jenv\"").await;
    assert_eq!(
        told(&world, "igj.inspector").await.len(),
        1,
        "another's share is not told"
    );
    change(
        &world,
        "editSignal(id: $id, version: 5, input: { note: \"na het delen\" })",
        &tank,
    )
    .await;
    let both = [item("CHANGED", "Ketelwagen"), item("SHARED", "Ketelwagen")];
    assert_eq!(told(&world, "igj.inspector").await, both);
    assert_eq!(told(&world, "jenv.analyst").await, both);
    assert!(told(&world, "nvwa.inspector").await.is_empty());
    assert!(
        told(&world, "ilt.inspector").await.is_empty(),
        "nobody is told of what the own side did"
    );

    let everyone = published(&world, "Voor iedereen").await;
    share(&world, &everyone, "everyone: true").await;
    assert!(
        told(&world, "nvwa.inspector").await.is_empty(),
        "what all participants get is not told one by one"
    );
    let other = world.data("igj.inspector", "incidentonderzoek", INBOX, json!({})).await;
    assert_eq!(
        other["inbox"]["nodes"],
        json!([]),
        "under another purpose nothing of it"
    );

    // Read marks are each account's own.
    let inbox = world
        .data("igj.inspector", "toezicht", INBOX, json!({ "first": 1 }))
        .await;
    assert_eq!(inbox["inbox"]["unreadCount"]["exactly"], 2);
    let mark = "mutation ($items: [ID!]!) { markRead(items: $items) }";
    let first = inbox["inbox"]["nodes"][0]["id"].clone();
    for _ in 0..2 {
        world
            .data("igj.inspector", "toezicht", mark, json!({ "items": [first] }))
            .await;
    }
    let unread = world
        .data("igj.inspector", "toezicht", INBOX, json!({ "unread": true }))
        .await;
    assert_eq!(unread["inbox"]["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(unread["inbox"]["nodes"][0]["kind"], "SHARED");
    let colleague = world
        .data("igj.analyst", "toezicht", INBOX, json!({ "unread": true }))
        .await;
    assert_eq!(colleague["inbox"]["unreadCount"]["exactly"], 2);
    let after = inbox["inbox"]["pageInfo"]["endCursor"].clone();
    let rest = world
        .data(
            "igj.inspector",
            "toezicht",
            INBOX,
            json!({ "first": 1, "after": after }),
        )
        .await;
    assert_eq!(rest["inbox"]["nodes"][0]["kind"], "SHARED");
    assert_eq!(rest["inbox"]["pageInfo"]["hasNextPage"], false);
    world.clock.advance(SECOND);
    world
        .data("igj.inspector", "toezicht", "mutation { markAllRead }", json!({}))
        .await;
    let none = world
        .data("igj.inspector", "toezicht", INBOX, json!({ "unread": true }))
        .await;
    assert_eq!(none["inbox"]["unreadCount"]["exactly"], 0);
    change(
        &world,
        "editSignal(id: $id, version: 6, input: { note: \"later\" })",
        &tank,
    )
    .await;
    let again = world
        .data("igj.inspector", "toezicht", INBOX, json!({ "unread": true }))
        .await;
    assert_eq!(again["inbox"]["unreadCount"]["exactly"], 1);

    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { version } } }";
    world
        .data("ilt.inspector", "toezicht", revoke, json!({ "id": grant }))
        .await;
    assert!(
        told(&world, "igj.inspector").await.is_empty(),
        "nothing that may no longer be seen"
    );
    assert_eq!(told(&world, "jenv.analyst").await.len(), 3);
}

#[tokio::test]
async fn tells_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_on_postgres() {
    life(On::Postgres).await;
}

#[tokio::test]
async fn bad_input_is_refused_with_its_place() {
    let world = World::peopled(On::Sqlite).await;
    let mark = "mutation ($items: [ID!]!) { markRead(items: $items) }";
    for bad in [
        "ibx_",
        "ibx_AAAA",
        "sig_1",
        "ibx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAbm9uc2Vuc2U",
    ] {
        let answer = world
            .ask("igj.inspector", "toezicht", mark, json!({ "items": [bad] }))
            .await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "INVALID_ID",
            "{bad}: {answer:#}"
        );
        assert_eq!(answer["errors"][0]["extensions"]["field"], "items.0");
    }
    let many = vec!["ibx_AAAA"; 501];
    assert_eq!(
        world
            .refusal("igj.inspector", "toezicht", mark, json!({ "items": many }))
            .await,
        "TOO_MANY"
    );
    let cursor = json!({ "after": "zz" });
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", INBOX, cursor).await,
        "INVALID_CURSOR"
    );
    for role in ["administrator", "auditor"] {
        let who = format!("igj.{role}");
        assert_eq!(world.refusal(&who, "toezicht", INBOX, json!({})).await, "FORBIDDEN");
        assert_eq!(
            world
                .refusal(&who, "toezicht", "mutation { markAllRead }", json!({}))
                .await,
            "FORBIDDEN"
        );
    }
}
