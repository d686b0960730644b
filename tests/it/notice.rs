//! Notices of covenants and supervision levels: a step up to every partner that may know of it, the rest to those with whom
//! it is shared by name; nothing that may no longer be seen.

use access::Role;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World};

use crate::covenant::{data, input, party};

const WORDS: Words = Words {
    relations: &["owner", "named", "at_large", "stranger", "suspended", "anonymous"],
    operations: &["read_notices", "mark_notices"],
    records: &["stepped_up", "level_set", "covenant_shared"],
};

const NOTICES: &str = "query ($unread: Boolean, $first: Int, $after: String) {
    notices(unread: $unread, first: $first, after: $after) { nodes { id kind at read covenant { id title }
    supervisionLevel { id level reason } } unreadCount { exactly } pageInfo { hasNextPage endCursor } } }";
const SET: &str = "mutation ($i: SupervisionLevelInput!, $g: [GrantInput!], $l: LabelsInput) {
    setSupervisionLevel(input: $i, grants: $g, labels: $l) { supervisionLevel { id grants { id to } } } }";
const MARK: &str = "mutation { markAllNoticesRead }";

fn grant(to: &Value) -> Value {
    json!({ "to": to, "purpose": "toezicht", "legalBasis": "demo" })
}

/// ILT's step of its level for the party, shared with these.
async fn step(world: &World, level: &str, to: &[Value]) -> Value {
    world.clock.advance(SECOND);
    let grants: Vec<Value> = to.iter().map(grant).collect();
    let input = json!({ "party": party(), "level": level, "reason": format!("Reden voor {level}.") });
    let variables = json!({ "i": input, "g": grants, "l": { "tlp": "GREEN" } });
    data(world, "ilt.inspector", "toezicht", SET, variables).await["setSupervisionLevel"]["supervisionLevel"].take()
}

async fn change(world: &World, declared: &str, call: &str, variables: Value) -> Value {
    world.clock.advance(SECOND);
    let text = format!("mutation ({declared}) {{ {call} {{ warnings {{ code }} }} }}");
    data(world, "ilt.inspector", "toezicht", &text, variables).await
}

