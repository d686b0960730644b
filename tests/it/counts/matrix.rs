//! The matrix of counts and pseudonyms, `schema/access/counts.csv`, cell by cell on both databases.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::{code, headers, request};
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &[
        "owner",
        "inspectorate_grant",
        "circle_grant",
        "stranger",
        "anonymous",
        "suspended",
    ],
    operations: &[
        "read_counts",
        "read_trend",
        "count_persons",
        "count_persons_otherwise",
        "read_pseudonyms",
        "read_pseudonyms_otherwise",
    ],
    records: &["draft", "published", "retracted"],
};

/// The urgency by which each record is found alone.
fn urgency(record: &str) -> &'static str {
    match record {
        "draft" => "ROUTINE",
        "published" => "SOON",
        _ => "IMMEDIATE",
    }
}

/// A signal of the ILT in each state, shared with IGJ by name and with NVWA through a circle, under two purposes.
async fn stage(on: On) -> World {
    let world = World::peopled(on).await;
    world.circle("proef", &["nvwa"], &["toezicht", "risicoanalyse"]).await;
    let asks = async |query: &str, variables: Value| world.data("ilt.inspector", "toezicht", query, variables).await;
    for record in WORDS.records {
        let input = json!({ "title": "Proefstuk", "narrative": "Damp.", "category": "chemicals", "severity": "MINOR",
            "urgency": urgency(record), "observedFrom": "2026-05-01T00:00:00Z", "personsInvolved": ["Kanarie Een"],
            "reporter": { "name": "Kanarie Twee" } });
        let made = asks(
            "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }",
            json!({ "i": input }),
        )
        .await;
        let signal = &made["recordSignal"]["signal"]["id"];
        if *record != "draft" {
            asks(
                "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }",
                json!({ "id": signal }),
            )
            .await;
        }
        for (to, purpose) in [
            (json!({ "organisation": "igj" }), "toezicht"),
            (json!({ "organisation": "igj" }), "risicoanalyse"),
            (json!({ "circle": "proef" }), "toezicht"),
            (json!({ "circle": "proef" }), "risicoanalyse"),
        ] {
            let grant = json!({ "to": to, "purpose": purpose, "legalBasis": "demo" });
            asks(
                "mutation ($id: ID!, $g: GrantInput!) { shareSignal(id: $id, grant: $g) { warnings { code } } }",
                json!({ "id": signal, "g": grant }),
            )
            .await;
        }
        if *record == "retracted" {
            asks(
                "mutation ($id: ID!) { retractSignal(id: $id, version: 6, reason: \"proef\") { warnings { code } } }",
                json!({ "id": signal }),
            )
            .await;
        }
    }
    for role in access::Role::ALL.map(access::Role::code) {
        let name = format!("ilt.{role}.suspended");
        world
            .account(&name, "ilt", &[access::Role::from_code(role).expect("a role")], 2)
            .await;
        world
            .run(
                "UPDATE account SET suspended_at = 0 WHERE id = ?",
                vec![id(&name).into()],
            )
            .await;
    }
    world
}

fn query(operation: &str) -> &'static str {
    match operation {
        "read_counts" => {
            "query ($f: SignalFilter) { signalCounts(by: [CATEGORY], filter: $f) { total { exactly } breakdowns { buckets { key } } } }"
        }
        "read_trend" => "query ($f: SignalFilter) { signalTrend(filter: $f) { total { exactly } points { period } } }",
        "count_persons" | "count_persons_otherwise" => {
            "query ($f: SignalFilter) { signalCounts(by: [PERSON], filter: $f) { total { exactly } breakdowns { buckets { key count { exactly } } } } }"
        }
        _ => {
            "query ($f: SignalFilter) { signals(filter: $f) { nodes { personPseudonyms reporterPseudonym maskedFields { field reason } } } }"
        }
    }
}

async fn answer(world: &World, cell: &Cell) -> Value {
    let variables = json!({ "f": { "urgencies": { "in": [urgency(cell.record)] } } });
    let purpose = if cell.operation.ends_with("_otherwise") {
        "toezicht"
    } else {
        "risicoanalyse"
    };
    let who = match cell.relation {
        "owner" => format!("ilt.{}", cell.role),
        "inspectorate_grant" => format!("igj.{}", cell.role),
        "circle_grant" => format!("nvwa.{}", cell.role),
        "stranger" => format!("jenv.{}", cell.role),
        "suspended" => format!("ilt.{}.suspended", cell.role),
        _ => {
            let asked = request(query(cell.operation), &variables);
            let reply = world.signals.execute(&headers(purpose), asked).await;
            return serde_json::to_value(reply.response).expect("an answer is JSON");
        }
    };
    world.ask(&who, purpose, query(cell.operation), variables).await
}

/// In what the answer ends, in the matrix's words.
fn outcome(answer: &Value, operation: &str) -> String {
    if let Some(code) = code(answer) {
        return code.to_owned();
    }
    let data = &answer["data"];
    let numbers = |counts: &Value, parts: usize| match (counts["total"]["exactly"].as_u64(), parts) {
        (Some(0), 0) => "hidden".to_owned(),
        (Some(1), 1) => "ok".to_owned(),
        (Some(1), 0) => "none".to_owned(),
        other => format!("{other:?}"),
    };
    let length = |list: &Value| list.as_array().expect("a list").len();
    match operation {
        "read_trend" => numbers(&data["signalTrend"], length(&data["signalTrend"]["points"])),
        "read_counts" | "count_persons" | "count_persons_otherwise" => {
            let counts = &data["signalCounts"];
            numbers(counts, length(&counts["breakdowns"][0]["buckets"]))
        }
        _ => {
            let nodes = data["signals"]["nodes"].as_array().expect("a list");
            let Some(node) = nodes.first() else {
                return "hidden".to_owned();
            };
            let masked = node["maskedFields"].as_array().expect("a list");
            let of = |name: &str| masked.iter().find(|masked| masked["field"] == name).cloned();
            let reason = of("personPseudonyms");
            assert_eq!(
                reason.as_ref().map(|masked| &masked["reason"]),
                of("reporterPseudonym").as_ref().map(|masked| &masked["reason"]),
                "both or neither"
            );
            match (&node["personPseudonyms"], &node["reporterPseudonym"], reason) {
                (Value::Null, Value::Null, Some(masked)) => {
                    format!("masked {}", masked["reason"].as_str().expect("a reason"))
                }
                (Value::Null, Value::Null, None) => "none".to_owned(),
                (Value::Array(persons), Value::String(reporter), None) => {
                    let pseudonym = |text: &str| text.starts_with("psn_") && text.len() == 36;
                    assert!(
                        persons.len() == 1 && pseudonym(persons[0].as_str().expect("a text")) && pseudonym(reporter)
                    );
                    "ok".to_owned()
                }
                other => format!("{other:?}"),
            }
        }
    }
}

async fn holds(on: On) {
    let world = stage(on).await;
    let (mut cells, mut outcomes) = (0, BTreeMap::new());
    for (cell, expected) in Matrix::read("counts", &WORDS).cells() {
        let answer = answer(&world, cell).await;
        assert_eq!(outcome(&answer, cell.operation), expected, "{cell:?}: {answer}");
        assert!(
            !answer.to_string().to_lowercase().contains("kanarie"),
            "{cell:?}: {answer}"
        );
        *outcomes.entry(expected.to_owned()).or_insert(0) += 1;
        cells += 1;
    }
    println!("{on:?}: {cells} cells, {outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_of_counts_holds_on_sqlite() {
    holds(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_of_counts_holds_on_postgres() {
    holds(On::Postgres).await;
}
