//! Reading by every way there is: one by one, as list, by each filter, by search, as entity, through the party, as a
//! count; and what is shown of what is read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tests::world::id;

use super::stage::{Actor, Caller, STATED, Stage, text};
use super::table::{Cell, Matrix};

/// Every filter that all records of the stage fit.
fn filters() -> Vec<Value> {
    vec![
        json!({}),
        json!({ "category": "chemicals" }),
        json!({ "severity": "SERIOUS" }),
        json!({ "party": party() }),
        json!({ "site": format!("sit_{}", id("site").simple()) }),
        json!({ "region": "VR17" }),
        json!({ "observedFrom": "2026-05-30T00:00:00Z", "observedUntil": "2026-05-31T00:00:00Z" }),
        json!({ "owner": "ilt" }),
        json!({ "text": "PROEFSTUK kijfhoek" }),
        json!({ "party": party(), "region": "VR17", "text": "damp", "category": "chemicals" }),
    ]
}

fn party() -> String {
    format!("pty_{}", id("party").simple())
}

const LIST: &str = "query ($f: SignalFilter) { signals(first: 500, filter: $f) {
    nodes { id } totalCount { exactly } pageInfo { hasNextPage } } }";
const SHOWN: &str = "{ signals(first: 500) { edges { node { id grants { id } reporter { name } personsInvolved
    maskedFields { field reason } } } } }";
const SIGNAL_ENTITIES: &str = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Signal { id title } } }";
const PARTY_ENTITY: &str = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty {
    signals(first: 500) { nodes { id } totalCount { exactly } } } } }";

const COPY: &str = "{ changes(first: 500) { nodes { kind id signal { title } } hasMore } }";

/// Asks as everybody under everything and compares with the matrix.
pub async fn execute(stage: &Stage, matrix: &Matrix, done: &mut BTreeSet<Cell>) {
    for caller in &stage.callers {
        for (class, stated) in STATED {
            let decided = |operation: &'static str| -> Vec<(&Actor, Cell, &str)> {
                let cell = |record| caller.cell(record, operation, class);
                stage
                    .records
                    .iter()
                    .map(|record| (record, cell(record), matrix.outcome(&cell(record))))
                    .collect()
            };
            let reads = decided("read");
            let refusals: BTreeSet<&str> = reads
                .iter()
                .map(|(_, _, outcome)| *outcome)
                .filter(|outcome| !["ok", "hidden"].contains(outcome))
                .collect();
            match refusals.iter().next() {
                Some(code) => {
                    let alike = reads.iter().all(|(_, _, outcome)| outcome == code);
                    assert!(
                        alike,
                        "{caller:?} under {class}: refused as a caller, so for every record"
                    );
                    refused(stage, caller, stated, code).await;
                }
                None => {
                    let visible: BTreeSet<String> = reads
                        .iter()
                        .filter(|(_, _, outcome)| *outcome == "ok")
                        .map(|(record, _, _)| record.id.clone())
                        .collect();
                    everywhere(stage, caller, stated, &visible).await;
                    shown(stage, caller, stated, &[decided("read_grants"), decided("unmask")]).await;
                }
            }
            for operation in ["read", "read_grants", "unmask"] {
                done.extend(decided(operation).into_iter().map(|(_, cell, _)| cell));
            }
        }
    }
    anonymous(stage, matrix, done).await;
}

async fn refused(stage: &Stage, caller: &Caller, stated: &str, code: &str) {
    let first = &stage.records[0].id;
    let signal = json!([{ "__typename": "Signal", "id": first }]);
    let about = json!([{ "__typename": "SupervisedParty", "id": party() }]);
    let mut asked = vec![
        ("query ($id: ID!) { signal(id: $id) { id } }", json!({ "id": first })),
        (SHOWN, json!({})),
        (SIGNAL_ENTITIES, json!({ "r": signal })),
        (PARTY_ENTITY, json!({ "r": about })),
        (COPY, json!({})),
    ];
    asked.extend(filters().into_iter().map(|filter| (LIST, json!({ "f": filter }))));
    for (query, variables) in asked {
        let got = stage.world.refusal(&caller.account, stated, query, variables).await;
        assert_eq!(got, code, "{caller:?} under `{stated}`: {query}");
    }
    for accept in ["text/csv", "application/x-ndjson"] {
        let got = stage
            .world
            .export(&caller.account, stated, accept, "personal=true")
            .await;
        let got = got.map(|_| ()).map_err(|problem| problem.code().to_owned());
        assert_eq!(got, Err(code.to_owned()), "{caller:?} under `{stated}`: export");
    }
}

