//! `schema/access/break_glass.csv`, every cell on both databases.

use std::collections::BTreeMap;

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::{code, headers, request};
use tests::world::{On, World, id};

use super::{BREAK, REVIEW, number, numbered};
use crate::access_request::{EXISTENCE, RECORD, published, text};

const WORDS: Words = Words {
    relations: &[
        "outsider",
        "reader",
        "owner",
        "non_participant",
        "suspended",
        "anonymous",
    ],
    operations: &["break_glass", "read_break_glass", "review_break_glass"],
    records: &[
        "plain",
        "red",
        "closed",
        "draft",
        "retracted",
        "frozen",
        "too_high",
        "unknown",
    ],
};

/// A record's number, and the case of when IGJ's `opener` opened it.
struct Record {
    number: String,
    case: String,
}

struct Stage {
    world: World,
    records: BTreeMap<&'static str, Record>,
}

async fn stage(on: On) -> Stage {
    let world = World::peopled(on).await;
    for organisation in ["partner", "gone"] {
        world.organisation(organisation, organisation == "gone").await;
        for role in Role::ALL {
            world
                .account(&format!("{organisation}.{}", role.code()), organisation, &[role], 2)
                .await;
        }
    }
    world.account("igj.opener", "igj", &[Role::Inspector], 2).await;
    world.account("ilt.second", "ilt", &[Role::Inspector], 2).await;
    let mut records = BTreeMap::new();
    for name in WORDS.records {
        records.insert(*name, record(&world, name).await);
    }
    world
        .run("UPDATE account SET suspended_at = 0 WHERE name LIKE 'gone%'", vec![])
        .await;
    Stage { world, records }
}

async fn record(world: &World, name: &str) -> Record {
    let no_case = format!("brk_{}", id("no case").simple());
    if name == "unknown" {
        let number = "ILT-2026-99999".to_owned();
        return Record { number, case: no_case };
    }
    if name == "draft" {
        let input = json!({ "title": name, "narrative": "n", "category": "chemicals", "severity": "MINOR",
            "observedFrom": "2026-05-30T08:00:00Z" });
        let made = world
            .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
            .await;
        let number = number(world, &text(&made["recordSignal"]["signal"]["id"])).await;
        return Record { number, case: no_case };
    }
    let signal = published(world, name, json!({})).await;
    let number = number(world, &signal).await;
    let opened = world.data("igj.opener", "toezicht", BREAK, numbered(&number)).await;
    let case = text(&opened["breakGlass"]["case"]["id"]);
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"nvwa\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let label =
        "mutation ($id: ID!, $l: LabelsInput!) { labelSignal(id: $id, version: 3, labels: $l) { warnings { code } } }";
    let retract = "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"r\") { warnings { code } } }";
    if name == "frozen" {
        let freeze = "mutation ($n: String!) { placeHold(kind: FREEZE, number: $n, reason: \"r\") { id } }";
        let variables = json!({ "n": number });
        world.data("ilt.privacy_officer", "toezicht", freeze, variables).await;
        return Record { number, case };
    }
    let (query, variables) = match name {
        "red" => (label, json!({ "id": signal, "l": { "tlp": "RED" } })),
        "too_high" => (
            label,
            json!({ "id": signal, "l": { "rank": "DEPARTEMENTAAL_VERTROUWELIJK" } }),
        ),
        "closed" => (EXISTENCE, json!({ "id": signal, "v": 3, "d": "NONE", "c": true })),
        "retracted" => (retract, json!({ "id": signal })),
        _ => (label, json!({ "id": signal, "l": { "useLimit": "SUPERVISION" } })),
    };
    world.data("ilt.inspector", "toezicht", query, variables).await;
    Record { number, case }
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

    async fn outcome(&self, cell: &Cell) -> String {
        let record = &self.records[cell.record];
        let (query, variables) = match cell.operation {
            "break_glass" => (BREAK, numbered(&record.number)),
            "read_break_glass" => (
                "query ($id: ID!) { breakGlassCase(id: $id) { id } }",
                json!({ "id": record.case }),
            ),
            _ => {
                let anew = "UPDATE break_glass SET reviewed_at = NULL, justified = NULL";
                self.world.run(anew, vec![]).await;
                (REVIEW, json!({ "id": record.case, "ok": false }))
            }
        };
        let answer = self.answer(cell, query, variables).await;
        if let Some(code) = code(&answer) {
            return code.to_owned();
        }
        let hidden = cell.operation == "read_break_glass" && answer["data"]["breakGlassCase"] == Value::Null;
        if hidden { "hidden" } else { "ok" }.to_owned()
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
    let matrix = Matrix::read("break_glass", &WORDS);
    let mut wrong = Vec::new();
    for (cell, outcome) in matrix.cells() {
        let found = stage.outcome(cell).await;
        if found != outcome {
            wrong.push(format!("{cell:?}: {found}, and the file says {outcome}"));
        }
    }
    assert_eq!(matrix.cells().count(), 9 * 6 * 3 * 8);
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
