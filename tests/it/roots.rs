//! The access matrices of the registry's labelled roots, `schema/access/covenant.csv` and `supervision_level.csv`,
//! expanded to every cell and every cell executed through the subgraph.

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World, id};

use super::covenant::{input, party};

const RELATIONS: &[&str] = &[
    "owner",
    "inspectorate_grant",
    "circle_grant",
    "account_grant",
    "stranger",
    "suspended",
    "unknown",
];

/// A root, as the matrix asks of it.
struct Kind {
    file: &'static str,
    words: Words,
    /// Its type in the graph, which ends the names of its changes.
    name: &'static str,
    /// The field that reads one.
    field: &'static str,
}

const COVENANT: Kind = Kind {
    file: "covenant",
    words: Words {
        relations: RELATIONS,
        operations: &[
            "record",
            "read",
            "read_grants",
            "edit",
            "publish",
            "label",
            "grant",
            "revoke",
            "retract",
            "hold",
            "freeze",
        ],
        records: &["draft", "published", "retracted", "red", "expired"],
    },
    name: "Covenant",
    field: "covenant",
};

const LEVEL: Kind = Kind {
    file: "supervision_level",
    words: Words {
        relations: RELATIONS,
        operations: &[
            "set",
            "read",
            "read_grants",
            "label",
            "grant",
            "revoke",
            "retract",
            "hold",
            "freeze",
        ],
        records: &["published", "retracted", "red", "expired"],
    },
    name: "SupervisionLevel",
    field: "supervisionLevel",
};

