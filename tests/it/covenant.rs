//! A covenant's life, on both databases.

use serde_json::{Value, json};
use tests::world::{On, World, id};

const RECORD: &str = "mutation ($i: CovenantInput!, $l: LabelsInput) { recordCovenant(input: $i, labels: $l) {
    covenant { id version state tlp parties { id legalName } participants { organisation { code } agreedInspections }
      agreedInspections agreedPeriod selfReport { duty rule treatment } permitMonths vmsQuality starts ends owner { code }
      permittedActions visibleBecause { kind } maskedFields { field } grants { id } contact { organisation } }
    warnings { code field } } }";
const SEE: &str =
    "query ($id: ID!) { covenant(id: $id) { title state agreedInspections participants { agreedInspections }
    visibleBecause { kind purpose } permittedActions grants { id } maskedFields { field reason } } }";
const SHARE: &str = "mutation ($id: ID!, $g: GrantInput!) { shareCovenant(id: $id, grant: $g) {
    covenant { version grants { id kind to purpose } } } }";
const LIST: &str =
    "query ($f: CovenantFilter) { covenants(filter: $f) { totalCount { exactly } alsoUnder nodes { id } } }";

pub fn party() -> String {
    format!("pty_{}", id("party").simple())
}

/// A covenant that is good.
pub fn input() -> Value {
    json!({
        "title": "Convenant horizontaal toezicht", "parties": [party()],
        "participants": [{ "organisation": "nvwa", "agreedInspections": 1 }, { "organisation": "ilt", "agreedInspections": 2 }],
        "agreedInspections": 4, "selfReport": { "duty": true, "rule": "Meldt binnen 24 uur.", "treatment": "Geen boete." },
        "permitMonths": 60, "vmsQuality": "GOOD", "starts": "2026-01-01", "ends": "2026-12-31",
    })
}

/// Asks the registry and expects an answer without errors; its data.
pub async fn data(world: &World, who: &str, purpose: &str, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry(who, purpose, query, &variables).await;
    let mut answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    assert!(answer.get("errors").is_none(), "{who} under {purpose}: {answer:#}");
    answer["data"].take()
}

