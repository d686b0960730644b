//! Parties that may be one: proposed with reasons, dismissed for good, gone once they are one.

use registry::model::identifier::Scheme;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::register::{company, party_id, register, sole_trader};
use tests::service::code;
use tests::world::{On, World};

const PROPOSALS: &str =
    "query ($p: ID, $first: Int = 50, $after: String) { duplicateProposals(party: $p, first: $first, after: $after) {
    nodes { score parties { id } reasons { kind points } } pageInfo { hasNextPage endCursor } } }";

async fn registered(on: On) -> World {
    let world = World::peopled(on).await;
    let at_kade = |key: &str, name: &str| company(key, name).site("Kade 1", "0000 AA", "Nergens", &[]);
    register(
        &world,
        &[
            at_kade("one", "Chemtrans Rijnmond B.V.").number(Scheme::Kvk, "00009901"),
            at_kade("two", "Chem Trans Rijnmond"),
            at_kade("three", "Chemtrans Rijmond BV"),
            at_kade("sister", "Chemtrans Rijnmond Vastgoed B.V.").number(Scheme::Kvk, "55550000"),
            company("oin", "Rederij Verzinsel").number(Scheme::Oin, "00000003000099010000"),
            sole_trader("person", "Chemtrans Rijnmond", "ilt").site("Kade 1", "0000 AA", "Nergens", &[]),
        ],
    )
    .await;
    world
}

const KEYS: [&str; 6] = ["one", "two", "three", "sister", "oin", "person"];

/// Pairs of keys, the likeliest first.
fn pairs(answer: &Value) -> Vec<String> {
    let key = |party: &Value| {
        let key = KEYS.into_iter().find(|key| party["id"] == party_id(key));
        key.unwrap_or("?").to_owned()
    };
    let pair = |node: &Value| {
        let mut keys: Vec<String> = node["parties"].as_array().expect("two").iter().map(key).collect();
        keys.sort();
        keys.join(" ")
    };
    let nodes = answer["duplicateProposals"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(pair).collect()
}

async fn proposals(world: &World, variables: Value) -> Value {
    world
        .registry_data("jenv.inspector", "toezicht", PROPOSALS, &variables)
        .await
}

async fn dismissed(world: &World, one: &str, other: &str) -> Value {
    let dismiss =
        "mutation ($p: ID!, $o: ID!) { dismissDuplicate(party: $p, other: $o, reason: \"Twee.\") { parties { id } } }";
    let pair = json!({ "p": party_id(one), "o": party_id(other) });
    world.registry("igj.coordinator", "toezicht", dismiss, &pair).await
}

#[tokio::test]
async fn what_may_be_one_is_proposed_with_reasons_the_likeliest_first() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        let all = proposals(&world, json!({})).await;
        let found = pairs(&all);
        for pair in ["one two", "one three", "three two", "oin one"] {
            assert!(found.contains(&pair.to_owned()), "{on:?}: {pair}: {found:?}");
        }
        assert!(!all.to_string().contains(&party_id("person")), "{on:?}: {all}");
        assert!(
            !found.contains(&"one sister".to_owned()),
            "two numbers in one register: {found:?}"
        );
        let nodes = all["duplicateProposals"]["nodes"].as_array().expect("nodes");
        let scores: Vec<f64> = nodes
            .iter()
            .map(|node| node["score"].as_f64().expect("a score"))
            .collect();
        assert!(scores.is_sorted_by(|a, b| a >= b) && scores.iter().all(|score| (0.5..=1.0).contains(score)));
        let reasons = |pair: &str| {
            let place = found.iter().position(|found| found == pair).expect("it is there");
            nodes[place]["reasons"]
                .as_array()
                .expect("reasons")
                .iter()
                .map(|reason| reason["kind"].clone())
                .collect()
        };
        let kinds: Vec<Value> = reasons("one two");
        assert_eq!(kinds, ["SAME_NAME", "SAME_DOOR"], "{on:?}");
        let kinds: Vec<Value> = reasons("oin one");
        assert_eq!(kinds, ["SAME_NUMBER"], "{on:?}");

        let of_one = pairs(&proposals(&world, json!({ "p": party_id("oin") })).await);
        assert_eq!(of_one, ["oin one"], "{on:?}");
        let (mut paged, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = proposals(&world, json!({ "first": 1, "after": after })).await;
            paged.extend(pairs(&page));
            let info = &page["duplicateProposals"]["pageInfo"];
            if info["hasNextPage"] == false {
                break;
            }
            after = info["endCursor"].clone();
        }
        assert_eq!(paged, found, "{on:?}: the pages together are the list");
        let answer = world
            .registry("jenv.inspector", "toezicht", PROPOSALS, &json!({ "after": "x" }))
            .await;
        assert_eq!(code(&answer), Some("INVALID_CURSOR"), "{answer}");
    }
}

