//! Triage, on both databases: who takes part, what they may do, and that it goes with the record.

use access::Role;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::matrix::{Cell, Matrix, Words};
use tests::world::{On, World, id};

const WORDS: Words = Words {
    relations: &["opener", "participant", "reader", "stranger", "suspended", "anonymous"],
    operations: &["open_triage", "opine", "decide_triage", "read_triage"],
    records: &["published", "retracted"],
};

const OPEN: &str = "mutation ($signal: ID!, $with: [String!]!) {
    openTriage(signal: $signal, participants: $with, question: \"Wie onderzoekt dit?\") { id } }";
const OPINE: &str = "mutation ($triage: ID!, $judgement: JudgementInput!) {
    giveOpinion(triage: $triage, opinion: $judgement) { missing { id } opinions { step motivation } } }";
const DECIDE: &str = "mutation ($triage: ID!, $judgement: JudgementInput!) {
    decideTriage(triage: $triage, decision: $judgement) { decision { step lead { id } grounds motivation } } }";
const READ: &str =
    "query ($triage: ID!) { triage(id: $triage) { id question overdue openedBy { id } participants { id }
    missing { id } opinions { organisation { id } step grounds } decision { step } signal { title } } }";

fn judgement() -> Value {
    json!({ "step": "JOINT", "grounds": ["SERIOUSNESS"], "motivation": "Samen is beter." })
}

/// A published signal of JenV's, shared with IGJ and ILT; its id.
async fn signal(world: &World) -> String {
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id } } }";
    let input = json!({ "title": "Melding jeugdinstelling", "narrative": "Een incident.", "category": "youth-care",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z" });
    let made = world
        .data("jenv.inspector", "toezicht", record, json!({ "input": input }))
        .await;
    let id = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { state } } }";
    world
        .data("jenv.inspector", "toezicht", publish, json!({ "id": id }))
        .await;
    for to in ["igj", "ilt"] {
        let share = "mutation ($id: ID!, $to: String!) { shareSignal(id: $id, grant: { to: { organisation: $to },
            purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { state } } }";
        world
            .data("jenv.inspector", "toezicht", share, json!({ "id": id, "to": to }))
            .await;
    }
    id
}

async fn opened(world: &World, signal: &str) -> String {
    let open = json!({ "signal": signal, "with": ["igj"] });
    let made = world.data("jenv.inspector", "toezicht", OPEN, open).await;
    made["openTriage"]["id"].as_str().expect("an id").to_owned()
}

async fn retract(world: &World, signal: &str) {
    let text =
        "mutation ($id: ID!) { retractSignal(id: $id, version: 4, reason: \"vergissing\") { signal { state } } }";
    world
        .data("jenv.inspector", "toezicht", text, json!({ "id": signal }))
        .await;
}

async fn outcome(world: &World, cell: &Cell) -> String {
    let signal = signal(world).await;
    let triage = opened(world, &signal).await;
    if cell.operation == "decide_triage" {
        for who in ["jenv.inspector", "igj.inspector"] {
            let variables = json!({ "triage": triage, "judgement": judgement() });
            world.data(who, "toezicht", OPINE, variables).await;
        }
    }
    if cell.record == "retracted" {
        retract(world, &signal).await;
    }
    let who = match cell.relation {
        "opener" => format!("jenv.{}", cell.role),
        "participant" => format!("igj.{}", cell.role),
        "reader" => format!("ilt.{}", cell.role),
        "stranger" => format!("nvwa.{}", cell.role),
        _ => format!("suspended.{}", cell.role),
    };
    let judged = json!({ "triage": triage, "judgement": judgement() });
    let (query, variables) = match cell.operation {
        "open_triage" => (OPEN, json!({ "signal": signal, "with": ["igj"] })),
        "opine" => (OPINE, judged),
        "decide_triage" => (DECIDE, judged),
        _ => (READ, json!({ "triage": triage })),
    };
    let answer = world.ask(&who, "toezicht", query, variables).await;
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if answer["data"]["triage"].is_null() && cell.operation == "read_triage" => "hidden".to_owned(),
        None => "ok".to_owned(),
    }
}

