//! Deliveries of a case system under an approved profile, on both databases, against the real service.

use serde_json::{Value, json};
use tests::world::{On, World};

const MAPPING: &str = r#"
name = "test"
[reference]
system = "rail"
[labels]
rank = "VERTROUWELIJK"
[[rules]]
tlp = "AMBER"
share = [{ with = "organisation:igj", purpose = "risicoanalyse", legal_basis = "demo" }]
[[rules]]
tlp = "GREEN"
share = [{ with = "everyone", purpose = "risicoanalyse", legal_basis = "demo" }]
"#;
const PROPOSE: &str =
    "mutation ($m: String!) { proposeImportProfile(name: \"test\", mapping: $m) { hash approvedAt } }";
const APPROVE: &str = "mutation ($h: String!) { approveImportProfile(hash: $h) { approvedAt } }";
const IMPORT: &str = "mutation ($p: String!, $items: [ImportItem!]!, $dry: Boolean!) {
    importSignals(profile: $p, items: $items, dryRun: $dry) { created changed unchanged rejected
    results { line outcome id errors { code field } } } }";
const LIST: &str = "{ signals { totalCount { exactly } nodes { title } } }";

async fn approved(world: &World) -> String {
    let proposed = world
        .data("ilt.case_system", "toezicht", PROPOSE, json!({ "m": MAPPING }))
        .await;
    let hash = proposed["proposeImportProfile"]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let early = world
        .refusal("ilt.case_system", "toezicht", IMPORT, delivery(&hash, &[item(1, "a")]))
        .await;
    assert_eq!(early, "PROFILE_NOT_APPROVED");
    for who in ["ilt.case_system", "ilt.inspector", "ilt.administrator"] {
        assert_eq!(
            world.refusal(who, "toezicht", APPROVE, json!({ "h": hash })).await,
            "FORBIDDEN",
            "{who}"
        );
    }
    let stranger = world
        .refusal("igj.data_steward", "toezicht", APPROVE, json!({ "h": hash }))
        .await;
    assert_eq!(stranger, "NOT_FOUND", "a profile of another inspectorate");
    world
        .data("ilt.data_steward", "toezicht", APPROVE, json!({ "h": hash }))
        .await;
    hash
}

fn item(line: i32, reference: &str) -> Value {
    json!({
        "line": line, "publish": true,
        "signal": {
            "title": format!("Storing {reference}"), "narrative": "Seinstoring", "category": "chemicals",
            "severity": "MINOR", "observedFrom": "2026-05-01T10:00:00Z", "origin": "CASE_SYSTEM",
            "externalReference": { "system": "rail", "reference": reference },
            "labels": { "rank": "VERTROUWELIJK", "tlp": "AMBER" }
        },
        "grants": [{ "to": { "organisation": "igj" }, "purpose": "risicoanalyse", "legalBasis": "demo" }]
    })
}

fn delivery(profile: &str, items: &[Value]) -> Value {
    json!({ "p": profile, "items": items, "dry": false })
}

async fn import(world: &World, variables: Value) -> Value {
    world.data("ilt.case_system", "toezicht", IMPORT, variables).await["importSignals"].take()
}

fn counts(result: &Value) -> [i64; 4] {
    ["created", "changed", "unchanged", "rejected"].map(|name| result[name].as_i64().expect("a count"))
}

