//! `schema/access/themes.csv` and `schema/access/theme_naming.csv`, every cell executed on both databases.

use access::Role;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::service::code;
use tests::themes::{NAME, named, naming, published, revoke, share, text};
use tests::world::{BEGINNING, On, World};

const RELATIONS: [&str; 7] = [
    "anonymous",
    "suspended",
    "owner",
    "owner_sees_some",
    "sees_all",
    "sees_some",
    "stranger",
];
const THEMES: Words = Words {
    relations: &RELATIONS,
    operations: &["read", "edit", "publish", "retract", "send_feedback"],
    records: &["draft", "named", "ended"],
};
const NAMING: Words = Words {
    relations: &["anonymous", "suspended", "owner", "sees_all", "sees_some", "stranger"],
    operations: &["name_theme", "propose"],
    records: &["published", "draft", "retracted"],
};

/// The inspectorate of a caller who stands so; themes are the ILT's, or, for an owner who sees some, the JenV's.
fn organisation(relation: &str) -> &'static str {
    match relation {
        "sees_all" => "igj",
        "sees_some" | "owner_sees_some" => "jenv",
        "stranger" => "nvwa",
        _ => "ilt",
    }
}

fn account(cell: &Cell) -> String {
    let suspended = if cell.relation == "suspended" { "suspended_" } else { "" };
    format!("{}.{suspended}{}", organisation(cell.relation), cell.role)
}

/// What happens when a caller who stands so asks.
async fn outcome(world: &World, cell: &Cell, query: &str, variables: Value) -> Value {
    if cell.relation == "anonymous" {
        return world.nobody(query, variables).await;
    }
    world.ask(&account(cell), "toezicht", query, variables).await
}

async fn suspend(world: &World) {
    for role in Role::ALL {
        let name = format!("ilt.suspended_{}", role.code());
        world.account(&name, "ilt", &[role], 2).await;
    }
    let suspend = "UPDATE account SET suspended_at = ? WHERE name LIKE 'ilt.suspended%'";
    world.run(suspend, vec![BEGINNING.into()]).await;
}

/// Two signals of the ILT: the IGJ sees both, the JenV sees the first.
async fn pair(world: &World) -> [String; 2] {
    let pair = [
        published(world, "ilt", &json!({ "title": "Lekkende ketelwagen" })).await,
        published(world, "ilt", &json!({ "title": "Lekkende container" })).await,
    ];
    for (signal, with) in [(0, "igj"), (1, "igj"), (0, "jenv")] {
        share(world, "ilt", &pair[signal], with).await;
    }
    pair
}

/// A theme of an organisation in a state.
async fn theme(world: &World, owner: &str, state: &str, signals: &[String; 2]) -> String {
    let who = format!("{owner}.{}", if state == "draft" { "analyst" } else { "inspector" });
    let theme = named(world, &who, "Lekkages", &[&signals[0], &signals[1]]).await;
    if state == "ended" {
        let end = "mutation ($id: ID!) { endTheme(id: $id, version: 1, reason: \"proef\") { theme { id } } }";
        world.data(&who, "toezicht", end, json!({ "id": theme })).await;
    }
    theme
}

/// A theme in the state of the cell, of the ILT or of an owner who has lost sight of one of its signals.
async fn made(world: &World, cell: &Cell, signals: &[String; 2]) -> String {
    if cell.relation != "owner_sees_some" {
        return theme(world, "ilt", cell.record, signals).await;
    }
    let grant = share(world, "ilt", &signals[1], "jenv").await;
    let theme = theme(world, "jenv", cell.record, signals).await;
    revoke(world, "ilt", &grant).await;
    theme
}

fn query(operation: &str) -> &'static str {
    match operation {
        "read" => "query ($id: ID!) { theme(id: $id) { id } themes { nodes { id } } }",
        "edit" => {
            "mutation ($id: ID!, $v: Int!) { editTheme(id: $id, version: $v, input: { title: \"Nieuw\" }) { theme { id } } }"
        }
        "publish" => "mutation ($id: ID!, $v: Int!) { publishTheme(id: $id, version: $v) { theme { id } } }",
        "retract" => {
            "mutation ($id: ID!, $v: Int!) { endTheme(id: $id, version: $v, reason: \"Klaar\") { theme { id } } }"
        }
        _ => {
            "mutation ($id: ID!) { recordFeedback(theme: $id, input: { title: \"Titel\", body: \"Let op.\", addressee: { sector: \"20\" } }) { feedback { id } } }"
        }
    }
}

