//! Steps of a supervision level, on both databases.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::covenant::{data, party, refusals};

const SET: &str = "mutation ($i: SupervisionLevelInput!, $g: [GrantInput!], $l: LabelsInput) {
    setSupervisionLevel(input: $i, grants: $g, labels: $l) {
      supervisionLevel { id state level step reason from party { id } owner { code } permittedActions grants { to } }
      warnings { code field } } }";
const OF_PARTY: &str = "query ($id: ID!) { party(id: $id) {
    supervisionLevels { id level step owner { code } } supervisionHistory { totalCount { exactly } nodes { level step } } } }";

fn step(level: &str, reason: &str, from: Option<&str>) -> Value {
    json!({ "party": party(), "level": level, "reason": reason, "from": from })
}

fn grants() -> Value {
    json!([{ "to": { "organisation": "nvwa" }, "purpose": "toezicht", "legalBasis": "demo" }])
}

async fn set(world: &World, who: &str, input: Value, grants: Value) -> Value {
    let answer = data(world, who, "toezicht", SET, json!({ "i": input, "g": grants })).await;
    answer["setSupervisionLevel"]["supervisionLevel"].clone()
}

async fn of_party(world: &World, who: &str) -> Value {
    data(world, who, "toezicht", OF_PARTY, json!({ "id": party() })).await["party"].take()
}

async fn steps(on: On) {
    let world = World::peopled(on).await;
    let first = set(
        &world,
        "ilt.inspector",
        step("REGULAR", "Begin.", Some("2026-01-01")),
        grants(),
    )
    .await;
    let expected = json!({
        "id": first["id"], "state": "PUBLISHED", "level": "REGULAR", "step": "FIRST", "reason": "Begin.",
        "from": "2026-01-01", "party": { "id": party() }, "owner": { "code": "ilt" },
        "permittedActions": ["LABEL", "SHARE", "REVOKE", "RETRACT"], "grants": [{ "to": "nvwa" }],
    });
    assert_eq!(first, expected);
    world.clock.advance(1);
    let up = set(
        &world,
        "ilt.inspector",
        step("INTENSIVE", "Drie incidenten.", None),
        grants(),
    )
    .await;
    assert_eq!(up["step"], "UP");
    world.clock.advance(1);
    // One that does not hold yet, and one that nobody else may see.
    let later = set(
        &world,
        "ilt.inspector",
        step("REGULAR", "Herstel verwacht.", Some("2027-01-01")),
        grants(),
    )
    .await;
    assert_eq!(later["step"], "DOWN");
    world.clock.advance(1);
    let other = set(&world, "jenv.coordinator", step("IN_DEPTH", "Thema.", None), json!([])).await;
    assert_eq!(other["step"], "FIRST", "each inspectorate has levels of its own");

    let nvwa = of_party(&world, "nvwa.analyst").await;
    let current = json!([{ "id": up["id"], "level": "INTENSIVE", "step": "UP", "owner": { "code": "ilt" } }]);
    assert_eq!(nvwa["supervisionLevels"], current);
    let history = [("REGULAR", "DOWN"), ("INTENSIVE", "UP"), ("REGULAR", "FIRST")];
    let history = history.map(|(level, step)| json!({ "level": level, "step": step }));
    assert_eq!(nvwa["supervisionHistory"]["nodes"], json!(history));
    assert_eq!(nvwa["supervisionHistory"]["totalCount"]["exactly"], 3);
    let jenv = of_party(&world, "jenv.analyst").await;
    assert_eq!(jenv["supervisionLevels"][0]["id"], other["id"]);
    assert_eq!(jenv["supervisionHistory"]["totalCount"]["exactly"], 1, "only its own");
    assert_eq!(of_party(&world, "igj.analyst").await["supervisionLevels"], json!([]));

    told(&world, &up["id"]).await;
    retracted(&world, &up["id"], &first["id"]).await;
}

/// The step up is told by its own name, to whoever reads the outbox and the log.
async fn told(world: &World, up: &Value) {
    let bare = &up.as_str().expect("an id")[4..];
    let outbox = "SELECT change FROM registry_outbox WHERE kind = 'supervision_level' ORDER BY sequence";
    assert_eq!(
        world.look(outbox, vec![]).await,
        ["set", "stepped_up", "stepped_down", "set"]
    );
    let log = "SELECT operation FROM processing_log WHERE kind = 'supervision_level' AND operation = 'stepped_up' AND record_ids = ?";
    assert_eq!(world.look(log, vec![bare.into()]).await, ["stepped_up"]);
}

/// A step that was wrong is withdrawn: the one before it holds again, for everybody.
async fn retracted(world: &World, up: &Value, first: &Value) {
    let retract = "mutation ($id: ID!) { retractSupervisionLevel(id: $id, version: 1, reason: \"vergissing\") {
        supervisionLevel { state } } }";
    data(world, "ilt.inspector", "toezicht", retract, json!({ "id": up })).await;
    for who in ["nvwa.analyst", "ilt.analyst"] {
        let party = of_party(world, who).await;
        let of_ilt = |level: &&Value| level["owner"]["code"] == "ilt";
        let levels = party["supervisionLevels"].as_array().expect("a list");
        assert_eq!(
            levels.iter().find(of_ilt).map(|level| &level["id"]),
            Some(first),
            "{who}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_on_sqlite() {
    steps(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_on_postgres() {
    steps(On::Postgres).await;
}

async fn wrong(on: On) {
    let world = World::peopled(on).await;
    let analyst = refusals(&world, "ilt.analyst", SET, json!({ "i": step("REGULAR", "x", None) })).await;
    assert_eq!(analyst, [("FORBIDDEN".to_owned(), String::new())]);
    let mut input = step("REGULAR", " ", None);
    input["party"] = json!(format!("pty_{}", tests::world::id("nothing").simple()));
    let grants = json!([{ "to": { "everyone": true }, "purpose": "toezicht", "legalBasis": "demo" }, { "to": { "organisation": "geen" } }]);
    let mut told = refusals(&world, "ilt.inspector", SET, json!({ "i": input, "g": grants })).await;
    told.sort();
    let expected = [
        ("GRANT_NEEDS_BASIS", "grants.1.legalBasis"),
        ("GRANT_NEEDS_PURPOSE", "grants.1.purpose"),
        ("REQUIRED", "input.reason"),
        ("TLP_FORBIDS_GRANT", "grants.0.to"),
        ("UNKNOWN_REFERENCE", "grants.1.to"),
        ("UNKNOWN_REFERENCE", "input.party"),
    ];
    assert_eq!(told, expected.map(|(code, field)| (code.to_owned(), field.to_owned())));
    let written = world
        .look("SELECT CAST(COUNT(*) AS TEXT) FROM supervision_level", vec![])
        .await;
    assert_eq!(written, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_on_sqlite() {
    wrong(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_on_postgres() {
    wrong(On::Postgres).await;
}
