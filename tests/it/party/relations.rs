//! Relations between parties.

use serde_json::{Value, json};
use tests::world::{On, World, id};

use super::{END, RELATE, data, refusal, registered};

async fn relations(on: On) {
    let world = World::peopled(on).await;
    let kind = |kind: &str, name: &str| json!({ "kind": kind, "legalName": name });
    let carrier = registered(&world, "ilt.inspector", kind("COMPANY", "Rederij")).await;
    let holding = registered(&world, "nvwa.inspector", kind("COMPANY", "Holding")).await;
    let ship = registered(&world, "ilt.inspector", kind("SHIP", "Schip")).await;
    let body = registered(&world, "nvwa.inspector", kind("CERTIFYING_BODY", "Keurmerk")).await;
    let relate =
        |party: &str, role: &str, other: &str| json!({ "i": { "partyId": party, "role": role, "otherId": other } });
    for (one, role, other) in [
        (&carrier, "PARENT", &holding),
        (&carrier, "OPERATED", &ship),
        (&carrier, "CERTIFIER", &body),
    ] {
        let made = data(&world, "ilt.inspector", RELATE, relate(one, role, other)).await;
        let again = data(&world, "ilt.inspector", RELATE, relate(one, role, other)).await;
        assert_eq!(made, again, "the same relation twice is one");
        assert_eq!(
            (&made["relateParties"]["starts"], &made["relateParties"]["ends"]),
            (&json!("2026-06-01"), &Value::Null)
        );
    }
    for (wrong, field) in [
        (relate(&ship, "CHILD", &ship), "input.otherId"),
        (relate(&holding, "PARENT", &carrier), "input.otherId"),
        (relate(&ship, "CERTIFIER", &carrier), "input.role"),
        (relate(&ship, "MEMBER", &carrier), "input.role"),
    ] {
        let refused = refusal(&world, "ilt.inspector", RELATE, wrong).await;
        assert_eq!((refused.0.as_str(), refused.1.as_str()), ("INVALID_INPUT", field));
    }
    let mut overlapping = relate(&carrier, "PARENT", &holding);
    overlapping["i"]["starts"] = json!("2026-05-01");
    assert_eq!(
        refusal(&world, "ilt.inspector", RELATE, overlapping).await.1,
        "input.starts"
    );
    assert_eq!(
        refusal(&world, "igj.inspector", RELATE, relate(&ship, "CHILD", &body))
            .await
            .0,
        "NOT_CUSTODIAN"
    );

    let see = "query ($id: ID!, $r: PartyRole, $on: Date, $n: Int, $a: String) { party(id: $id) {
        relations(role: $r, on: $on, first: $n, after: $a) { nodes { id role party { id } } pageInfo { hasNextPage endCursor } } } }";
    let seen = async |variables: Value| data(&world, "igj.analyst", see, variables).await["party"]["relations"].clone();
    let all = seen(json!({ "id": carrier })).await;
    let roles: Vec<&str> = all["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|node| node["role"].as_str())
        .collect();
    assert_eq!(roles, ["PARENT", "OPERATED", "CERTIFIER"]);
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = seen(json!({ "id": carrier, "n": 1, "a": after })).await;
        pages.extend(page["nodes"].as_array().expect("a list").clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(json!(pages), all["nodes"], "page by page the same");
    for (other, role, back) in [
        (&holding, "CHILD", "PARENT"),
        (&ship, "OPERATOR", "OPERATED"),
        (&body, "CERTIFIED", "CERTIFIER"),
    ] {
        let from = seen(json!({ "id": other, "r": role })).await;
        assert_eq!(
            from["nodes"][0]["party"]["id"],
            json!(carrier),
            "{role}: from the other side"
        );
        assert_eq!(seen(json!({ "id": other, "r": back })).await["nodes"], json!([]));
    }
    let relation = &all["nodes"][0]["id"];
    let refused = refusal(&world, "igj.inspector", END, json!({ "id": relation })).await;
    assert_eq!(refused.0, "NOT_CUSTODIAN");
    assert_eq!(
        refusal(
            &world,
            "nvwa.inspector",
            END,
            json!({ "id": relation, "e": "2026-05-01" })
        )
        .await
        .0,
        "INVALID_PERIOD"
    );
    let ended = data(
        &world,
        "nvwa.inspector",
        END,
        json!({ "id": relation, "e": "2026-06-03" }),
    )
    .await;
    assert_eq!(ended["endRelation"]["ends"], "2026-06-03");
    for (on, there) in [
        ("2026-05-31", 0),
        ("2026-06-01", 1),
        ("2026-06-03", 1),
        ("2026-06-04", 0),
    ] {
        let found = seen(json!({ "id": carrier, "r": "PARENT", "on": on })).await;
        assert_eq!(found["nodes"].as_array().map(Vec::len), Some(there), "{on}");
    }
    let nowhere = format!("rel_{}", id("nowhere").simple());
    assert_eq!(
        refusal(&world, "ilt.inspector", END, json!({ "id": nowhere })).await.0,
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn relations_on_sqlite() {
    relations(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_on_postgres() {
    relations(On::Postgres).await;
}
