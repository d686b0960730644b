//! Circles: each inspectorate joins and leaves for itself.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{agree, change, confirm, done, not_confirmed, propose, refused, world};

const FOUND: &str = "foundCircle(input: { code: \"haven\", name: \"Haven\", nameEn: \"Port\", purposes: [\"toezicht\"], legalBasis: \"demo\", ends: \"2027-12-31\" })";

/// A signal of the ILT, shared with the circle alone.
async fn shared(world: &World) {
    let input = json!({ "title": "Lekkage", "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z" });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let id = made["recordSignal"]["signal"]["id"].clone();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": id }))
        .await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { circle: \"haven\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": id }))
        .await;
}

async fn sees(world: &World, who: &str) -> bool {
    let found = world
        .data(who, "toezicht", "{ signals { nodes { title } } }", json!({}))
        .await;
    found.to_string().contains("Lekkage")
}

async fn members(world: &World) -> Vec<String> {
    let circle = done(
        world,
        "jenv.inspector",
        "{ circle(code: \"haven\") { members { code } } }",
    )
    .await;
    let code = |member: &Value| member["code"].as_str().expect("a code").to_owned();
    circle["members"]
        .as_array()
        .expect("members")
        .iter()
        .map(code)
        .collect()
}

async fn life(on: On) {
    let world = world(on).await;
    let (ilt, igj, jenv) = ("ilt.administrator", "igj.administrator", "jenv.administrator");
    change(&world, ilt, FOUND).await;
    assert_eq!(refused(&world, igj, FOUND).await, "NAME_TAKEN");
    shared(&world).await;
    assert_eq!(members(&world).await, ["ilt"]);
    let invite = "inviteToCircle(circle: \"haven\", organisation: \"igj\")";
    assert_eq!(refused(&world, jenv, invite).await, "NOT_OWNER");
    let id = propose(&world, ilt, invite).await;
    assert!(!sees(&world, "igj.inspector").await, "nobody is committed by another");
    assert_eq!(not_confirmed(&world, "ilt.admin2", &id).await, "OTHER_SIDE");
    assert_eq!(not_confirmed(&world, jenv, &id).await, "NOT_FOUND");
    confirm(&world, igj, &id).await;
    assert!(
        sees(&world, "igj.inspector").await,
        "a late joiner sees earlier records at once"
    );
    assert!(!sees(&world, "jenv.inspector").await);
    assert_eq!(refused(&world, ilt, invite).await, "ALREADY_SO");

    change(&world, igj, "leaveCircle(circle: \"haven\")").await;
    assert!(!sees(&world, "igj.inspector").await, "a leaver stops at once");
    assert_eq!(
        refused(&world, ilt, "leaveCircle(circle: \"haven\")").await,
        "COORDINATOR_STAYS"
    );
    agree(&world, ilt, igj, invite).await;
    assert!(sees(&world, "igj.inspector").await, "left and joined in one moment");
    assert_eq!(
        refused(&world, igj, "endMembership(circle: \"haven\", organisation: \"ilt\")").await,
        "NOT_OWNER"
    );
    change(&world, ilt, "endMembership(circle: \"haven\", organisation: \"igj\")").await;
    assert!(!sees(&world, "igj.inspector").await);

    agree(&world, ilt, igj, invite).await;
    agree(
        &world,
        ilt,
        igj,
        "proposeCoordinator(circle: \"haven\", organisation: \"igj\")",
    )
    .await;
    assert_eq!(refused(&world, ilt, "endCircle(circle: \"haven\")").await, "NOT_OWNER");
    agree(
        &world,
        igj,
        jenv,
        "inviteToCircle(circle: \"haven\", organisation: \"jenv\")",
    )
    .await;
    assert!(sees(&world, "jenv.inspector").await);
    assert_eq!(
        refused(&world, igj, "endCircle(circle: \"haven\", lastDay: \"2028-01-01\")").await,
        "INVALID_PERIOD"
    );
    assert_eq!(
        refused(&world, igj, "endCircle(circle: \"haven\", lastDay: \"2026-01-01\")").await,
        "INVALID_PERIOD"
    );
    change(&world, igj, "endCircle(circle: \"haven\", lastDay: \"2026-06-30\")").await;
    assert!(sees(&world, "jenv.inspector").await, "not yet");
    change(&world, igj, "endCircle(circle: \"haven\")").await;
    assert!(!sees(&world, "jenv.inspector").await, "in force at commit");
    assert_eq!(
        refused(&world, igj, "endCircle(circle: \"haven\", lastDay: \"2027-01-01\")").await,
        "WRONG_STATE"
    );
    assert_eq!(
        refused(&world, igj, "inviteToCircle(circle: \"haven\", organisation: \"nvwa\")").await,
        "WRONG_STATE"
    );
}