/// A record as somebody outside knows it.
#[derive(Clone)]
struct Actor {
    id: String,
    grant: String,
    version: i64,
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// ILT owns; IGJ, a circle of NVWA, and accounts of JenV have grants; ANVS has none.
async fn world(on: On) -> World {
    let world = World::peopled(on).await;
    world.account("ilt.author", "ilt", &[Role::Inspector], 2).await;
    world.circle("ring", &["nvwa"], &["toezicht"]).await;
    world.organisation("anvs", true).await;
    for role in Role::ALL {
        world
            .account(&format!("anvs.{}", role.code()), "anvs", &[role], 2)
            .await;
        world
            .account(&format!("suspended.{}", role.code()), "ilt", &[role], 2)
            .await;
    }
    let suspend = "UPDATE account SET suspended_at = 0 WHERE name LIKE 'suspended.%'";
    world.run(suspend, vec![]).await;
    world
}

fn caller(cell: &Cell) -> String {
    let organisation = match cell.relation {
        "owner" => "ilt",
        "inspectorate_grant" => "igj",
        "circle_grant" => "nvwa",
        "account_grant" => "jenv",
        "stranger" => "anvs",
        other => other,
    };
    format!("{organisation}.{}", cell.role)
}

async fn ask(world: &World, who: &str, query: &str, variables: Value) -> Value {
    let reply = world.ask_registry(who, "toezicht", query, &variables).await;
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

async fn author(world: &World, query: &str, variables: Value) -> Value {
    let answer = ask(world, "ilt.author", query, variables).await;
    assert!(answer.get("errors").is_none(), "{query}: {answer}");
    answer["data"].clone()
}

fn to(audience: Value) -> Value {
    json!({ "to": audience, "purpose": "toezicht", "legalBasis": "demo" })
}

/// A grant to an inspectorate, one to a circle, and one to each account of another inspectorate.
fn grants() -> Vec<Value> {
    let accounts = Role::ALL.map(|role| to(json!({ "account": format!("jenv.{}", role.code()) })));
    let others = [to(json!({ "organisation": "igj" })), to(json!({ "circle": "ring" }))];
    others.into_iter().chain(accounts).collect()
}

fn step() -> Value {
    json!({ "party": party(), "level": "IN_DEPTH", "reason": "Proef." })
}

/// A record of a sort, made by ILT's author with all its grants.
async fn record(world: &World, kind: &Kind, sort: &str) -> Actor {
    let Kind { name, field, .. } = kind;
    let id = if kind.field == LEVEL.field {
        let set = "mutation ($i: SupervisionLevelInput!, $g: [GrantInput!]) {
            setSupervisionLevel(input: $i, grants: $g) { supervisionLevel { id } } }";
        let made = author(world, set, json!({ "i": step(), "g": grants() })).await;
        text(&made["setSupervisionLevel"]["supervisionLevel"]["id"])
    } else {
        let record = "mutation ($i: CovenantInput!) { recordCovenant(input: $i) { covenant { id } } }";
        let made = author(world, record, json!({ "i": input() })).await;
        let id = text(&made["recordCovenant"]["covenant"]["id"]);
        for grant in grants() {
            let share =
                "mutation ($id: ID!, $g: GrantInput!) { shareCovenant(id: $id, grant: $g) { warnings { code } } }";
            author(world, share, json!({ "id": id, "g": grant })).await;
        }
        id
    };
    let see = format!("query ($id: ID!) {{ {field}(id: $id) {{ version grants {{ id kind revokedAt }} }} }}");
    let version = async || {
        author(world, &see, json!({ "id": id })).await[*field]["version"]
            .as_i64()
            .expect("a number")
    };
    let change = async |call: String| {
        author(
            world,
            &format!("mutation ($id: ID!) {{ {call} {{ warnings {{ code }} }} }}"),
            json!({ "id": id }),
        )
        .await
    };
    if sort != "draft" && kind.field == COVENANT.field {
        let at = version().await;
        change(format!("publish{name}(id: $id, version: {at})")).await;
    }
    let at = version().await;
    match sort {
        "retracted" => drop(change(format!("retract{name}(id: $id, version: {at}, reason: \"proef\")")).await),
        "red" => drop(change(format!("label{name}(id: $id, version: {at}, labels: {{ tlp: RED }})")).await),
        _ => {}
    }
    let seen = author(world, &see, json!({ "id": id })).await[*field].take();
    let live = |grant: &&Value| grant["kind"] == "ACCOUNT" && grant["revokedAt"].is_null();
    let grant = seen["grants"]
        .as_array()
        .expect("the author sees grants")
        .iter()
        .find(live);
    let grant = text(&grant.expect("a live grant")["id"]);
    if sort == "expired" {
        expire(world, kind.file, &id).await;
    }
    let version = seen["version"].as_i64().expect("a number");
    Actor { id, grant, version }
}

async fn expire(world: &World, table: &str, id: &str) {
    let key: uuid::Uuid = id[4..].parse().expect("an id of ours");
    for feed in ["feed", "subject_feed"] {
        let text = format!("UPDATE {table}_{feed} SET visible_until = 1 WHERE record_id = ?");
        world.run(&text, vec![key.into()]).await;
    }
    let text = format!("UPDATE {table} SET retain_until = 1 WHERE id = ?");
    world.run(&text, vec![key.into()]).await;
}

/// The request that a cell stands for.
fn request(kind: &Kind, operation: &str, record: &Actor) -> (String, Value) {
    let Kind { name, field, .. } = kind;
    let (id, at) = (json!({ "id": record.id }), record.version);
    let on = |call: String| format!("mutation ($id: ID!) {{ {call} {{ warnings {{ code }} }} }}");
    match operation {
        "read" => (format!("query ($id: ID!) {{ {field}(id: $id) {{ id }} }}"), id),
        "read_grants" => (
            format!("query ($id: ID!) {{ {field}(id: $id) {{ grants {{ id }} maskedFields {{ field reason }} }} }}"),
            id,
        ),
        "record" => (
            "mutation ($i: CovenantInput!) { recordCovenant(input: $i) { warnings { code } } }".to_owned(),
            json!({ "i": input() }),
        ),
        "set" => (
            "mutation ($i: SupervisionLevelInput!) { setSupervisionLevel(input: $i) { warnings { code } } }".to_owned(),
            json!({ "i": step() }),
        ),
        "edit" => (
            format!(
                "mutation ($id: ID!, $i: CovenantInput!) {{ editCovenant(id: $id, version: {at}, input: $i) {{ warnings {{ code }} }} }}"
            ),
            json!({ "id": record.id, "i": input() }),
        ),
        "hold" | "freeze" => {
            let kind = operation.to_uppercase();
            let place = format!("place{name}Hold(kind: {kind}, id: $id, reason: \"onderzoek\") {{ placedAt }}");
            (format!("mutation ($id: ID!) {{ {place} }}"), id)
        }
        "publish" => (on(format!("publish{name}(id: $id, version: {at})")), id),
        "label" => (
            on(format!(
                "label{name}(id: $id, version: {at}, labels: {{ useLimit: DO_NOT_APPROACH }})"
            )),
            id,
        ),
        "grant" => (
            on(format!(
                "share{name}(id: $id, grant: {{ to: {{ account: \"nvwa.inspector\" }}, purpose: \"toezicht\", legalBasis: \"demo\" }})"
            )),
            id,
        ),
        "revoke" => (
            on(format!("revoke{name}Grant(grantId: $id)")),
            json!({ "id": record.grant }),
        ),
        _ => (
            on(format!("retract{name}(id: $id, version: {at}, reason: \"proef\")")),
            id,
        ),
    }
}

/// What came of it, in the words of the file.
fn outcome(kind: &Kind, operation: &str, answer: &Value) -> String {
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return code.to_owned();
    }
    let seen = &answer["data"][kind.field];
    match operation {
        "read" | "read_grants" if seen.is_null() => "hidden",
        "read_grants" if seen["grants"].is_null() => {
            assert_eq!(
                seen["maskedFields"],
                json!([{ "field": "grants", "reason": "NOT_OWNER" }])
            );
            "masked"
        }
        _ => "ok",
    }
    .to_owned()
}

