//! Sectors of a party.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{EDIT, REGISTER, SECTORS, company, data, refusal, registered, sector, text, trader};

async fn sectors(on: On) {
    let world = World::peopled(on).await;
    let file = json!({ "s": [sector("H", None), sector("50", Some("H")), sector("50.2", Some("50")), sector("52", Some("H"))] });
    let import =
        async |file: &Value| data(&world, "ilt.administrator", SECTORS, file.clone()).await["importSectors"].clone();
    assert_eq!(
        import(&file).await,
        json!({ "created": 4, "changed": 0, "unchanged": 0 })
    );
    assert_eq!(
        import(&file).await,
        json!({ "created": 0, "changed": 0, "unchanged": 4 }),
        "twice changes nothing"
    );
    let mut other = file.clone();
    other["s"][1]["name"] = json!("Vervoer over water");
    assert_eq!(
        import(&other).await,
        json!({ "created": 0, "changed": 1, "unchanged": 3 })
    );
    for (wrong, code, field) in [
        (
            json!([sector("501", Some("77"))]),
            "UNKNOWN_REFERENCE",
            "sectors.0.parent",
        ),
        (json!([sector("HH", None)]), "INVALID_INPUT", "sectors.0.code"),
        (json!(vec![sector("53", None); 501]), "TOO_MANY", "sectors"),
    ] {
        let refused = refusal(&world, "ilt.administrator", SECTORS, json!({ "s": wrong })).await;
        assert_eq!((refused.0.as_str(), refused.1.as_str()), (code, field));
    }
    let list = "query ($u: String, $n: Int, $a: String) { sectors(under: $u, first: $n, after: $a) {
        nodes { code nameEn source parent { code } } pageInfo { hasNextPage endCursor } } }";
    let top = data(&world, "ilt.auditor", list, json!({})).await;
    let expected = json!([{ "code": "H", "nameEn": "Sector H", "source": "proef", "parent": null }]);
    assert_eq!(top["sectors"]["nodes"], expected);
    let page = data(&world, "ilt.auditor", list, json!({ "u": "H", "n": 1 })).await;
    assert_eq!(
        (
            &page["sectors"]["nodes"][0]["code"],
            &page["sectors"]["pageInfo"]["hasNextPage"]
        ),
        (&json!("50"), &json!(true))
    );
    let rest = json!({ "u": "H", "n": 1, "a": page["sectors"]["pageInfo"]["endCursor"] });
    assert_eq!(
        data(&world, "ilt.auditor", list, rest).await["sectors"]["nodes"][0]["code"],
        "52"
    );

    let mut input = company("00009841");
    input["sectors"] = json!(["50.2"]);
    let carrier = registered(&world, "ilt.inspector", input.clone()).await;
    let mut person = trader("00009842", "Kanarie-schipper");
    person["sectors"] = json!(["50"]);
    let skipper = registered(&world, "ilt.inspector", person).await;
    input["identifiers"][0]["value"] = json!("00009843");
    input["sectors"] = json!(["50", "99"]);
    let refused = refusal(&world, "ilt.inspector", REGISTER, json!({ "i": input })).await;
    assert_eq!(
        (refused.0.as_str(), refused.1.as_str()),
        ("UNKNOWN_REFERENCE", "input.sectors.1")
    );
    let find = "query ($s: String!, $n: String) { parties(sector: $s, name: $n) { nodes { id sectors { code } } } }";
    let found = async |sector: &str, name: Value| -> Vec<String> {
        let found = data(&world, "igj.analyst", find, json!({ "s": sector, "n": name })).await;
        found["parties"]["nodes"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|node| text(&node["id"]))
            .collect()
    };
    assert_eq!(
        found("H", Value::Null).await,
        [skipper.clone(), carrier.clone()],
        "parts of it too"
    );
    assert_eq!(found("50", json!("fictief")).await, std::slice::from_ref(&carrier));
    assert_eq!(found("502", Value::Null).await, std::slice::from_ref(&carrier));
    assert_eq!(found("52", Value::Null).await, [""; 0]);
    let refused = refusal(&world, "igj.analyst", find, json!({ "s": "77" })).await;
    assert_eq!(
        (refused.0.as_str(), refused.1.as_str()),
        ("UNKNOWN_REFERENCE", "sector")
    );
    data(
        &world,
        "ilt.inspector",
        EDIT,
        json!({ "id": carrier, "v": 1, "i": { "sectors": ["52"] } }),
    )
    .await;
    assert_eq!(found("50", Value::Null).await, [skipper]);
    assert_eq!(found("52", Value::Null).await, [carrier]);
}

#[tokio::test]
async fn sectors_on_sqlite() {
    sectors(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sectors_on_postgres() {
    sectors(On::Postgres).await;
}