fn judged(cell: &Cell, answer: &Value, theme: &str) -> String {
    if let Some(refused) = code(answer) {
        assert!(
            answer["data"]
                .as_object()
                .is_none_or(|data| data.values().all(Value::is_null)),
            "{answer}"
        );
        return refused.to_owned();
    }
    if cell.operation != "read" {
        return "ok".to_owned();
    }
    let listed = answer["data"]["themes"]["nodes"].as_array().expect("nodes");
    let listed = listed.iter().any(|node| node["id"] == theme);
    assert_eq!(
        listed,
        answer["data"]["theme"]["id"] == theme,
        "a list says what a look says: {answer}"
    );
    if listed { "ok" } else { "hidden" }.to_owned()
}

async fn executed(on: On) {
    let matrix = Matrix::read("themes", &THEMES);
    let world = World::peopled(on).await;
    suspend(&world).await;
    let signals = pair(&world).await;
    let mut shared = std::collections::BTreeMap::new();
    for (cell, expected) in matrix.cells() {
        // What is done uses its theme up; what is refused does not.
        let key = (cell.record, cell.relation == "owner_sees_some");
        let used = expected == "ok" && cell.operation != "read";
        let theme = match shared.get(&key) {
            Some(theme) if !used => String::clone(theme),
            _ => made(&world, cell, &signals).await,
        };
        if !used {
            shared.insert(key, theme.clone());
        }
        let version = if cell.record == "ended" { 2 } else { 1 };
        let answer = outcome(
            &world,
            cell,
            query(cell.operation),
            json!({ "id": theme, "v": version }),
        )
        .await;
        assert_eq!(judged(cell, &answer, &theme), expected, "{cell:?}: {answer}");
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

/// Three signals of the ILT that say the same, the last of them in a state; the IGJ sees all that are out, the JenV two.
async fn alike(world: &World, state: &str) -> [String; 3] {
    let mut signals = Vec::new();
    for place in ["Kijfhoek", "Moerdijk", "Pernis"] {
        signals.push(
            published(
                world,
                "ilt",
                &json!({ "title": format!("Lekkende ketelwagen: {place}") }),
            )
            .await,
        );
    }
    for (signal, with) in [(0, "igj"), (1, "igj"), (2, "igj"), (0, "jenv"), (1, "jenv")] {
        share(world, "ilt", &signals[signal], with).await;
    }
    if state == "retracted" {
        let retract =
            "mutation ($id: ID!) { retractSignal(id: $id, version: 3, reason: \"proef\") { warnings { code } } }";
        world
            .data("ilt.inspector", "toezicht", retract, json!({ "id": signals[2] }))
            .await;
    }
    if state == "draft" {
        let record = "mutation { recordSignal(input: { title: \"Lekkende ketelwagen: Botlek\", narrative: \"Damp.\",
            category: \"chemicals\", severity: MINOR, observedFrom: \"2026-05-30T08:00:00Z\" }) { signal { id } } }";
        let made = world.data("ilt.inspector", "toezicht", record, json!({})).await;
        signals[2] = text(&made["recordSignal"]["signal"]["id"]);
    }
    signals.try_into().expect("three signals")
}

async fn naming_executed(on: On) {
    let matrix = Matrix::read("theme_naming", &NAMING);
    for state in NAMING.records {
        let world = World::peopled(on).await;
        suspend(&world).await;
        let signals = alike(&world, state).await;
        for (cell, expected) in matrix.cells().filter(|(cell, _)| cell.record == *state) {
            let members: Vec<&str> = signals.iter().map(String::as_str).collect();
            let answer = if cell.operation == "name_theme" {
                outcome(&world, cell, NAME, naming("Lekkages", &members)).await
            } else {
                let propose = "{ themeProposals { proposals { members { signal { id } } } } }";
                outcome(&world, cell, propose, json!({})).await
            };
            let got = match code(&answer) {
                Some(refused) => refused.to_owned(),
                None if cell.operation == "name_theme" => {
                    text(&answer["data"]["nameTheme"]["theme"]["state"]).to_lowercase()
                }
                None => proposed(&answer, &signals[2]),
            };
            assert_eq!(got, expected, "{cell:?}: {answer}");
        }
    }
}

/// Whether a signal is in any proposal.
fn proposed(answer: &Value, signal: &str) -> String {
    let proposals = answer["data"]["themeProposals"]["proposals"]
        .as_array()
        .expect("proposals");
    let members = proposals
        .iter()
        .flat_map(|proposal| proposal["members"].as_array().into_iter().flatten());
    let found = members.into_iter().any(|member| member["signal"]["id"] == signal);
    if found { "proposed" } else { "nothing" }.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_holds_on_sqlite() {
    naming_executed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_holds_on_postgres() {
    naming_executed(On::Postgres).await;
}