/// ILT's published covenant, shared with these; its id.
async fn covenant(world: &World, to: &[Value]) -> String {
    world.clock.advance(SECOND);
    let mut input = input();
    input["title"] = json!("Convenant Rijnmond");
    let record = "mutation ($i: CovenantInput!) { recordCovenant(input: $i) { covenant { id } } }";
    let made = data(world, "ilt.inspector", "toezicht", record, json!({ "i": input })).await;
    let id = made["recordCovenant"]["covenant"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let on = |version: i32| json!({ "id": id, "l": { "tlp": "GREEN" }, "v": version });
    change(
        world,
        "$id: ID!, $v: Int!, $l: LabelsInput!",
        "labelCovenant(id: $id, version: $v, labels: $l)",
        on(1),
    )
    .await;
    change(
        world,
        "$id: ID!, $v: Int!",
        "publishCovenant(id: $id, version: $v)",
        json!({ "id": id, "v": 2 }),
    )
    .await;
    for to in to {
        let variables = json!({ "id": id, "g": grant(to) });
        change(
            world,
            "$id: ID!, $g: GrantInput!",
            "shareCovenant(id: $id, grant: $g)",
            variables,
        )
        .await;
    }
    id
}

async fn notices(world: &World, who: &str) -> Vec<Value> {
    let answer = data(world, who, "toezicht", NOTICES, json!({})).await;
    answer["notices"]["nodes"].as_array().expect("notices").clone()
}

async fn kinds(world: &World, who: &str) -> Vec<String> {
    let told = notices(world, who).await;
    told.iter()
        .map(|notice| notice["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

async fn unread(world: &World, who: &str) -> u64 {
    let answer = data(world, who, "toezicht", NOTICES, json!({ "unread": true })).await["notices"].take();
    let count = answer["unreadCount"]["exactly"].as_u64().expect("few");
    let listed = answer["nodes"].as_array().map(Vec::len);
    assert_eq!(listed, usize::try_from(count).ok(), "the count equals the list");
    count
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let (igj, everyone) = (json!({ "organisation": "igj" }), json!({ "everyone": true }));
    step(&world, "REGULAR", std::slice::from_ref(&igj)).await;
    assert_eq!(kinds(&world, "igj.inspector").await, ["LEVEL_SET"]);
    let up = step(&world, "INTENSIVE", &[igj.clone(), everyone.clone()]).await;
    assert_eq!(
        kinds(&world, "igj.inspector").await,
        ["STEPPED_UP", "LEVEL_SET"],
        "once, through whatever grant"
    );
    let told = notices(&world, "jenv.coordinator").await;
    assert_eq!(told.len(), 1, "a partner that may know of it is told");
    assert_eq!(told[0]["supervisionLevel"]["level"], "INTENSIVE");
    assert_eq!(told[0]["supervisionLevel"]["reason"], "Reden voor INTENSIVE.");
    assert_eq!(told[0]["covenant"], Value::Null);
    let none: [String; 0] = [];
    assert_eq!(
        kinds(&world, "ilt.analyst").await,
        none,
        "nobody is told of what the own side did"
    );

    let made = covenant(&world, std::slice::from_ref(&igj)).await;
    let input = json!({ "id": made, "v": 4, "i": input() });
    change(
        &world,
        "$id: ID!, $v: Int!, $i: CovenantInput!",
        "editCovenant(id: $id, version: $v, input: $i)",
        input,
    )
    .await;
    let all = ["COVENANT_CHANGED", "COVENANT_SHARED", "STEPPED_UP", "LEVEL_SET"];
    assert_eq!(kinds(&world, "igj.inspector").await, all, "both kinds, newest first");
    assert_eq!(kinds(&world, "jenv.coordinator").await, ["STEPPED_UP"]);
    // A page at a time is the whole of it.
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = json!({ "first": 1, "after": after });
        let page = data(&world, "igj.inspector", "toezicht", NOTICES, page).await["notices"].take();
        paged.extend(
            page["nodes"]
                .as_array()
                .expect("a page")
                .iter()
                .map(|one| one["kind"].clone()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, all);
    // Marks are each account's own.
    assert_eq!(unread(&world, "igj.inspector").await, 4);
    let mark = "mutation ($n: [ID!]!) { markNoticesRead(notices: $n) }";
    let first = notices(&world, "igj.inspector").await[0]["id"].clone();
    for _ in 0..2 {
        data(&world, "igj.inspector", "toezicht", mark, json!({ "n": [first] })).await;
    }
    assert_eq!(
        (
            unread(&world, "igj.inspector").await,
            unread(&world, "igj.analyst").await
        ),
        (3, 4)
    );
    data(&world, "igj.inspector", "toezicht", MARK, json!({})).await;
    assert_eq!(unread(&world, "igj.inspector").await, 0);
    assert_eq!(kinds(&world, "igj.inspector").await.len(), 4, "what was read stays");

    // Gone with the sight of it, without a trace.
    let grants = up["grants"].as_array().expect("grants");
    for grant in grants {
        let end = "revokeSupervisionLevelGrant(grantId: $id)";
        change(&world, "$id: ID!", end, json!({ "id": grant["id"] })).await;
    }
    assert_eq!(kinds(&world, "jenv.coordinator").await, none);
    let answer = data(&world, "igj.inspector", "toezicht", NOTICES, json!({}))
        .await
        .to_string();
    assert!(
        !answer.contains("STEPPED_UP") && !answer.contains("INTENSIVE"),
        "{answer}"
    );
    for (purpose, count) in [("incidentonderzoek", 0), ("toezicht", 3)] {
        let told = data(&world, "igj.inspector", purpose, NOTICES, json!({})).await;
        assert_eq!(
            told["notices"]["nodes"].as_array().map(Vec::len),
            Some(count),
            "{purpose}"
        );
    }
    world.clock.advance(91 * 86_400 * SECOND);
    assert_eq!(kinds(&world, "igj.inspector").await, none);
}

#[tokio::test]
async fn tells_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_on_postgres() {
    life(On::Postgres).await;
}

/// The records of the reading or counting of which the log has a line, and what was counted.
async fn lines(world: &World, operation: &str) -> Vec<String> {
    let text = "SELECT p.kind || ' ' || p.record_ids || p.fields FROM processing_log p
        JOIN audit_log a ON a.request_id = p.request_id
        WHERE a.subject = 'igj.inspector' AND p.operation = ? AND p.kind IN ('covenant', 'supervision_level')
        ORDER BY p.kind";
    world.look(text, vec![operation.into()]).await
}

/// What was only counted was not read.
async fn counted(on: On) {
    let world = World::peopled(on).await;
    let igj = json!({ "organisation": "igj" });
    step(&world, "REGULAR", std::slice::from_ref(&igj)).await;
    let made = covenant(&world, std::slice::from_ref(&igj)).await;
    let count = "{ notices { unreadCount { exactly } } }";
    let answer = data(&world, "igj.inspector", "toezicht", count, json!({})).await;
    assert_eq!(answer["notices"]["unreadCount"]["exactly"], 2);
    let none: [String; 0] = [];
    assert_eq!(lines(&world, "read").await, none);
    let counts = ["covenant unread notices = 1", "supervision_level unread notices = 1"];
    assert_eq!(lines(&world, "count").await, counts);
    let newest = "{ notices(first: 1) { nodes { kind } } }";
    data(&world, "igj.inspector", "toezicht", newest, json!({})).await;
    let record = made.split_once('_').expect("an id of ours").1;
    assert_eq!(lines(&world, "read").await, [format!("covenant {record}")]);
    world.close().await;
}

#[tokio::test]
async fn what_is_counted_was_not_read_on_sqlite() {
    counted(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_was_not_read_on_postgres() {
    counted(On::Postgres).await;
}

#[tokio::test]
async fn bad_input_is_refused_with_its_place() {
    let world = World::peopled(On::Sqlite).await;
    let mark = "mutation ($n: [ID!]!) { markNoticesRead(notices: $n) }";
    let ask =
        async |query: &str, variables: Value| world.ask_registry("igj.inspector", "toezicht", query, &variables).await;
    for bad in [
        "ntc_",
        "ntc_AAAA",
        "ibx_AAAA",
        "ntc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAbm9uc2Vuc2U",
    ] {
        let reply = ask(mark, json!({ "n": [bad] })).await;
        let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
        let told = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&told["code"], &told["field"]),
            (&json!("INVALID_ID"), &json!("notices.0")),
            "{bad}"
        );
    }
    for (query, variables, code) in [
        (mark, json!({ "n": vec!["ntc_AAAA"; 501] }), "TOO_MANY"),
        (NOTICES, json!({ "after": "zz" }), "INVALID_CURSOR"),
        (NOTICES, json!({ "first": 0 }), "PAGE_SIZE"),
    ] {
        let reply = ask(query, variables).await;
        let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer:#}");
    }
}

async fn outcome(world: &World, cell: &Cell) -> String {
    let organisation = match cell.relation {
        "owner" => "ilt",
        "named" => "igj",
        "at_large" => "jenv",
        "stranger" => "partner",
        other => other,
    };
    let who = format!("{organisation}.{}", cell.role);
    let query = if cell.operation == "mark_notices" {
        MARK
    } else {
        NOTICES
    };
    let reply = world.ask_registry(&who, "toezicht", query, &json!({})).await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    if cell.operation == "mark_notices" {
        return "ok".to_owned();
    }
    let nodes = answer["data"]["notices"]["nodes"].as_array().expect("notices");
    let told = nodes.iter().any(|node| node["kind"] == cell.record.to_uppercase());
    if told { "told" } else { "untold" }.to_owned()
}

async fn matrix(on: On) {
    let world = World::peopled(on).await;
    for (code, participant) in [("partner", false), ("suspended", true)] {
        world.organisation(code, participant).await;
        for role in Role::ALL {
            world
                .account(&format!("{code}.{}", role.code()), code, &[role], 2)
                .await;
        }
    }
    world
        .run(
            "UPDATE account SET suspended_at = 0 WHERE name LIKE 'suspended.%'",
            vec![],
        )
        .await;
    let both = [json!({ "organisation": "igj" }), json!({ "everyone": true })];
    step(&world, "REGULAR", &both).await;
    step(&world, "INTENSIVE", &both).await;
    covenant(&world, &both).await;
    let matrix = Matrix::read("notice", &WORDS);
    let mut executed = 0;
    for (cell, expected) in matrix.cells() {
        executed += 1;
        if cell.relation == "anonymous" {
            let headers = axum::http::HeaderMap::new();
            let reply = world
                .registry
                .execute(&headers, async_graphql::Request::new(MARK))
                .await;
            let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
            assert_eq!(answer["errors"][0]["extensions"]["code"], expected, "{cell:?}");
        } else {
            assert_eq!(outcome(&world, cell).await, expected, "{cell:?}");
        }
    }
    assert_eq!(executed, 9 * 6 * 2 * 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_postgres() {
    matrix(On::Postgres).await;
}