async fn deliveries(on: On) {
    let world = World::peopled(on).await;
    let profile = approved(&world).await;
    let mut dry = delivery(&profile, &[item(1, "a")]);
    dry["dry"] = json!(true);
    assert_eq!(counts(&import(&world, dry).await), [1, 0, 0, 0]);
    let nothing = world.data("ilt.analyst", "toezicht", LIST, json!({})).await;
    assert_eq!(
        nothing["signals"]["totalCount"]["exactly"], 0,
        "a dry run leaves nothing behind"
    );

    // The same reference twice in one delivery: the later row stands.
    let mut again = item(3, "a");
    again["signal"]["title"] = json!("Storing a, later");
    let first = import(&world, delivery(&profile, &[item(1, "a"), item(2, "b"), again])).await;
    assert_eq!(counts(&first), [2, 1, 0, 0]);
    let same = import(&world, delivery(&profile, &[item(2, "b")])).await;
    assert_eq!(counts(&same), [0, 0, 1, 0]);
    let shared = world.data("igj.analyst", "risicoanalyse", LIST, json!({})).await;
    assert_eq!(shared["signals"]["totalCount"]["exactly"], 2);
    let titles: Vec<_> = shared["signals"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| &node["title"])
        .collect();
    assert!(
        titles.contains(&&json!("Storing a, later")) && titles.contains(&&json!("Storing b")),
        "{titles:?}"
    );

    // What the profile has not is refused row by row; the others stand.
    let mut wide = item(4, "c");
    wide["signal"]["labels"]["tlp"] = json!("CLEAR");
    let mut grant = item(5, "d");
    grant["grants"][0]["to"] = json!({ "organisation": "nvwa" });
    let mut wrong = item(6, "e");
    wrong["signal"]["category"] = json!("bestaat-niet");
    let mixed = import(&world, delivery(&profile, &[wide, grant, wrong, item(7, "f")])).await;
    assert_eq!(counts(&mixed), [1, 0, 0, 3]);
    let errors = |index: usize| mixed["results"][index]["errors"].clone();
    assert_eq!(
        errors(0),
        json!([{ "code": "PROFILE_FORBIDS", "field": "signal.labels.tlp" }])
    );
    assert_eq!(errors(1), json!([{ "code": "PROFILE_FORBIDS", "field": "grants.0" }]));
    assert_eq!(
        errors(2),
        json!([{ "code": "UNKNOWN_REFERENCE", "field": "signal.category" }])
    );

    let many: Vec<Value> = (0..501).map(|line| item(line, &format!("x{line}"))).collect();
    let refused = world
        .refusal("ilt.case_system", "toezicht", IMPORT, delivery(&profile, &many))
        .await;
    assert_eq!(refused, "TOO_MANY");
    let person = world
        .refusal("ilt.inspector", "toezicht", IMPORT, delivery(&profile, &[item(8, "g")]))
        .await;
    assert_eq!(person, "FORBIDDEN");
}

#[tokio::test]
async fn deliveries_on_sqlite() {
    deliveries(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_on_postgres() {
    deliveries(On::Postgres).await;
}

async fn what_people_marked_stays(on: On) {
    let world = World::peopled(on).await;
    let profile = approved(&world).await;
    let first = import(&world, delivery(&profile, &[item(1, "a"), item(2, "b")])).await;
    let (a, b) = (&first["results"][0]["id"], &first["results"][1]["id"]);
    let label = "mutation ($id: ID!, $tlp: Tlp!) { labelSignal(id: $id, version: 1, labels: { tlp: $tlp }) { warnings { code } } }";
    // A steward makes one RED, which the case system then does not see; an inspector revokes the other's grant.
    world
        .data("ilt.data_steward", "toezicht", label, json!({ "id": a, "tlp": "RED" }))
        .await;
    let see = "query ($id: ID!) { signal(id: $id) { tlp grants { id revokedAt } } }";
    let grants = world.data("ilt.inspector", "toezicht", see, json!({ "id": b })).await;
    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
    world
        .data(
            "ilt.inspector",
            "toezicht",
            revoke,
            json!({ "id": grants["signal"]["grants"][0]["id"] }),
        )
        .await;

    let mut changed = item(2, "b");
    changed["signal"]["title"] = json!("Storing b, gewijzigd");
    let next = import(&world, delivery(&profile, &[item(1, "a"), changed, item(3, "c")])).await;
    // The author of a RED signal sees it: the case system made it. It stays RED, and the delivery changes nothing.
    assert_eq!(counts(&next), [1, 1, 1, 0], "{next:#}");
    let red = world
        .data("ilt.data_steward", "toezicht", see, json!({ "id": a }))
        .await;
    assert_eq!(red["signal"]["tlp"], "RED", "a delivery never loosens");
    let b = world.data("ilt.inspector", "toezicht", see, json!({ "id": b })).await;
    assert_eq!(
        b["signal"]["grants"].as_array().map(Vec::len),
        Some(1),
        "what was revoked is not made again"
    );
    let igj = world.data("igj.analyst", "risicoanalyse", LIST, json!({})).await;
    assert_eq!(igj["signals"]["nodes"], json!([{ "title": "Storing c" }]));

    // A reference that is taken by a signal which the case system may not see is told for that row alone.
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let mut hidden = item(9, "z")["signal"].clone();
    hidden["labels"]["tlp"] = json!("RED");
    world
        .data("ilt.inspector", "toezicht", record, json!({ "input": hidden }))
        .await;
    let last = import(&world, delivery(&profile, &[item(9, "z"), item(10, "y")])).await;
    assert_eq!(counts(&last), [1, 0, 0, 1]);
    let taken = json!([{ "code": "DUPLICATE_REFERENCE", "field": "signal.externalReference" }]);
    assert_eq!(last["results"][0]["errors"], taken);
    let twice = world
        .refusal("ilt.inspector", "toezicht", record, json!({ "input": hidden }))
        .await;
    assert_eq!(twice, "DUPLICATE_REFERENCE");
}

#[tokio::test]
async fn what_people_marked_stays_on_sqlite() {
    what_people_marked_stays(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_marked_stays_on_postgres() {
    what_people_marked_stays(On::Postgres).await;
}
