//! `schema/access/feedback.csv`, every cell executed on both databases.

use std::collections::BTreeMap;

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::themes::{named, published, revoke, share, text};
use tests::world::{BEGINNING, On, World};

const WORDS: Words = Words {
    relations: &[
        "anonymous",
        "suspended",
        "owner",
        "owner_sees_some",
        "participant",
        "outsider",
    ],
    operations: &["read", "edit", "send_feedback"],
    records: &["draft", "sent"],
};

fn account(cell: &Cell) -> String {
    let organisation = match cell.relation {
        "owner_sees_some" => "igj.",
        "participant" => "nvwa.",
        "outsider" => "gast.",
        "suspended" => "ilt.suspended_",
        _ => "ilt.",
    };
    format!("{organisation}{}", cell.role)
}

async fn people(world: &World) {
    world.organisation("gast", false).await;
    for role in Role::ALL {
        world
            .account(&format!("gast.{}", role.code()), "gast", &[role], 2)
            .await;
        world
            .account(&format!("ilt.suspended_{}", role.code()), "ilt", &[role], 2)
            .await;
    }
    let suspend = "UPDATE account SET suspended_at = ? WHERE name LIKE 'ilt.suspended%'";
    world.run(suspend, vec![BEGINNING.into()]).await;
}

const SEND: &str = "mutation ($id: ID!, $v: Int!) { sendFeedback(id: $id, version: $v) { feedback { id } } }";

/// A product in the state of the cell: of the ILT, or of the IGJ, which then loses sight of one of the theme's signals.
async fn made(world: &World, cell: &Cell) -> String {
    let owner = if cell.relation == "owner_sees_some" {
        "igj"
    } else {
        "ilt"
    };
    let signals = [
        published(world, "ilt", &json!({ "title": "Lekkende ketelwagen" })).await,
        published(world, "ilt", &json!({ "title": "Lekkende container" })).await,
    ];
    share(world, "ilt", &signals[0], "igj").await;
    let grant = share(world, "ilt", &signals[1], "igj").await;
    let who = format!("{owner}.inspector");
    let theme = named(world, &who, "Lekkages", &[&signals[0], &signals[1]]).await;
    let write = "mutation ($t: ID!) { recordFeedback(theme: $t, input: { title: \"Titel\", body: \"Let op.\",
        addressee: { sector: \"20\" } }) { feedback { id } } }";
    let made = world.data(&who, "toezicht", write, json!({ "t": theme })).await;
    let product = text(&made["recordFeedback"]["feedback"]["id"]);
    if cell.record == "sent" {
        world
            .data(&who, "toezicht", SEND, json!({ "id": product, "v": 1 }))
            .await;
    }
    if owner == "igj" {
        revoke(world, "ilt", &grant).await;
    }
    product
}

fn query(operation: &str) -> &'static str {
    match operation {
        "read" => "query ($id: ID!) { feedbackProduct(id: $id) { id } feedbackProducts { nodes { id } } }",
        "edit" => {
            "mutation ($id: ID!, $v: Int!) { editFeedback(id: $id, version: $v, input: { title: \"Nieuw\" }) { feedback { id } } }"
        }
        _ => SEND,
    }
}

fn judged(cell: &Cell, answer: &Value, product: &str) -> String {
    if let Some(refused) = code(answer) {
        return refused.to_owned();
    }
    if cell.operation != "read" {
        return "ok".to_owned();
    }
    let listed = answer["data"]["feedbackProducts"]["nodes"].as_array().expect("nodes");
    let listed = listed.iter().any(|node| node["id"] == product);
    assert_eq!(
        listed,
        answer["data"]["feedbackProduct"]["id"] == product,
        "a list says what a look says: {answer}"
    );
    if listed { "ok" } else { "hidden" }.to_owned()
}

async fn executed(on: On) {
    let matrix = Matrix::read("feedback", &WORDS);
    let world = World::peopled(on).await;
    people(&world).await;
    let mut shared = BTreeMap::new();
    for (cell, expected) in matrix.cells() {
        let key = (cell.record, cell.relation == "owner_sees_some");
        let used = expected == "ok" && cell.operation != "read";
        let product = match shared.get(&key) {
            Some(product) if !used => String::clone(product),
            _ => made(&world, cell).await,
        };
        if !used {
            shared.insert(key, product.clone());
        }
        let version = if cell.record == "sent" { 2 } else { 1 };
        let variables = json!({ "id": product, "v": version });
        let answer = match cell.relation {
            "anonymous" => world.nobody(query(cell.operation), variables).await,
            _ => {
                world
                    .ask(&account(cell), "toezicht", query(cell.operation), variables)
                    .await
            }
        };
        assert_eq!(judged(cell, &answer, &product), expected, "{cell:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_on_sqlite() {
    executed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_on_postgres() {
    executed(On::Postgres).await;
}