fn ids(nodes: &Value) -> BTreeSet<String> {
    let nodes = nodes.as_array().unwrap_or_else(|| panic!("no list: {nodes}"));
    nodes
        .iter()
        .filter(|node| !node.is_null())
        .map(|node| text(&node["id"]))
        .collect()
}

fn same(found: &BTreeSet<String>, visible: &BTreeSet<String>, stage: &Stage, what: &str) {
    let named = |ids: BTreeSet<&String>| -> Vec<&Actor> {
        stage
            .records
            .iter()
            .filter(|record| ids.contains(&record.id))
            .take(3)
            .collect()
    };
    let leaked = named(found.difference(visible).collect());
    let denied = named(visible.difference(found).collect());
    assert!(found == visible, "{what}\n  leaked: {leaked:?}\n  denied: {denied:?}");
}

/// The same records on every way.
async fn everywhere(stage: &Stage, caller: &Caller, stated: &str, visible: &BTreeSet<String>) {
    let world = &stage.world;
    let who = &caller.account;
    let what = |way: &str| format!("{who} under {stated} by {way}");
    for filter in filters() {
        let answer = world.data(who, stated, LIST, json!({ "f": filter })).await;
        let list = &answer["signals"];
        same(&ids(&list["nodes"]), visible, stage, &what(&filter.to_string()));
        assert_eq!(list["totalCount"]["exactly"], json!(visible.len()), "{}", what("count"));
        assert_eq!(list["pageInfo"]["hasNextPage"], false);
    }
    by_circle(stage, caller, stated, visible).await;
    for other in [
        json!({ "severity": "MINOR" }),
        json!({ "text": "Canarie" }),
        json!({ "owner": "igj" }),
    ] {
        let answer = world.data(who, stated, LIST, json!({ "f": other })).await;
        assert_eq!(
            answer["signals"]["totalCount"]["exactly"],
            0,
            "{}",
            what(&other.to_string())
        );
    }
    let copied = world.data(who, stated, COPY, json!({})).await;
    let copied = &copied["changes"];
    same(&ids(&copied["nodes"]), visible, stage, &what("change feed"));
    assert_eq!(copied["hasMore"], false);
    let lines = world.exported_lines(who, stated, "").await;
    same(&tests::export::ids(&lines), visible, stage, &what("export of lines"));
    let table = world.exported_table(who, stated, "owner=ilt").await;
    same(&tests::export::ids(&table), visible, stage, &what("export of CSV"));
    let named: Vec<String> = stage
        .records
        .iter()
        .enumerate()
        .map(|(place, record)| format!("s{place}: signal(id: \"{}\") {{ id }}", record.id))
        .collect();
    let answer = world
        .data(who, stated, &format!("{{ {} }}", named.join(" ")), json!({}))
        .await;
    let nodes: Vec<Value> = answer.as_object().expect("an answer").values().cloned().collect();
    same(&ids(&json!(nodes)), visible, stage, &what("id"));
    let keys: Vec<Value> = stage
        .records
        .iter()
        .map(|record| json!({ "__typename": "Signal", "id": record.id }))
        .collect();
    let answer = world.data(who, stated, SIGNAL_ENTITIES, json!({ "r": keys })).await;
    same(&ids(&answer["_entities"]), visible, stage, &what("entity"));
    let key = json!([{ "__typename": "SupervisedParty", "id": party() }]);
    let answer = world.data(who, stated, PARTY_ENTITY, json!({ "r": key })).await;
    let about = &answer["_entities"][0]["signals"];
    same(&ids(&about["nodes"]), visible, stage, &what("party"));
    assert_eq!(
        about["totalCount"]["exactly"],
        json!(visible.len()),
        "{}",
        what("party's count")
    );
}

