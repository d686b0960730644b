//! `schema/access/saved_search.csv`, executed.

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World};

use super::{CHANGE, DELETE, LOOK, SAVE, published, save, share, told};

const WORDS: Words = Words {
    relations: &[
        "saver",
        "colleague",
        "stranger",
        "other_purpose",
        "suspended",
        "anonymous",
    ],
    operations: &["save", "read", "change", "delete", "look", "find"],
    records: &["visible", "hidden"],
};

const READ: &str = "query ($id: ID!) { savedSearch(id: $id) { name } }";

async fn outcome(world: &World, cell: &Cell) -> String {
    let account = match cell.relation {
        "colleague" => format!("igj.second.{}", cell.role),
        "stranger" => format!("jenv.{}", cell.role),
        "suspended" => format!("suspended.{}", cell.role),
        _ => format!("igj.{}", cell.role),
    };
    let purpose = if cell.relation == "other_purpose" {
        "incidentonderzoek"
    } else {
        "toezicht"
    };
    let filter = json!({ "text": cell.record });
    let content = Role::ALL
        .into_iter()
        .any(|role| role.code() == cell.role && role.reads_content());
    let search = if content {
        save(world, &format!("igj.{}", cell.role), "toezicht", filter.clone()).await
    } else {
        "sea_00000000000000000000000000000001".to_owned()
    };
    if cell.operation == "find" && content && cell.relation != "suspended" {
        let before = told(world, &account, purpose).await.len();
        for to in ["igj", "jenv"] {
            let signal = published(world, &format!("{} voor {to}", cell.record), json!({})).await;
            if cell.record == "visible" {
                share(world, &signal, &format!("organisation: \"{to}\"")).await;
            }
        }
        let after = told(world, &account, purpose).await.len();
        let delete = json!({ "id": search, "v": 1 });
        world
            .data(&format!("igj.{}", cell.role), "toezicht", DELETE, delete)
            .await;
        return if after > before { "told" } else { "untold" }.to_owned();
    }
    let (query, variables) = match cell.operation {
        "save" => (SAVE, json!({ "i": { "name": "n", "filter": filter } })),
        "change" => (CHANGE, json!({ "id": search, "v": 1, "i": { "name": "m" } })),
        "delete" => (DELETE, json!({ "id": search, "v": 1 })),
        "look" => (LOOK, json!({ "id": search })),
        "find" => ("{ savedSearches { newMatchCount { exactly } } }", json!({})),
        _ => (READ, json!({ "id": search })),
    };
    let answer = world.ask(&account, purpose, query, variables).await;
    world.run("DELETE FROM saved_search", vec![]).await;
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if cell.operation == "read" && answer["data"]["savedSearch"] == Value::Null => "hidden".to_owned(),
        None => "ok".to_owned(),
    }
}

async fn matrix(on: On) {
    let world = World::peopled(on).await;
    world.organisation("suspended", true).await;
    for role in Role::ALL {
        world
            .account(&format!("igj.second.{}", role.code()), "igj", &[role], 2)
            .await;
        let name = format!("suspended.{}", role.code());
        world.account(&name, "suspended", &[role], 2).await;
        let suspend = "UPDATE account SET suspended_at = 0 WHERE name = ?";
        world.run(suspend, vec![name.into()]).await;
    }
    let matrix = Matrix::read("saved_search", &WORDS);
    let executed = matrix
        .executed(&world, READ, async |cell| outcome(&world, cell).await)
        .await;
    assert_eq!(executed, 9 * 6 * 6 * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_postgres() {
    matrix(On::Postgres).await;
}
