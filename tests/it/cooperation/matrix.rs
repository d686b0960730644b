//! Every cell of `schema/access/cooperation.csv`, executed on both databases.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{BEGINNING, On, World};

use super::{published, text};

const WORDS: Words = Words {
    relations: &["owner", "inspectorate_grant", "stranger", "suspended", "anonymous"],
    operations: &[
        "confirm",
        "propose",
        "remark",
        "link",
        "follow_up",
        "decide_proposal",
        "read_beside",
    ],
    records: &["draft", "published", "retracted"],
};

struct Stage {
    world: World,
    records: Vec<(&'static str, String)>,
    anchor: String,
    /// A proposal for each record that can have one.
    proposals: Vec<(&'static str, String)>,
}

/// A proposal of the IGJ on a published signal.
async fn proposed(world: &World, signal: &str, place: &str) -> String {
    let propose = format!(
        "mutation {{ proposeCorrection(id: \"{signal}\", version: 3, changes: {{ place: \"{place}\" }}, reason: \"Daar.\") {{ proposal {{ id }} }} }}"
    );
    let made = world.data("igj.coordinator", "toezicht", &propose, json!({})).await;
    text(&made["proposeCorrection"]["proposal"]["id"])
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
    let proposals = vec![
        ("draft", format!("prp_{}", tests::world::id("nothing").simple())),
        ("published", proposed(&world, &out, "Botlek").await),
        ("retracted", proposed(&world, &gone, "Botlek").await),
    ];
    let retract = "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"proef\") { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", retract, json!({ "id": gone }))
        .await;
    let anchor = published(&world, "Anker", &["igj", "nvwa"]).await;
    let records = vec![("draft", draft), ("published", out), ("retracted", gone)];
    Stage {
        world,
        records,
        anchor,
        proposals,
    }
}

impl Stage {
    fn query(&self, cell: &Cell) -> String {
        let of = |list: &[(&'static str, String)]| {
            let found = list.iter().find(|(name, _)| *name == cell.record);
            found.map(|(_, id)| id.clone()).expect("one of each")
        };
        let id = of(&self.records);
        match cell.operation {
            "confirm" => {
                format!("mutation {{ confirmSignal(id: \"{id}\", input: {{ kind: SEEN_TOO }}) {{ signal {{ id }} }} }}")
            }
            "propose" => format!(
                "mutation {{ proposeCorrection(id: \"{id}\", version: 3, changes: {{ place: \"{}\" }}, reason: \"Daar.\") {{ signal {{ id }} }} }}",
                cell.role
            ),
            "decide_proposal" => format!(
                "mutation {{ rejectProposal(proposalId: \"{}\", answer: \"Nee.\") {{ signal {{ id }} }} }}",
                of(&self.proposals)
            ),
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
    let mut stage = stage(on).await;
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
        if cell.operation == "decide_proposal" {
            let fresh = proposed(&stage.world, &stage.records[1].1, &format!("Pernis {}", cell.role)).await;
            stage.proposals[1].1 = fresh;
        }
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
