//! Every cell of `schema/access/cooperation.csv`, executed on both databases.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{BEGINNING, On, World};

use super::{published, text};

const WORDS: Words = Words {
    relations: &["owner", "inspectorate_grant", "stranger", "suspended", "anonymous"],
    operations: &["confirm", "remark", "link", "follow_up", "read_beside"],
    records: &["draft", "published", "retracted"],
};

struct Stage {
    world: World,
    records: Vec<(&'static str, String)>,
    anchor: String,
}

async fn stage(on: On) -> Stage {
    let world = World::peopled(on).await;
    for (role, name) in access::Role::ALL.map(|role| (role, format!("ilt.suspended_{}", role.code()))) {
        world.account(&name, "ilt", &[role], 1).await;
    }
    let suspend = "UPDATE account SET suspended_at = ? WHERE name LIKE 'ilt.suspended%'";
    world.run(suspend, vec![BEGINNING.into()]).await;
    let input = json!({ "title": "Concept", "narrative": "x", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z" });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let draft = text(&made["recordSignal"]["signal"]["id"]);
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": draft }))
        .await;
    let (out, gone) = (
        published(&world, "Uit", &["igj"]).await,
        published(&world, "Weg", &["igj"]).await,
    );
    let retract = "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"proef\") { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", retract, json!({ "id": gone }))
        .await;
    let anchor = published(&world, "Anker", &["igj", "nvwa"]).await;
    let records = vec![("draft", draft), ("published", out), ("retracted", gone)];
    Stage { world, records, anchor }
}

impl Stage {
    fn query(&self, cell: &Cell) -> String {
        let (_, id) = self
            .records
            .iter()
            .find(|(name, _)| *name == cell.record)
            .expect("a record of each");
        match cell.operation {
            "confirm" => {
                format!("mutation {{ confirmSignal(id: \"{id}\", input: {{ kind: SEEN_TOO }}) {{ signal {{ id }} }} }}")
            }
            "remark" => format!("mutation {{ addRemark(id: \"{id}\", text: \"Proef.\") {{ signal {{ id }} }} }}"),
            "link" => format!(
                "mutation {{ linkSignals(from: \"{id}\", to: \"{}\", kind: RELATED) {{ signal {{ id }} }} }}",
                self.anchor
            ),
            "follow_up" => format!("mutation {{ takeUpSignal(id: \"{id}\") {{ signal {{ id }} }} }}"),
            _ => format!(
                "{{ signal(id: \"{id}\") {{ confirmations {{ nodes {{ id }} }} remarks {{ nodes {{ id }} }}
                    followUps {{ nodes {{ id }} }} links {{ nodes {{ id }} }} }} }}"
            ),
        }
    }

    async fn answer(&self, cell: &Cell) -> Value {
        let query = self.query(cell);
        let who = match cell.relation {
            "owner" => format!("ilt.{}", cell.role),
            "inspectorate_grant" => format!("igj.{}", cell.role),
            "stranger" => format!("nvwa.{}", cell.role),
            "suspended" => format!("ilt.suspended_{}", cell.role),
            _ => {
                let request = async_graphql::Request::new(query);
                let reply = self.world.signals.execute(&HeaderMap::new(), request).await;
                assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{cell:?}");
                return serde_json::to_value(&reply.response).expect("an answer is JSON");
            }
        };
        self.world.ask(&who, "toezicht", &query, json!({})).await
    }

    async fn check(&self, cell: &Cell, expected: &str) {
        let answer = self.answer(cell).await;
        let got = match (answer["errors"][0]["extensions"]["code"].as_str(), &answer["data"]) {
            (Some(code), _) => code,
            (None, data) if data["signal"].is_null() && cell.operation == "read_beside" => "hidden",
            (None, _) => "ok",
        };
        assert_eq!(got, expected, "{cell:?}: {answer}");
    }
}

async fn executed(on: On) {
    let stage = stage(on).await;
    let matrix = Matrix::read("cooperation", &WORDS);
    let before = stage.world.everything().await;
    let mut cells = 0;
    for (cell, expected) in matrix.cells().filter(|(_, expected)| *expected != "ok") {
        stage.check(cell, expected).await;
        cells += 1;
    }
    assert_eq!(
        stage.world.everything().await,
        before,
        "what is refused changes nothing"
    );
    for (cell, expected) in matrix.cells().filter(|(_, expected)| *expected == "ok") {
        stage.check(cell, expected).await;
        cells += 1;
    }
    assert_eq!(cells, WORDS.cells().len());
    let added = "SELECT CAST(COUNT(*) AS TEXT) FROM signal_remark";
    assert_eq!(stage.world.look(added, vec![]).await, ["6"], "what is allowed is done");
}

#[tokio::test]
async fn holds_on_sqlite() {
    executed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_on_postgres() {
    executed(On::Postgres).await;
}
