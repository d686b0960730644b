//! `schema/access/access_request.csv`, every cell on both databases.

use std::collections::BTreeMap;

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::{code, headers, request};
use tests::world::{On, World};

use super::{APPROVE, DISCOVER, ONWARD, REQUEST, about_party, chosen, handle, plea, published, text};

const WORDS: Words = Words {
    relations: &[
        "outsider",
        "reader",
        "owner",
        "non_participant",
        "suspended",
        "anonymous",
    ],
    operations: &[
        "discover",
        "request_access",
        "request_onward",
        "decide_access",
        "read_requests",
    ],
    records: &["hit", "title", "untold", "amber_strict", "red", "retracted", "too_high"],
};

/// A record with the handle and the request that were made while it could be asked for.
struct Record {
    signal: String,
    handle: String,
    request: String,
}

struct Stage {
    world: World,
    records: BTreeMap<&'static str, Record>,
}

/// Outsiders are IGJ, readers NVWA; what was asked, IGJ's `asker` asked, who is no role of the cells.
async fn stage(on: On) -> Stage {
    let world = World::peopled(on).await;
    for organisation in ["partner", "gone"] {
        world.organisation(organisation, organisation == "gone").await;
        for role in Role::ALL {
            world
                .account(&format!("{organisation}.{}", role.code()), organisation, &[role], 1)
                .await;
        }
    }
    world.account("igj.asker", "igj", &[Role::Inspector], 2).await;
    let mut records = BTreeMap::new();
    for name in WORDS.records {
        // One at a time, so that the handle is the only one.
        records.insert(*name, record(&world, name).await);
    }
    for (name, record) in &records {
        settle(&world, name, &record.signal).await;
    }
    let lower = "UPDATE account SET clearance = 1 WHERE name NOT IN ('igj.asker', 'ilt.inspector')";
    world.run(lower, vec![]).await;
    world
        .run("UPDATE account SET suspended_at = 0 WHERE name LIKE 'gone%'", vec![])
        .await;
    // The records are another inspector's of the ILT than the one in the cells.
    world
        .run("UPDATE account SET issuer = 'x' WHERE name = 'ilt.inspector'", vec![])
        .await;
    world.account("ilt.second", "ilt", &[Role::Inspector], 1).await;
    Stage { world, records }
}

async fn record(world: &World, name: &str) -> Record {
    let signal = published(world, name, json!({})).await;
    chosen(world, &signal, "HIT", false).await;
    let handle = handle(world, "igj.asker").await;
    let made = world
        .data("igj.asker", "toezicht", REQUEST, json!({ "d": handle, "plea": plea() }))
        .await;
    let request = text(&made["requestAccess"]["id"]);
    // Out of the way of the next.
    world.run("UPDATE signal_discovery SET mode = 0", vec![]).await;
    Record {
        signal,
        handle,
        request,
    }
}

/// What the record is in the end, shared with NVWA; the handle stays what it was.
async fn settle(world: &World, name: &str, signal: &str) {
    let hide = "UPDATE signal_discovery SET mode = 1 WHERE signal_id IN (SELECT id FROM signal WHERE title = ?)";
    world.run(hide, vec![name.into()]).await;
    let on = |version: i32| format!("id: \"{signal}\", version: {version}");
    let share = format!(
        "shareSignal(id: \"{signal}\", grant: {{ to: {{ organisation: \"nvwa\" }}, purpose: \"toezicht\", legalBasis: \"demo\" }})"
    );
    let last = match name {
        "title" => format!("labelExistence({}, existence: {{ discoverable: TITLE }})", on(4)),
        "untold" => format!("labelExistence({}, existence: {{ discoverable: NONE }})", on(4)),
        "amber_strict" => format!("labelSignal({}, labels: {{ tlp: AMBER_STRICT }})", on(4)),
        "red" => format!("labelSignal({}, labels: {{ tlp: RED }})", on(4)),
        "retracted" => format!("retractSignal({}, reason: \"r\")", on(4)),
        "too_high" => format!(
            "labelSignal({}, labels: {{ rank: DEPARTEMENTAAL_VERTROUWELIJK }})",
            on(4)
        ),
        _ => format!("labelSignal({}, labels: {{ useLimit: SUPERVISION }})", on(4)),
    };
    for call in [share, last] {
        let call = format!("mutation {{ {call} {{ warnings {{ code }} }} }}");
        world.data("ilt.inspector", "toezicht", &call, json!({})).await;
    }
}

impl Stage {
    fn who(cell: &Cell) -> String {
        let organisation = match cell.relation {
            "outsider" | "anonymous" => "igj",
            "reader" => "nvwa",
            "owner" => "ilt",
            "non_participant" => "partner",
            _ => "gone",
        };
        match (organisation, cell.role) {
            ("ilt", "inspector") => "ilt.second".to_owned(),
            (_, role) => format!("{organisation}.{role}"),
        }
    }

    /// What comes of a cell, in the words of the file.
    async fn outcome(&self, cell: &Cell) -> String {
        let record = &self.records[cell.record];
        let plea = plea();
        let (query, variables) = match cell.operation {
            "discover" => (DISCOVER, about_party()),
            "request_access" => (REQUEST, json!({ "d": record.handle, "plea": plea, "for": "ACCOUNT" })),
            "request_onward" => (
                ONWARD,
                json!({ "id": record.signal, "to": { "organisation": "jenv" }, "plea": plea }),
            ),
            "decide_access" => (APPROVE, json!({ "id": record.request, "n": { "onlyAccount": true } })),
            _ => (
                "query ($id: ID!) { accessRequest(id: $id) { id } }",
                json!({ "id": record.request }),
            ),
        };
        let answer = self.answer(cell, query, variables).await;
        if let Some(code) = code(&answer) {
            return code.to_owned();
        }
        let there = match cell.operation {
            "discover" => {
                let nodes = answer["data"]["discoveries"]["nodes"]
                    .as_array()
                    .expect("a list")
                    .clone();
                let found = nodes.iter().find(|node| node["id"] == json!(record.handle));
                let titled = found.is_some_and(|found| found["title"] == json!(cell.record));
                assert_eq!(
                    found.is_some() && cell.record == "title",
                    titled,
                    "{cell:?}: the title, and no other"
                );
                found.is_some()
            }
            "read_requests" => answer["data"]["accessRequest"] != Value::Null,
            _ => true,
        };
        if there { "ok" } else { "hidden" }.to_owned()
    }

    async fn answer(&self, cell: &Cell, query: &str, variables: Value) -> Value {
        if cell.relation == "anonymous" {
            let asked = request(query, &variables);
            let reply = self.world.signals.execute(&headers("toezicht"), asked).await;
            return serde_json::to_value(reply.response).expect("an answer is JSON");
        }
        self.world.ask(&Self::who(cell), "toezicht", query, variables).await
    }
}

async fn execute(on: On) {
    let stage = stage(on).await;
    let matrix = Matrix::read("access_request", &WORDS);
    let mut wrong = Vec::new();
    for (cell, outcome) in matrix.cells() {
        let found = stage.outcome(cell).await;
        if found != outcome {
            wrong.push(format!("{cell:?}: {found}, and the file says {outcome}"));
        }
    }
    assert_eq!(matrix.cells().count(), 9 * 6 * 5 * 7);
    assert!(wrong.is_empty(), "{on:?}: {} cells:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn as_written_on_sqlite() {
    execute(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_written_on_postgres() {
    execute(On::Postgres).await;
}