async fn executed(on: On, kind: &Kind) {
    let world = world(on).await;
    let matrix = Matrix::read(kind.file, &kind.words);
    let mut standing = std::collections::BTreeMap::new();
    for sort in kind.words.records {
        standing.insert(*sort, record(&world, kind, sort).await);
    }
    // Before anybody makes records of their own.
    lists(&world, kind, &matrix).await;
    for (cell, expected) in matrix.cells() {
        let reads = ["read", "read_grants"].contains(&cell.operation);
        // What succeeds is done to a record of its own, so that the next cell finds what it needs.
        let own = !reads && expected == "ok" && !["record", "set"].contains(&cell.operation);
        let actor = if own {
            record(&world, kind, cell.record).await
        } else {
            standing[cell.record].clone()
        };
        let (query, variables) = request(kind, cell.operation, &actor);
        let answer = ask(&world, &caller(cell), &query, variables).await;
        assert_eq!(outcome(kind, cell.operation, &answer), expected, "{cell:?}: {answer}");
    }
    absent(&world, kind, &standing["published"]).await;
}

/// What is hidden answers as what never was: the same bytes, to every operation.
async fn absent(world: &World, kind: &Kind, hidden: &Actor) {
    let nothing = id("nothing").simple().to_string();
    let never = Actor {
        id: format!("{}{nothing}", &hidden.id[..4]),
        grant: format!("{}{nothing}", &hidden.grant[..4]),
        version: hidden.version,
    };
    for operation in kind
        .words
        .operations
        .iter()
        .filter(|word| !["record", "set"].contains(*word))
    {
        let (query, variables) = request(kind, operation, hidden);
        let one = ask(world, "anvs.inspector", &query, variables).await;
        let (query, variables) = request(kind, operation, &never);
        let other = ask(world, "anvs.inspector", &query, variables).await;
        assert_eq!(one.to_string(), other.to_string(), "{operation}");
    }
}

/// Every way shows the same: lists and counts as the single record.
async fn lists(world: &World, kind: &Kind, matrix: &Matrix) {
    let list = format!(
        "{{ {}s(first: 500) {{ nodes {{ id }} totalCount {{ exactly }} }} }}",
        kind.field
    );
    let mut visible: std::collections::BTreeMap<String, Vec<&str>> = std::collections::BTreeMap::new();
    for (cell, expected) in matrix.cells().filter(|(cell, _)| cell.operation == "read") {
        let all = visible.entry(caller(cell)).or_default();
        if expected == "ok" {
            all.push(cell.record);
        }
    }
    for (who, sorts) in visible.iter().filter(|(who, _)| !who.starts_with("unknown")) {
        let answer = ask(world, who, &list, json!({})).await;
        if answer.get("errors").is_some() {
            continue;
        }
        let found = &answer["data"][format!("{}s", kind.field)];
        let nodes = found["nodes"].as_array().expect("a list");
        assert_eq!(
            found["totalCount"]["exactly"],
            json!(nodes.len()),
            "{who}: a count equals its list"
        );
        assert_eq!(nodes.is_empty(), sorts.is_empty(), "{who}: {sorts:?} {nodes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn covenant_matrix_holds_on_sqlite() {
    executed(On::Sqlite, &COVENANT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn covenant_matrix_holds_on_postgres() {
    executed(On::Postgres, &COVENANT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_level_matrix_holds_on_sqlite() {
    executed(On::Sqlite, &LEVEL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_level_matrix_holds_on_postgres() {
    executed(On::Postgres, &LEVEL).await;
}
