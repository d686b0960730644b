//! `schema/access/inbox.csv`, executed: each role, standing so to a record, is told of what happened or is not.

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World};

use super::between::items;
use crate::access_request::{DECLINE, REQUEST, chosen, handle, plea, published, text};
use crate::break_glass::{BREAK, REVIEW, number, numbered};

const WORDS: Words = Words {
    relations: &[
        "owner",
        "reader",
        "asker",
        "opener",
        "stranger",
        "suspended",
        "anonymous",
    ],
    operations: &["read_inbox", "mark_read"],
    records: &[
        "shared",
        "changed",
        "request_received",
        "request_declined",
        "glass_broken",
        "glass_reviewed",
    ],
};

const MARK: &str = "mutation { markAllRead }";

/// One signal of ILT's is shared with IGJ and edited; another is asked for by JenV's people and opened by NVWA's.
async fn stage(on: On) -> World {
    let world = World::peopled(on).await;
    for code in ["ivho", "suspended"] {
        world.organisation(code, true).await;
        for role in Role::ALL {
            world
                .account(&format!("{code}.{}", role.code()), code, &[role], 2)
                .await;
        }
    }
    let suspend = "UPDATE account SET suspended_at = 0 WHERE name LIKE 'suspended.%'";
    world.run(suspend, vec![]).await;
    let asked = published(&world, "Gevraagd", json!({})).await;
    chosen(&world, &asked, "HIT", false).await;
    for who in ["jenv.inspector", "jenv.analyst", "jenv.coordinator"] {
        let variables = json!({ "d": handle(&world, who).await, "plea": plea() });
        let made = world.data(who, "toezicht", REQUEST, variables).await;
        let id = json!({ "id": text(&made["requestAccess"]["id"]) });
        world.data("ilt.data_steward", "toezicht", DECLINE, id).await;
    }
    // What happened before it is opened is not the opener's.
    world.clock.advance(1_000_000);
    let named = number(&world, &asked).await;
    for who in ["nvwa.inspector", "nvwa.coordinator"] {
        let opened = world.data(who, "toezicht", BREAK, numbered(&named)).await;
        let case = json!({ "id": text(&opened["breakGlass"]["case"]["id"]), "ok": true });
        world.data("ilt.privacy_officer", "toezicht", REVIEW, case).await;
    }
    let shared = published(&world, "Gedeeld", json!({})).await;
    for step in [
        "shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" })",
        "editSignal(id: $id, version: 3, input: { note: \"n\" })",
    ] {
        let step = format!("mutation ($id: ID!) {{ {step} {{ warnings {{ code }} }} }}");
        world
            .data("ilt.inspector", "toezicht", &step, json!({ "id": shared }))
            .await;
    }
    world
}

async fn outcome(world: &World, cell: &Cell) -> String {
    let organisation = match cell.relation {
        "owner" => "ilt",
        "reader" => "igj",
        "asker" => "jenv",
        "opener" => "nvwa",
        "stranger" => "ivho",
        other => other,
    };
    let who = format!("{organisation}.{}", cell.role);
    let refused = |answer: &Value| answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
    if cell.operation == "mark_read" {
        let answer = world.ask(&who, "toezicht", MARK, json!({})).await;
        return refused(&answer).unwrap_or_else(|| "ok".to_owned());
    }
    let answer = world
        .ask(&who, "toezicht", "{ inbox(first: 500) { nodes { kind } } }", json!({}))
        .await;
    if let Some(code) = refused(&answer) {
        return code;
    }
    let nodes = answer["data"]["inbox"]["nodes"].as_array().expect("items");
    let told = nodes.iter().any(|node| node["kind"] == cell.record.to_uppercase());
    if told { "told" } else { "untold" }.to_owned()
}

async fn matrix(on: On) {
    let world = stage(on).await;
    let matrix = Matrix::read("inbox", &WORDS);
    let executed = matrix
        .executed(&world, MARK, async |cell| outcome(&world, cell).await)
        .await;
    assert_eq!(executed, 9 * 7 * 2 * 6);
    assert_eq!(items(&world, "ilt.privacy_officer").await.len(), 2, "and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_postgres() {
    matrix(On::Postgres).await;
}