/// Asks the registry and expects refusals: each code with its field.
pub async fn refusals(world: &World, who: &str, query: &str, variables: Value) -> Vec<(String, String)> {
    let reply = world.ask_registry(who, "toezicht", query, &variables).await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |error: &Value| (text(&error["extensions"]["code"]), text(&error["extensions"]["field"]));
    let errors = answer["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("{who} was not refused: {answer:#}"));
    errors.iter().map(told).collect()
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let made = data(&world, "ilt.inspector", "toezicht", RECORD, json!({ "i": input() })).await;
    let covenant = &made["recordCovenant"]["covenant"];
    let id = covenant["id"].clone();
    let shown = json!({
        "id": id, "version": 1, "state": "DRAFT", "tlp": "AMBER",
        "parties": [{ "id": party(), "legalName": "Voorbeeld Chemie B.V." }],
        "participants": [
            { "organisation": { "code": "ilt" }, "agreedInspections": 2 },
            { "organisation": { "code": "nvwa" }, "agreedInspections": 1 },
        ],
        "agreedInspections": 4, "agreedPeriod": "YEAR",
        "selfReport": { "duty": true, "rule": "Meldt binnen 24 uur.", "treatment": "Geen boete." },
        "permitMonths": 60, "vmsQuality": "GOOD", "starts": "2026-01-01", "ends": "2026-12-31",
        "owner": { "code": "ilt" }, "permittedActions": ["EDIT", "PUBLISH", "LABEL", "SHARE", "REVOKE"],
        "visibleBecause": [{ "kind": "OWN" }], "maskedFields": [], "grants": [], "contact": { "organisation": "ilt" },
    });
    assert_eq!(*covenant, shown);
    let see =
        async |who: &str, purpose: &str| data(&world, who, purpose, SEE, json!({ "id": id })).await["covenant"].take();
    assert_eq!(
        see("nvwa.inspector", "toezicht").await,
        Value::Null,
        "taking part does not show a draft"
    );

    let grant = json!({ "to": { "organisation": "nvwa" }, "purpose": "toezicht", "legalBasis": "demo" });
    let shared = data(
        &world,
        "ilt.inspector",
        "toezicht",
        SHARE,
        json!({ "id": id, "g": grant }),
    )
    .await;
    let grant_id = shared["shareCovenant"]["covenant"]["grants"][0]["id"].clone();
    assert_eq!(
        see("nvwa.inspector", "toezicht").await,
        Value::Null,
        "a grant counts once it is out"
    );
    let publish = "mutation ($id: ID!) { publishCovenant(id: $id, version: 2) { covenant { state } } }";
    data(&world, "ilt.inspector", "toezicht", publish, json!({ "id": id })).await;

    let seen = see("nvwa.analyst", "toezicht").await;
    let expected = json!({
        "title": "Convenant horizontaal toezicht", "state": "PUBLISHED", "agreedInspections": 4,
        "participants": [{ "agreedInspections": 2 }, { "agreedInspections": 1 }],
        "visibleBecause": [{ "kind": "ORGANISATION", "purpose": "toezicht" }], "permittedActions": [], "grants": null,
        "maskedFields": [{ "field": "grants", "reason": "NOT_OWNER" }],
    });
    assert_eq!(seen, expected);
    assert_eq!(
        see("nvwa.analyst", "risicoanalyse").await,
        Value::Null,
        "another purpose"
    );
    assert_eq!(
        see("jenv.inspector", "toezicht").await,
        Value::Null,
        "another inspectorate"
    );
    lists(&world, &id).await;

    let revoke =
        "mutation ($id: ID!) { revokeCovenantGrant(grantId: $id, reason: \"vergissing\") { covenant { version } } }";
    data(&world, "ilt.inspector", "toezicht", revoke, json!({ "id": grant_id })).await;
    assert_eq!(see("nvwa.analyst", "toezicht").await, Value::Null, "revoked at commit");
    edited(&world, &id).await;
}

async fn lists(world: &World, id: &Value) {
    let list = async |who: &str, purpose: &str, filter: Value| {
        data(world, who, purpose, LIST, json!({ "f": filter })).await["covenants"].take()
    };
    let fits = [
        json!({}),
        json!({ "party": party(), "owner": "ilt", "on": "2026-12-31" }),
        json!({ "on": "2026-01-01" }),
    ];
    for filter in fits {
        let found = list("nvwa.analyst", "toezicht", filter.clone()).await;
        assert_eq!(found["nodes"], json!([{ "id": id }]), "{filter}");
    }
    for filter in [
        json!({ "owner": "nvwa" }),
        json!({ "on": "2027-01-01" }),
        json!({ "on": "2025-12-31" }),
    ] {
        let found = list("nvwa.analyst", "toezicht", filter.clone()).await;
        assert_eq!(found["totalCount"]["exactly"], 0, "{filter}");
    }
    let elsewhere = list("nvwa.analyst", "risicoanalyse", json!({})).await;
    assert_eq!(elsewhere["alsoUnder"], json!(["toezicht"]));
    let about = "query ($id: ID!) { party(id: $id) { covenants { totalCount { exactly } nodes { id } } } }";
    for (who, found) in [("nvwa.analyst", 1), ("jenv.analyst", 0)] {
        let party = data(world, who, "toezicht", about, json!({ "id": party() })).await;
        assert_eq!(party["party"]["covenants"]["totalCount"]["exactly"], found, "{who}");
        assert_eq!(
            party["party"]["covenants"]["nodes"].as_array().map(Vec::len),
            Some(found),
            "{who}"
        );
    }
}

async fn edited(world: &World, id: &Value) {
    let edit = "mutation ($id: ID!, $v: Int!, $i: CovenantInput!) { editCovenant(id: $id, version: $v, input: $i) {
        covenant { title participants { organisation { code } } ends } warnings { code field } } }";
    let input = json!({
        "title": "Convenant, tweede versie", "parties": [party()], "participants": [{ "organisation": "jenv" }],
        "selfReport": { "duty": false, "rule": "Bel mevrouw Canarie." }, "starts": "2026-01-01",
    });
    let stale = refusals(world, "ilt.inspector", edit, json!({ "id": id, "v": 1, "i": input })).await;
    assert_eq!(stale[0].0, "STALE_VERSION");
    let edited = data(
        world,
        "ilt.inspector",
        "toezicht",
        edit,
        json!({ "id": id, "v": 4, "i": input }),
    )
    .await;
    let expected = json!({
        "covenant": { "title": "Convenant, tweede versie", "participants": [{ "organisation": { "code": "jenv" } }], "ends": null },
        "warnings": [{ "code": "LOOKS_PERSONAL", "field": "selfReport.rule" }],
    });
    assert_eq!(edited["editCovenant"], expected);
    let label = "mutation ($id: ID!) { labelCovenant(id: $id, version: 5, labels: { tlp: RED }) { covenant { tlp } } }";
    let labelled = data(world, "ilt.inspector", "toezicht", label, json!({ "id": id })).await;
    assert_eq!(labelled["labelCovenant"]["covenant"]["tlp"], "RED");
    let retract = "mutation ($id: ID!) { retractCovenant(id: $id, version: 6, reason: \"opgezegd\") {
        covenant { state retraction } } }";
    let retracted = data(world, "ilt.inspector", "toezicht", retract, json!({ "id": id })).await;
    let expected = json!({ "state": "RETRACTED", "retraction": "opgezegd" });
    assert_eq!(retracted["retractCovenant"]["covenant"], expected);
}

/// What is wrong is told at its field, all at once, and nothing is written.
async fn wrong(on: On) {
    let world = World::peopled(on).await;
    let input = json!({
        "title": "", "parties": [format!("pty_{}", id("nothing").simple())],
        "participants": [{ "organisation": "niemand" }], "selfReport": { "duty": true }, "permitMonths": 0,
        "starts": "2026-01-01", "ends": "2025-01-01",
    });
    let labels = json!({ "retainUntil": "2020-01-01" });
    let mut told = refusals(&world, "ilt.inspector", RECORD, json!({ "i": input, "l": labels })).await;
    told.sort();
    let expected = [
        ("INVALID_DATE", "labels.retainUntil"),
        ("INVALID_INPUT", "input.permitMonths"),
        ("INVALID_PERIOD", "input.ends"),
        ("REQUIRED", "input.selfReport.rule"),
        ("REQUIRED", "input.title"),
        ("UNKNOWN_REFERENCE", "input.participants.0.organisation"),
        ("UNKNOWN_REFERENCE", "input.parties.0"),
    ];
    assert_eq!(told, expected.map(|(code, field)| (code.to_owned(), field.to_owned())));
    let written = world.look("SELECT CAST(COUNT(*) AS TEXT) FROM covenant", vec![]).await;
    assert_eq!(written, ["0"]);
    let no_date = refusals(&world, "ilt.inspector", LIST, json!({ "f": { "owner": "niemand" } })).await;
    assert_eq!(no_date[0], ("UNKNOWN_REFERENCE".to_owned(), "filter.owner".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_on_sqlite() {
    wrong(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_on_postgres() {
    wrong(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lives_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lives_on_postgres() {
    life(On::Postgres).await;
}
