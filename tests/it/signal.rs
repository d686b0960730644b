//! A signal's life, on both databases.

use serde_json::{Value, json};
use tests::world::{On, World, id};

const RECORD: &str = "mutation ($input: SignalInput!) { recordSignal(input: $input) {
    signal { id number version state title parties { id } reporter { name } maskedFields { field reason }
             permittedActions contact { organisation } visibleBecause { kind } } warnings { code field } } }";

fn input() -> Value {
    json!({
        "title": "Lekkende ketelwagen", "narrative": "Damp boven het emplacement.", "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "place": "Kijfhoek",
        "parties": [format!("pty_{}", id("party").simple())], "sites": [format!("sit_{}", id("site").simple())],
        "regions": ["VR17"], "reporter": { "name": "Canarie Melder", "contact": "canarie@example.nl" },
        "personsInvolved": ["Canarie Betrokkene"]
    })
}

async fn published(world: &World) -> String {
    let recorded = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "input": input() }))
        .await;
    let signal = recorded["recordSignal"]["signal"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { state } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
        .await;
    signal
}

const SHARE: &str = "mutation ($id: ID!, $grant: GrantInput!) { shareSignal(id: $id, grant: $grant) {
    signal { version grants { id kind to purpose } } } }";
const SEE: &str = "query ($id: ID!) { signal(id: $id) { number title reporter { name } personsInvolved
    maskedFields { field reason } visibleBecause { kind purpose } grants { id } } }";

async fn life(on: On) {
    let world = World::peopled(on).await;
    let recorded = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "input": input() }))
        .await;
    let signal = &recorded["recordSignal"]["signal"];
    assert_eq!(signal["number"], "ILT-2026-00001");
    assert_eq!(signal["state"], "DRAFT");
    assert_eq!(signal["reporter"]["name"], "Canarie Melder");
    let id = signal["id"].clone();

    let nobody = world.data("igj.inspector", "toezicht", SEE, json!({ "id": id })).await;
    assert_eq!(nobody["signal"], Value::Null, "a draft is its owner's alone");

    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { state version } } }";
    let out = world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": id }))
        .await;
    assert_eq!(out["publishSignal"]["signal"]["state"], "PUBLISHED");

    let grant = json!({ "to": { "organisation": "igj" }, "purpose": "toezicht", "legalBasis": "demo" });
    let shared = world
        .data("ilt.inspector", "toezicht", SHARE, json!({ "id": id, "grant": grant }))
        .await;
    let grant_id = shared["shareSignal"]["signal"]["grants"][0]["id"].clone();

    let seen = world.data("igj.inspector", "toezicht", SEE, json!({ "id": id })).await;
    assert_eq!(seen["signal"]["title"], "Lekkende ketelwagen");
    assert_eq!(
        seen["signal"]["reporter"]["name"], "Canarie Melder",
        "an inspector, for a purpose that allows it"
    );
    assert_eq!(
        seen["signal"]["visibleBecause"],
        json!([{ "kind": "ORGANISATION", "purpose": "toezicht" }])
    );
    assert_eq!(seen["signal"]["grants"], Value::Null);
    let masked = world.data("igj.analyst", "toezicht", SEE, json!({ "id": id })).await;
    assert_eq!(masked["signal"]["reporter"], Value::Null);
    assert_eq!(
        masked["signal"]["maskedFields"][0],
        json!({ "field": "reporter", "reason": "ROLE" })
    );
    for (who, purpose) in [("igj.inspector", "risicoanalyse"), ("nvwa.inspector", "toezicht")] {
        let hidden = world.data(who, purpose, SEE, json!({ "id": id })).await;
        assert_eq!(hidden["signal"], Value::Null, "{who} under {purpose}");
    }

    let list = "{ signals { totalCount { exactly } alsoUnder nodes { id } } }";
    let under = world.data("igj.inspector", "risicoanalyse", list, json!({})).await;
    assert_eq!(under["signals"]["totalCount"]["exactly"], 0);
    assert_eq!(under["signals"]["alsoUnder"], json!(["toezicht"]));

    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id, reason: \"vergissing\") { signal { version } } }";
    world
        .data("ilt.inspector", "toezicht", revoke, json!({ "id": grant_id }))
        .await;
    let after = world.data("igj.inspector", "toezicht", SEE, json!({ "id": id })).await;
    assert_eq!(after["signal"], Value::Null, "revoked at commit");
}

#[tokio::test]
async fn lives_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lives_on_postgres() {
    life(On::Postgres).await;
}

