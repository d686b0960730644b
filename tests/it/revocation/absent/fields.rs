//! Everything in the schemas that takes an id is asked about what is hidden, or takes ids of what is no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foundation::graphql::Subgraph;
use serde_json::{Value, json};
use tests::service::{headers, request};
use tests::world::{On, World, who};

use super::probes::{self, Probe};

/// Where an id stands in what is handed in, when it names what every participant may see: parties and sites.
const REFERENCE: [&str; 6] = ["party", "site", "parties", "sites", "partyId", "otherId"];
/// Pseudonyms are computed among what the asker may see, and stand in no table that could be asked.
const PSEUDONYMS: &str = "persons";
/// What is about parties and sites themselves, and what is said of them to every participant: relations, account
/// holders, mandates.
const OPEN: [&str; 10] = [
    "party",
    "site",
    "editParty",
    "editSite",
    "endRelation",
    "endHolder",
    "endMandate",
    "mergeParties",
    "undoMerge",
    "dismissDuplicate",
];
/// Entities that every participant may see.
const OPEN_ENTITIES: [&str; 4] = ["Organisation", "Circle", "Site", "SupervisedParty"];

const SCHEMA: &str = "{ __schema { types { name kind inputFields { ...field } fields { name args { ...field } } } } }
    fragment field on __InputValue { name type { ...kind ofType { ...kind ofType { ...kind ofType { ...kind } } } } }
    fragment kind on __Type { kind name }";

/// The inputs of a schema: each type's fields with the name of their innermost type.
type Inputs = BTreeMap<String, Vec<(String, String)>>;

fn innermost(mut kind: &Value) -> String {
    while !kind["ofType"].is_null() {
        kind = &kind["ofType"];
    }
    kind["name"].as_str().unwrap_or_default().to_owned()
}

fn list<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of[key].as_array().into_iter().flatten()
}

fn named(field: &Value) -> (String, String) {
    (
        field["name"].as_str().unwrap_or_default().to_owned(),
        innermost(&field["type"]),
    )
}

/// Where ids stand in what is handed in under this name: `filter.parties.in`.
fn places(inputs: &Inputs, (name, kind): &(String, String), above: &mut Vec<String>) -> Vec<String> {
    if kind == "ID" {
        return vec![name.clone()];
    }
    if above.contains(kind) {
        return Vec::new();
    }
    above.push(kind.clone());
    let inside = inputs.get(kind).into_iter().flatten();
    let found = inside
        .flat_map(|field| places(inputs, field, above))
        .collect::<Vec<_>>();
    above.pop();
    found.into_iter().map(|place| format!("{name}.{place}")).collect()
}

fn is_open(field: &str, place: &str) -> bool {
    let what = place.split('.').rfind(|word| !["in", "notIn", "all"].contains(word));
    let what = what.unwrap_or_default();
    OPEN.contains(&field) || REFERENCE.contains(&what) || what == PSEUDONYMS
}

/// Each field of the schema's roots that takes an id of what may be hidden, with the places where.
async fn secret(world: &World, subgraph: &Arc<dyn Subgraph>) -> BTreeMap<String, BTreeSet<String>> {
    let asked = request(SCHEMA, &json!({}));
    let reply = subgraph
        .execute_as(who("ilt.inspector", &world.clock), &headers(""), asked)
        .await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    let types: Vec<&Value> = list(&answer["data"]["__schema"], "types").collect();
    let inputs: Inputs = types
        .iter()
        .map(|kind| (named(kind).0, list(kind, "inputFields").map(named).collect()))
        .collect();
    let roots = types
        .iter()
        .filter(|kind| ["Query", "Mutation", "Subscription"].contains(&named(kind).0.as_str()));
    let mut secret: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for field in roots.flat_map(|root| list(root, "fields")) {
        let name = named(field).0;
        let all = list(field, "args").flat_map(|argument| places(&inputs, &named(argument), &mut Vec::new()));
        for place in all.filter(|place| !is_open(&name, place)) {
            secret.entry(name.clone()).or_default().insert(place);
        }
    }
    secret
}

/// What takes an id of what may be hidden and is in none of these questions.
async fn missing(world: &World, probes: &[Probe]) -> Vec<String> {
    let mut missing = Vec::new();
    for subgraph in &world.services {
        let name = subgraph.name();
        let asked = |what: &str| {
            let registry = name == "registry";
            probes
                .iter()
                .any(|probe| probe.registry == registry && probe.query.contains(what))
        };
        for (field, places) in secret(world, subgraph).await {
            if !asked(&format!(" {field}(")) {
                missing.push(format!("{name}: {field} with {places:?}"));
            }
        }
        for entity in entities(name) {
            if !OPEN_ENTITIES.contains(&entity.as_str()) && !asked(&format!("... on {entity} ")) {
                missing.push(format!("{name}: {entity} by its key"));
            }
        }
    }
    missing
}

#[tokio::test]
async fn every_id_that_may_be_hidden_is_tried() {
    let world = World::peopled(On::Sqlite).await;
    assert!(missing(&world, &[]).await.len() > 50, "the schemas were read");
    let missing = missing(&world, &probes::all()).await;
    assert!(
        missing.is_empty(),
        "these take ids and are not asked about what is hidden (tests/it/revocation/absent/probes.rs): {missing:#?}"
    );
}

/// The types that a schema answers by their id.
fn entities(service: &str) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schema/graph/{service}.graphql"));
    let text = std::fs::read_to_string(path).expect("the schema is there");
    let by_key = |line: &str| {
        let (name, keys) = line.strip_prefix("type ")?.split_once(" @key(fields: \"id\"")?;
        (!keys.contains("resolvable: false")).then(|| name.to_owned())
    };
    text.lines().filter_map(by_key).collect()
}