#[tokio::test]
async fn what_was_dismissed_does_not_return_and_what_is_one_is_no_proposal() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        let answer = dismissed(&world, "two", "three").await;
        assert_eq!(
            answer["data"]["dismissDuplicate"]["parties"].as_array().map(Vec::len),
            Some(2),
            "{answer}"
        );
        // Kept up anew: it is looked for again.
        let again =
            company("two", "Chem Trans Rijnmond")
                .trading_as("Chemtrans")
                .site("Kade 1", "0000 AA", "Nergens", &[]);
        register(&world, &[again]).await;
        let found = pairs(&proposals(&world, json!({})).await);
        assert!(!found.contains(&"three two".to_owned()), "{on:?}: {found:?}");
        assert!(found.contains(&"one two".to_owned()), "{on:?}: {found:?}");

        // One of two: what was between the duplicate and a third is now between the survivor and it, once.
        assert!(world.merge("one", "two").await["data"]["mergeParties"].is_object());
        let merged = pairs(&proposals(&world, json!({})).await);
        assert!(!merged.iter().any(|pair| pair.contains("two")), "{on:?}: {merged:?}");
        assert_eq!(
            merged.iter().filter(|pair| *pair == "one three").count(),
            1,
            "{on:?}: {merged:?}"
        );
        assert_eq!(
            code(&dismissed(&world, "one", "two").await),
            Some("ALREADY_ONE"),
            "{on:?}"
        );
        // Of the survivor it is said of everything that it is.
        assert!(dismissed(&world, "one", "three").await["data"]["dismissDuplicate"].is_object());
        assert!(world.undo_merge("two").await["data"]["undoMerge"].is_object());
        let after = pairs(&proposals(&world, json!({})).await);
        assert!(
            after.contains(&"one two".to_owned()) && !after.contains(&"one three".to_owned()),
            "{on:?}: {after:?}"
        );
    }
}

/// The words of `schema/access/duplicates.csv`.
const WORDS: Words = Words {
    relations: &["admitted", "suspended", "anonymous"],
    operations: &["read_duplicates", "merge_parties"],
    records: &["company"],
};

/// Asks what a cell asks, and says how it ended.
async fn asked(world: &World, cell: &Cell) -> Vec<String> {
    let subject = match cell.relation {
        "anonymous" => "nobody".to_owned(),
        _ => format!("nvwa.{}", cell.role),
    };
    let (one, other) = (party_id("one"), party_id("three"));
    let done = match cell.operation {
        "read_duplicates" => vec!["{ duplicateProposals { nodes { score } } }".to_owned()],
        _ => vec![
            format!(
                "mutation {{ mergeParties(survivor: \"{one}\", duplicate: \"{other}\", reason: \"x\") {{ parties {{ id }} }} }}"
            ),
            format!("mutation {{ undoMerge(duplicate: \"{other}\") {{ parties {{ id }} }} }}"),
            format!(
                "mutation {{ dismissDuplicate(party: \"{one}\", other: \"{other}\", reason: \"x\") {{ parties {{ id }} }} }}"
            ),
        ],
    };
    let mut ends = Vec::new();
    for query in done {
        let answer = world.registry(&subject, "toezicht", &query, &json!({})).await;
        ends.push(code(&answer).unwrap_or("ok").to_owned());
        if ends.last().is_some_and(|end| end == "ok") && cell.operation == "merge_parties" {
            let taken = "DELETE FROM duplicate_dismissal";
            world.run(taken, vec![]).await;
        }
    }
    ends
}

async fn decided(on: On) {
    let world = registered(on).await;
    let matrix = Matrix::read("duplicates", &WORDS);
    for (suspended, relations) in [(false, ["admitted", "anonymous"]), (true, ["suspended", "suspended"])] {
        let at = if suspended { "0" } else { "NULL" };
        world
            .run(&format!("UPDATE account SET suspended_at = {at}"), vec![])
            .await;
        for (cell, wanted) in matrix.cells().filter(|(cell, _)| relations.contains(&cell.relation)) {
            for end in asked(&world, cell).await {
                assert_eq!(end, wanted, "{on:?}: {cell:?}");
            }
        }
    }
}

#[tokio::test]
async fn each_role_may_what_the_matrix_says_on_sqlite() {
    decided(On::Sqlite).await;
}

#[tokio::test]
async fn each_role_may_what_the_matrix_says_on_postgresql() {
    decided(On::Postgres).await;
}