/// An empty circle means nobody; an organisation that ends takes the circles along that it coordinates.
async fn empty(on: On) {
    let world = world(on).await;
    change(&world, "igj.administrator", FOUND).await;
    agree(
        &world,
        "igj.administrator",
        "jenv.administrator",
        "inviteToCircle(circle: \"haven\", organisation: \"jenv\")",
    )
    .await;
    shared(&world).await;
    assert!(sees(&world, "jenv.inspector").await);
    world.run("UPDATE circle_member SET left_at = joined_at", vec![]).await;
    for who in ["igj.inspector", "jenv.inspector", "nvwa.inspector"] {
        assert!(!sees(&world, who).await, "{who}");
    }
    agree(
        &world,
        "jenv.administrator",
        "nvwa.administrator",
        "proposeEnd(organisation: \"igj\", reason: \"proef\")",
    )
    .await;
    let end =
        "SELECT code FROM circle WHERE ends_at <= (SELECT ended_at FROM organisation WHERE code = 'igj') ORDER BY code";
    assert_eq!(world.look(end, vec![]).await, ["cmj", "haven"]);
}

async fn bad_input(on: On) {
    let world = world(on).await;
    world
        .run("UPDATE organisation SET kind = 'partner' WHERE code = 'nvwa'", vec![])
        .await;
    let ilt = "ilt.administrator";
    for (who, call, expected) in [
        (ilt, FOUND.replace("\"haven\"", "\"H\""), "INVALID_INPUT"),
        (ilt, FOUND.replace("\"Haven\"", "\"\""), "REQUIRED"),
        (ilt, FOUND.replace("[\"toezicht\"]", "[]"), "REQUIRED"),
        (ilt, FOUND.replace("[\"toezicht\"]", "[\"geen\"]"), "UNKNOWN_REFERENCE"),
        (ilt, FOUND.replace("\"demo\"", "\"geen\""), "UNKNOWN_REFERENCE"),
        (ilt, FOUND.replace("2027-12-31", "2025-12-31"), "INVALID_PERIOD"),
        (
            ilt,
            FOUND.replace("ends: \"2027-12-31\"", "starts: \"2027-01-01\", ends: \"2026-12-30\""),
            "INVALID_PERIOD",
        ),
        (ilt, FOUND.replace("\"haven\"", "\"cmj\""), "NAME_TAKEN"),
        ("nvwa.administrator", FOUND.to_owned(), "INVALID_INPUT"),
        (
            "igj.administrator",
            "inviteToCircle(circle: \"cmj\", organisation: \"nvwa\")".to_owned(),
            "INVALID_INPUT",
        ),
        (
            "igj.administrator",
            "inviteToCircle(circle: \"geen\", organisation: \"ilt\")".to_owned(),
            "UNKNOWN_REFERENCE",
        ),
        (
            "igj.administrator",
            "inviteToCircle(circle: \"cmj\", organisation: \"geen\")".to_owned(),
            "UNKNOWN_REFERENCE",
        ),
        (
            "igj.administrator",
            "proposeCoordinator(circle: \"cmj\", organisation: \"ilt\")".to_owned(),
            "UNKNOWN_REFERENCE",
        ),
        (
            "igj.administrator",
            "proposeCoordinator(circle: \"cmj\", organisation: \"igj\")".to_owned(),
            "ALREADY_SO",
        ),
    ] {
        assert_eq!(refused(&world, who, &call).await, expected, "{call}");
    }
}

on_both! { life empty bad_input }
