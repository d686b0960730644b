//! Every field and argument of both schemas says what it is and has a class in `schema/access/fields.csv`: open,
//! business-sensitive, personal, pseudonym (personal still, for analysts alone), or own side (the caller's own and its
//! inspectorate's, shared with nobody). What is personal is tried for its mask in [`crate::canaries`]. [`operations`]
//! does the same for what can be done.

mod operations;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use foundation::graphql::Subgraph;
use serde_json::{Value, json};
use tests::service::{headers, request};
use tests::world::{On, World, who};

const CLASSES: [&str; 5] = ["open", "business-sensitive", "personal", "pseudonym", "own side"];
/// What says nothing of itself: federation's own. This list may only become shorter.
const SILENT: [&str; 4] = [
    "Query._entities(representations)",
    "Query._entities",
    "Query._service",
    "_Service.sdl",
];

/// What the file says: the class of each field and argument, `signals Signal.title`, `signals Query.signal(id)`.
fn classes() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/access/fields.csv");
    let mut file = csv::Reader::from_path(path).expect("the list is there");
    let mut classes = BTreeMap::new();
    for line in file.records() {
        let line = line.expect("every line has four columns");
        let (service, kind, class) = (&line[0], &line[1], &line[2]);
        assert!(CLASSES.contains(&class), "`{class}` is no class");
        for field in line[3].split(' ') {
            let twice = classes.insert(format!("{service} {kind}.{field}"), class.to_owned());
            assert!(twice.is_none(), "{service} {kind}.{field} stands twice");
        }
    }
    classes
}

/// The personal fields that a service shows: not those that it takes in, and not those that only hold them.
pub fn personal(service: &str) -> BTreeSet<String> {
    let shown = |coordinate: &&String| {
        let holder = coordinate.split('.').next().unwrap_or_default();
        !["Input", "Edit", "Filter"].iter().any(|end| holder.ends_with(end))
    };
    let classes = classes();
    let personal = classes
        .iter()
        .filter(|(_, class)| *class == "personal")
        .map(|(coordinate, _)| coordinate);
    let own = personal
        .filter(|coordinate| coordinate.starts_with(&format!("{service} ")))
        .filter(shown);
    own.map(|coordinate| coordinate[service.len() + 1..].to_owned())
        .collect()
}

const SCHEMA: &str = "{ __schema { types { name kind description fields { name description args { name description } }
    inputFields { name description } enumValues { name description } } } }";

struct Shape {
    coordinates: BTreeSet<String>,
    silent: BTreeSet<String>,
}

async fn shape(world: &World, subgraph: &Arc<dyn Subgraph>) -> Shape {
    let asked = request(SCHEMA, &json!({}));
    let reply = subgraph
        .execute_as(who("ilt.inspector", &world.clock), &headers(""), asked)
        .await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    let mut shape = Shape {
        coordinates: BTreeSet::new(),
        silent: BTreeSet::new(),
    };
    for kind in answer["data"]["__schema"]["types"].as_array().expect("the types") {
        let name = text(&kind["name"]);
        if name.starts_with("__") {
            continue;
        }
        let list = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
        for field in list(kind, "fields").iter().chain(&list(kind, "inputFields")) {
            let coordinate = format!("{name}.{}", text(&field["name"]));
            for argument in list(field, "args") {
                shape.note(format!("{coordinate}({})", text(&argument["name"])), &argument);
            }
            shape.note(coordinate, field);
        }
        for value in list(kind, "enumValues") {
            shape.describe(format!("{name}.{}", text(&value["name"])), &value);
        }
        // Those of the language itself, and of federation.
        let given = ["String", "Int", "Float", "Boolean", "ID"].contains(&name.as_str()) || name.starts_with('_');
        if !given {
            shape.describe(name, kind);
        }
    }
    shape
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Shape {
    fn note(&mut self, coordinate: String, thing: &Value) {
        self.describe(coordinate.clone(), thing);
        self.coordinates.insert(coordinate);
    }

    fn describe(&mut self, coordinate: String, thing: &Value) {
        if text(&thing["description"]).trim().is_empty() {
            self.silent.insert(coordinate);
        }
    }
}

#[tokio::test]
async fn every_field_says_what_it_is_and_has_a_class() {
    let world = World::peopled(On::Sqlite).await;
    let classes = classes();
    let mut known = BTreeSet::new();
    for subgraph in &world.services {
        let (service, shape) = (subgraph.name(), shape(&world, subgraph).await);
        let silent: Vec<&String> = shape
            .silent
            .iter()
            .filter(|one| !SILENT.contains(&one.as_str()))
            .collect();
        assert_eq!(
            silent,
            Vec::<&String>::new(),
            "{service}: these say nothing of themselves"
        );
        let federation = |one: &str| SILENT.contains(&one);
        let own: BTreeSet<String> = shape
            .coordinates
            .iter()
            .filter(|one| !federation(one))
            .map(|one| format!("{service} {one}"))
            .collect();
        let unclassified: Vec<&String> = own.iter().filter(|one| !classes.contains_key(*one)).collect();
        assert_eq!(
            unclassified,
            Vec::<&String>::new(),
            "these have no class in schema/access/fields.csv"
        );
        known.extend(own);
    }
    let gone: Vec<&String> = classes.keys().filter(|one| !known.contains(*one)).collect();
    assert_eq!(
        gone,
        Vec::<&String>::new(),
        "these are in schema/access/fields.csv and in no schema"
    );
}

#[test]
fn nothing_can_be_filtered_by_what_is_personal() {
    let filters: Vec<(String, String)> = classes()
        .into_iter()
        .filter(|(coordinate, _)| coordinate.contains("Filter.") || coordinate.contains("(filter)"))
        .collect();
    assert!(filters.len() > 8, "the filters were found");
    for (coordinate, class) in filters {
        assert_ne!(class, "personal", "{coordinate}");
    }
}
