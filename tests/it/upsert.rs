//! Bringing a case system's signals in step: outcomes per item, versions, and requests that are sent twice.

use serde_json::{Value, json};
use tests::world::{On, World};

const MAPPING: &str = r#"
name = "test"
[reference]
system = "zaak"
[labels]
tlp = "AMBER"
[[rules]]
share = [{ with = "organisation:igj", purpose = "toezicht", legal_basis = "demo" }]
"#;
const UPSERT: &str = "mutation ($p: String!, $items: [ImportItem!]!, $key: String, $dry: Boolean) {
    upsertSignals(profile: $p, items: $items, idempotencyKey: $key, dryRun: $dry) {
    created changed unchanged rejected results { line outcome id version errors { code field } } } }";

/// Has the mapping approved; its hash.
async fn approved(world: &World) -> String {
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"test\", mapping: $m) { hash } }";
    let proposed = world
        .data("ilt.case_system", "toezicht", propose, json!({ "m": MAPPING }))
        .await;
    let hash = proposed["proposeImportProfile"]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { approvedAt } }";
    world
        .data("ilt.data_steward", "toezicht", approve, json!({ "h": hash }))
        .await;
    hash
}

fn item(line: i32, title: &str, version: Option<i32>) -> Value {
    json!({ "line": line, "version": version, "signal": { "title": title, "narrative": "Uit de zaak", "category": "chemicals",
        "severity": "MINOR", "observedFrom": "2026-05-01T10:00:00Z", "origin": "CASE_SYSTEM", "labels": { "tlp": "AMBER" },
        "externalReference": { "system": "zaak", "reference": format!("Z-{line}") } } })
}

async fn upsert(world: &World, profile: &str, items: &[Value], key: Option<&str>, dry: bool) -> Value {
    let asked = json!({ "p": profile, "items": items, "key": key, "dry": dry });
    world.data("ilt.case_system", "toezicht", UPSERT, asked).await["upsertSignals"].take()
}

fn outcomes(told: &Value) -> Vec<(String, Option<i64>)> {
    let each = told["results"].as_array().expect("results");
    let outcome = |result: &Value| {
        (
            result["outcome"].as_str().expect("an outcome").to_owned(),
            result["version"].as_i64(),
        )
    };
    each.iter().map(outcome).collect()
}

fn outcome(name: &str, version: i64) -> (String, Option<i64>) {
    (name.to_owned(), Some(version))
}

async fn steps(on: On) {
    let world = World::peopled(on).await;
    let profile = approved(&world).await;
    // A dry run says what would be, and leaves nothing.
    let both = [item(1, "een", Some(0)), item(2, "twee", None)];
    let dry = upsert(&world, &profile, &both, Some("sleutel"), true).await;
    assert_eq!(outcomes(&dry), [outcome("CREATED", 1), outcome("CREATED", 1)]);
    assert_eq!(world.look("SELECT number FROM signal", vec![]).await, [""; 0]);
    // Once, and the same request again: the same answer, and nothing is done.
    let first = upsert(&world, &profile, &both, Some("sleutel"), false).await;
    assert_eq!(outcomes(&first), [outcome("CREATED", 1), outcome("CREATED", 1)]);
    let events = "SELECT change FROM signals_outbox";
    let before = world.look(events, vec![]).await.len();
    assert_eq!(upsert(&world, &profile, &both, Some("sleutel"), false).await, first);
    assert_eq!(world.look(events, vec![]).await.len(), before);
    // Something else under the same key is refused; the key of another account is its own.
    let other = json!({ "p": profile, "items": [item(3, "drie", None)], "key": "sleutel" });
    let refused = world.refusal("ilt.case_system", "toezicht", UPSERT, other).await;
    assert_eq!(refused, "IDEMPOTENCY_KEY_REUSED");
    for (key, code) in [("", "REQUIRED"), ("  ", "REQUIRED"), (&"x".repeat(201), "TOO_LONG")] {
        let asked = json!({ "p": profile, "items": [], "key": key });
        assert_eq!(world.refusal("ilt.case_system", "toezicht", UPSERT, asked).await, code);
    }
    // Versions: only what the sender has seen is overwritten; what is wrong is left out, the rest stands.
    let mixed = [
        item(1, "een, anders", Some(1)),
        item(2, "twee, anders", Some(7)),
        item(3, "drie", Some(2)),
        item(4, "vier", Some(0)),
        item(5, "vijf", None),
    ];
    let told = upsert(&world, &profile, &mixed, None, false).await;
    let rejected = ("REJECTED".to_owned(), None);
    let expected = [
        outcome("CHANGED", 2),
        rejected.clone(),
        rejected.clone(),
        outcome("CREATED", 1),
        outcome("CREATED", 1),
    ];
    assert_eq!(outcomes(&told), expected);
    for place in [1, 2] {
        assert_eq!(
            told["results"][place]["errors"],
            json!([{ "code": "STALE_VERSION", "field": "version" }])
        );
    }
    let again = upsert(
        &world,
        &profile,
        &[item(4, "vier", Some(0)), item(1, "een, anders", Some(2))],
        None,
        false,
    )
    .await;
    assert_eq!(again["results"][0]["errors"][0]["code"], "DUPLICATE_REFERENCE");
    assert_eq!(outcomes(&again)[1], outcome("UNCHANGED", 2));
    // Nobody else delivers.
    for who in ["ilt.inspector", "ilt.data_steward", "ilt.administrator"] {
        let asked = json!({ "p": profile, "items": [] });
        assert_eq!(
            world.refusal(who, "toezicht", UPSERT, asked).await,
            "FORBIDDEN",
            "{who}"
        );
    }
    // A week later the answer is no longer kept.
    world.clock.advance(8 * 24 * 3600 * foundation::clock::SECOND);
    signals::sweep(world.signals.platform()).await.expect("tidy");
    let kept = world.look("SELECT idempotency_key FROM upsert_receipt", vec![]).await;
    assert_eq!(kept, [""; 0]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_conditional_and_made_once_on_sqlite() {
    steps(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_conditional_and_made_once_on_postgres() {
    steps(On::Postgres).await;
}