/// What is shared with a circle, as member or as owner of what is granted to it.
async fn by_circle(stage: &Stage, caller: &Caller, stated: &str, visible: &BTreeSet<String>) {
    let granted = |record: &&Actor| {
        let live = record.grant != "revoked" && !record.record.starts_with("red");
        let reaches = ["owner", "author", "circle_grant", "listed_circle_grant"].contains(&caller.relation(record));
        record.kind == "circle" && live && reaches && visible.contains(&record.id)
    };
    let expected: BTreeSet<String> = stage
        .records
        .iter()
        .filter(granted)
        .map(|record| record.id.clone())
        .collect();
    let answer = stage
        .world
        .data(&caller.account, stated, LIST, json!({ "f": { "circle": "ring" } }))
        .await;
    let what = format!("{} under {stated} by circle", caller.account);
    same(&ids(&answer["signals"]["nodes"]), &expected, stage, &what);
    assert_eq!(
        answer["signals"]["totalCount"]["exactly"],
        json!(expected.len()),
        "{what}"
    );
}

/// What is shown of each visible record.
async fn shown(stage: &Stage, caller: &Caller, stated: &str, decided: &[Vec<(&Actor, Cell, &str)>]) {
    let answer = stage.world.data(&caller.account, stated, SHOWN, json!({})).await;
    let edges = answer["signals"]["edges"].as_array().expect("a list").clone();
    let nodes: BTreeMap<String, Map<String, Value>> = edges
        .into_iter()
        .map(|edge| {
            (
                text(&edge["node"]["id"]),
                edge["node"].as_object().expect("a signal").clone(),
            )
        })
        .collect();
    let exported = stage
        .world
        .exported_lines(&caller.account, stated, "personal=true")
        .await;
    for row in &exported {
        let node = &nodes[&text(&row["id"])];
        for field in ["reporter", "personsInvolved"] {
            let contact_aside = row[field].get("name").unwrap_or(&row[field]);
            let seen = node[field].get("name").unwrap_or(&node[field]);
            assert_eq!(
                contact_aside, seen,
                "{} under {stated}: {field} as exported",
                caller.account
            );
        }
    }
    for (record, cell, outcome) in decided.iter().flatten() {
        let Some(node) = nodes.get(&record.id) else {
            assert_eq!(*outcome, "hidden", "{cell:?}");
            continue;
        };
        let unmasking = cell.operation == "unmask";
        let field = if unmasking { "reporter" } else { "grants" };
        let reason = node["maskedFields"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|masked| masked["field"] == field);
        let got = match reason {
            None => "ok".to_owned(),
            Some(masked) => format!("masked {}", text(&masked["reason"])),
        };
        assert_eq!(got, *outcome, "{} under {stated}: {cell:?}", caller.account);
        if unmasking {
            let persons = if got == "ok" {
                json!(["Canarie Betrokkene"])
            } else {
                Value::Null
            };
            assert_eq!(node["personsInvolved"], persons, "{cell:?}");
            let name = if got == "ok" {
                json!("Canarie Melder")
            } else {
                Value::Null
            };
            assert_eq!(
                node["reporter"].get("name").cloned().unwrap_or_default(),
                name,
                "{cell:?}"
            );
        } else {
            assert_eq!(node["grants"].is_null(), got != "ok", "{cell:?}");
        }
    }
}

/// Without a token there is no answer at all, whatever is asked.
async fn anonymous(stage: &Stage, matrix: &Matrix, done: &mut BTreeSet<Cell>) {
    for cell in super::table::cells()
        .into_iter()
        .filter(|cell| cell.relation == "anonymous")
    {
        assert_eq!(matrix.outcome(&cell), "TOKEN_MISSING", "{cell:?}");
        done.insert(cell);
    }
    let signal = &stage.records[0].id;
    let mut asked = vec![
        format!("{{ signal(id: \"{signal}\") {{ id }} }}"),
        SHOWN.to_owned(),
        "{ importProfiles { name } }".to_owned(),
        "{ __typename }".to_owned(),
    ];
    asked.extend(
        super::writes::texts(&stage.records[0])
            .into_iter()
            .map(|(_, text)| text),
    );
    for (query, (_, stated)) in asked.iter().flat_map(|query| STATED.map(|stated| (query, stated))) {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("samenzicht-purpose", stated.parse().expect("a purpose fits a header"));
        let reply = stage
            .world
            .signals
            .execute(&headers, async_graphql::Request::new(query))
            .await;
        assert_eq!(reply.status, axum::http::StatusCode::UNAUTHORIZED, "{query}");
        let answer = serde_json::to_value(&reply.response).expect("an answer is JSON");
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "TOKEN_MISSING",
            "{query}: {answer}"
        );
        assert_eq!(answer["data"], Value::Null, "{query}");
    }
}