async fn shares_with_several(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world).await;
    let share = "mutation ($id: ID!, $g: [GrantInput!]!) { shareSignalWithAll(id: $id, grants: $g) {
        signal { version grants { to purpose } } } }";
    let to = |code: &str| json!({ "to": { "organisation": code }, "purpose": "toezicht", "legalBasis": "demo" });
    let variables = |grants: Vec<Value>| json!({ "id": signal, "g": grants });
    let unseen = async |who: &str| {
        let seen = world.data(who, "toezicht", SEE, json!({ "id": signal })).await;
        seen["signal"].is_null()
    };

    let everyone = json!({ "to": { "everyone": true }, "purpose": "geen", "legalBasis": "demo" });
    let wrong = vec![to("igj"), to("nergens"), everyone];
    let answer = world.ask("ilt.inspector", "toezicht", share, variables(wrong)).await;
    let errors = answer["errors"].as_array().expect("errors");
    let places: Vec<(&Value, &Value)> = errors
        .iter()
        .map(|error| (&error["extensions"]["code"], &error["extensions"]["field"]))
        .collect();
    let unknown = json!("UNKNOWN_REFERENCE");
    assert_eq!(places.len(), 2, "{answer:#}");
    assert!(places.contains(&(&unknown, &json!("grants.1.to"))), "{answer:#}");
    assert!(places.contains(&(&unknown, &json!("grants.2.purpose"))), "{answer:#}");
    assert!(unseen("igj.inspector").await, "all of it, or nothing");
    for (grants, code) in [(vec![], "REQUIRED"), (vec![to("igj"); 51], "TOO_MANY")] {
        let refused = world
            .refusal("ilt.inspector", "toezicht", share, variables(grants))
            .await;
        assert_eq!(refused, code);
    }
    for (who, code) in [("ilt.account_holder", "FORBIDDEN"), ("igj.inspector", "NOT_FOUND")] {
        let refused = world.refusal(who, "toezicht", share, variables(vec![to("nvwa")])).await;
        assert_eq!(refused, code, "{who}");
    }

    let shared = world
        .data(
            "ilt.inspector",
            "toezicht",
            share,
            variables(vec![to("igj"), to("nvwa")]),
        )
        .await;
    let signal = &shared["shareSignalWithAll"]["signal"];
    assert_eq!(signal["version"], 3, "one change");
    assert_eq!(signal["grants"].as_array().map(Vec::len), Some(2));
    for who in ["igj.inspector", "nvwa.inspector"] {
        assert!(!unseen(who).await, "{who}");
    }
    let not_owner = world
        .refusal("igj.inspector", "toezicht", share, variables(vec![to("jenv")]))
        .await;
    assert_eq!(not_owner, "NOT_OWNER", "passing it on is its owner's to allow");
}

#[tokio::test]
async fn is_shared_with_several_at_once_on_sqlite() {
    shares_with_several(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn is_shared_with_several_at_once_on_postgres() {
    shares_with_several(On::Postgres).await;
}

async fn lists(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world).await;
    let grant = json!({ "to": { "everyone": true }, "purpose": "risicoanalyse", "legalBasis": "demo" });
    let refused = world
        .refusal(
            "ilt.inspector",
            "toezicht",
            SHARE,
            json!({ "id": signal, "grant": grant }),
        )
        .await;
    assert_eq!(refused, "TLP_FORBIDS_GRANT");
    let label = "mutation ($id: ID!) { labelSignal(id: $id, version: 2, labels: { tlp: GREEN }) { signal { tlp } } }";
    world
        .data("ilt.inspector", "toezicht", label, json!({ "id": signal }))
        .await;
    world
        .data(
            "ilt.inspector",
            "toezicht",
            SHARE,
            json!({ "id": signal, "grant": grant }),
        )
        .await;
    let find = "query ($filter: SignalFilter) { signals(filter: $filter) { nodes { number } } }";
    let party = format!("pty_{}", id("party").simple());
    let fits = [
        json!({}),
        json!({ "text": "ketelwagen DÁMP" }),
        json!({ "category": "chemicals", "severity": "SERIOUS" }),
        json!({ "party": party, "region": "VR17", "owner": "ilt" }),
        json!({ "observedFrom": "2026-05-01T00:00:00Z", "observedUntil": "2026-06-01T00:00:00Z" }),
    ];
    for filter in fits {
        let found = world
            .data("nvwa.analyst", "risicoanalyse", find, json!({ "filter": filter }))
            .await;
        assert_eq!(
            found["signals"]["nodes"],
            json!([{ "number": "ILT-2026-00001" }]),
            "{filter}"
        );
    }
    for filter in [
        json!({ "text": "fiets" }),
        json!({ "severity": "MINOR" }),
        json!({ "owner": "igj" }),
    ] {
        let found = world
            .data("nvwa.analyst", "risicoanalyse", find, json!({ "filter": filter }))
            .await;
        assert_eq!(found["signals"]["nodes"], json!([]), "{filter}");
    }
    let entity = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty {
        signals(first: 5) { nodes { number } pageInfo { hasNextPage } } } } }";
    let representation = json!([{ "__typename": "SupervisedParty", "id": party }]);
    let about = world
        .data("nvwa.analyst", "risicoanalyse", entity, json!({ "r": representation }))
        .await;
    assert_eq!(about["_entities"][0]["signals"]["nodes"][0]["number"], "ILT-2026-00001");
}

#[tokio::test]
async fn lists_on_sqlite() {
    lists(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_on_postgres() {
    lists(On::Postgres).await;
}

#[tokio::test]
async fn a_failed_change_leaves_the_answer_of_the_one_before() {
    let world = World::peopled(On::Sqlite).await;
    let two = "mutation ($input: SignalInput!, $id: ID!) {
        a: recordSignal(input: $input) { signal { number } }
        b: publishSignal(id: $id, version: 1) { signal { number } } }";
    let nobody = format!("sig_{}", id("nobody").simple());
    let answer = world
        .ask(
            "ilt.inspector",
            "toezicht",
            two,
            json!({ "input": input(), "id": nobody }),
        )
        .await;
    assert_eq!(answer["data"]["a"]["signal"]["number"], "ILT-2026-00001", "{answer:#}");
    assert_eq!(answer["data"]["b"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
}