async fn matrix(on: On) {
    let world = World::peopled(on).await;
    world.organisation("suspended", true).await;
    for role in Role::ALL {
        let name = format!("suspended.{}", role.code());
        world.account(&name, "suspended", &[role], 2).await;
        let suspend = "UPDATE account SET suspended_at = 0 WHERE name = ?";
        world.run(suspend, vec![name.into()]).await;
    }
    let matrix = Matrix::read("triage", &WORDS);
    let executed = matrix
        .executed(&world, READ, async |cell| outcome(&world, cell).await)
        .await;
    assert_eq!(executed, 9 * 6 * 4 * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_sqlite() {
    matrix(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_holds_on_postgres() {
    matrix(On::Postgres).await;
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let organisation = |code: &str| json!({ "id": format!("org_{}", id(code).simple()) });
    let signal = signal(&world).await;
    let triage = opened(&world, &signal).await;
    let seen = world
        .data("igj.analyst", "toezicht", READ, json!({ "triage": triage }))
        .await;
    assert_eq!(seen["triage"]["signal"]["title"], "Melding jeugdinstelling");
    assert_eq!(seen["triage"]["missing"].as_array().map(Vec::len), Some(2));
    let of_signal = "query ($id: ID!) { signal(id: $id) { triages { id } } }";
    let reader = world
        .data("ilt.inspector", "toezicht", of_signal, json!({ "id": signal }))
        .await;
    assert_eq!(
        reader["signal"]["triages"],
        json!([]),
        "who takes no part does not learn of it"
    );
    let list = "query ($open: Boolean) { triages(open: $open) { nodes { id } } }";
    let mine = world
        .data("igj.inspector", "toezicht", list, json!({ "open": true }))
        .await;
    assert_eq!(mine["triages"]["nodes"], json!([{ "id": triage }]));

    let variables = |judgement: Value| json!({ "triage": triage, "judgement": judgement });
    let early = world
        .refusal("jenv.coordinator", "toezicht", DECIDE, variables(judgement()))
        .await;
    assert_eq!(early, "TRIAGE_NOT_READY");
    let own = json!({ "step": "OWN_INQUIRY", "motivation": "Eerst zelf." });
    world.data("igj.inspector", "toezicht", OPINE, variables(own)).await;
    let other = json!({ "step": "ONE_INSPECTORATE", "lead": "igj", "grounds": ["SYSTEM_BOTTLENECK", "NOT_REFLECTIVE"],
        "motivation": "IGJ kent de instelling." });
    let given = world
        .data("igj.coordinator", "toezicht", OPINE, variables(other.clone()))
        .await;
    assert_eq!(
        given["giveOpinion"]["opinions"].as_array().map(Vec::len),
        Some(1),
        "the later one stands"
    );
    for (bad, field) in [
        (json!({ "step": "JOINT", "motivation": "Zonder grond." }), "grounds"),
        (
            json!({ "step": "ONE_INSPECTORATE", "grounds": ["SERIOUSNESS"], "motivation": "Wie?" }),
            "lead",
        ),
        (
            json!({ "step": "ONE_INSPECTORATE", "lead": "nvwa", "grounds": ["SERIOUSNESS"], "motivation": "Die?" }),
            "lead",
        ),
        (json!({ "step": "OWN_INQUIRY", "motivation": " " }), "motivation"),
    ] {
        let answer = world.ask("jenv.inspector", "toezicht", OPINE, variables(bad)).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer:#}");
    }
    world
        .data("jenv.inspector", "toezicht", OPINE, variables(judgement()))
        .await;
    let decided = world
        .data("jenv.coordinator", "toezicht", DECIDE, variables(other))
        .await;
    let decision = &decided["decideTriage"]["decision"];
    assert_eq!(decision["lead"], organisation("igj"));
    assert_eq!(decision["grounds"], json!(["NOT_REFLECTIVE", "SYSTEM_BOTTLENECK"]));
    let late = world
        .refusal("igj.inspector", "toezicht", OPINE, variables(judgement()))
        .await;
    assert_eq!(late, "WRONG_STATE", "a decision stands");

    let second = opened(&world, &signal).await;
    world.clock.advance(20 * 24 * 3600 * SECOND);
    let due = world
        .data("jenv.inspector", "toezicht", READ, json!({ "triage": second }))
        .await;
    assert_eq!(due["triage"]["overdue"], true);
    let variables = json!({ "triage": second, "judgement": judgement() });
    world.data("jenv.coordinator", "toezicht", DECIDE, variables).await;

    let inbox = "{ inbox { nodes { kind } } }";
    let told = world.data("igj.inspector", "toezicht", inbox, json!({})).await;
    let kinds: Vec<&str> = told["inbox"]["nodes"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|node| node["kind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"DECISION_AWAITED") && kinds.contains(&"DECIDED"),
        "{kinds:?}"
    );

    let reader = world.data("ilt.inspector", "toezicht", inbox, json!({})).await;
    let told = reader["inbox"]["nodes"].as_array().expect("items").clone();
    assert!(!told.is_empty(), "who sees the signal is told of the share");
    assert!(
        told.iter().all(|node| node["kind"] == "SHARED"),
        "and, taking no part, of no triage: {told:?}"
    );

    retract(&world, &signal).await;
    let gone = world
        .data("igj.inspector", "toezicht", READ, json!({ "triage": triage }))
        .await;
    assert_eq!(gone["triage"], Value::Null);
    let gone = world.data("igj.inspector", "toezicht", list, json!({})).await;
    assert_eq!(gone["triages"]["nodes"], json!([]), "with the record goes the triage");
}

#[tokio::test]
async fn decides_together_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decides_together_on_postgres() {
    life(On::Postgres).await;
}

async fn once(on: On) {
    let world = World::peopled(on).await;
    let signal = signal(&world).await;
    let triage = opened(&world, &signal).await;
    world.clock.advance(20 * 24 * 3600 * SECOND);
    let variables = || json!({ "triage": triage, "judgement": judgement() });
    let (one, other) = tokio::join!(
        world.ask("jenv.coordinator", "toezicht", DECIDE, variables()),
        world.ask("jenv.coordinator", "toezicht", DECIDE, variables()),
    );
    let done = [&one, &other]
        .iter()
        .filter(|answer| answer.get("errors").is_none())
        .count();
    assert_eq!(done, 1, "one decision: {one:#} {other:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_only_on_sqlite() {
    once(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_only_on_postgres() {
    once(On::Postgres).await;
}
