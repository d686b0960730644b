//! Parties that are persons: each inspectorate sees the names that it gave.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{EDIT, EDIT_SITE, REGISTER, SEE, SITE, data, refusal, registered, trader};

/// Two inspectorates register one sole trader: each sees the names that it gave, nobody those of the other.
async fn person(on: On) {
    let world = World::peopled(on).await;
    let one = registered(&world, "ilt.inspector", trader("00009821", "Kanarie-een")).await;
    let made = data(
        &world,
        "nvwa.inspector",
        REGISTER,
        json!({ "i": trader("00009821", "Kanarie-twee") }),
    )
    .await;
    let made = &made["registerParty"];
    assert_eq!(
        (&made["party"]["id"], &made["alreadyRegistered"]),
        (&json!(one), &json!(true))
    );
    assert_eq!(made["party"]["legalName"], "Kanarie-twee");
    assert!(
        !made.to_string().contains("Kanarie-een"),
        "what the other keeps is not shown: {made}"
    );
    let address = json!({ "street": "Kanariestraat 1", "postcode": "0000aa", "city": "Nergens" });
    let site = json!({ "p": one, "i": { "name": "Kanarie-huis", "address": address, "safetyRegion": "VR17",
        "coordinates": { "latitude": 51.5, "longitude": 4.5 },
        "identifiers": [{ "scheme": "VESTIGING", "value": "999900000821" }, { "scheme": "BAG", "value": "9999010000000821" }] } });
    let made = data(&world, "ilt.inspector", SITE, site.clone()).await;
    let atelier = made["registerSite"]["site"].clone();
    assert_eq!(atelier["bagId"], "9999010000000821");
    assert_eq!(
        atelier["identifiers"],
        json!([{ "value": "999900000821" }]),
        "a BAG id says where it is"
    );
    assert_eq!(atelier["address"]["postcode"], "0000 AA");

    for (who, name, place) in [
        ("ilt.inspector", json!("Kanarie-een"), json!("Kanarie-huis")),
        ("nvwa.inspector", json!("Kanarie-twee"), Value::Null),
        ("igj.inspector", Value::Null, Value::Null),
        ("ilt.analyst", Value::Null, Value::Null),
    ] {
        let seen = data(&world, who, SEE, json!({ "id": one })).await;
        let seen = &seen["party"];
        assert_eq!(
            (&seen["legalName"], &seen["sites"][0]["name"]),
            (&name, &place),
            "{who}: {seen}"
        );
        assert_eq!(seen["sites"][0]["bagId"].is_null(), place.is_null(), "{who}");
        assert_eq!(
            seen["maskedFields"].as_array().map(Vec::len),
            Some(if name.is_null() { 2 } else { 0 })
        );
        let masked = seen["sites"][0]["maskedFields"].as_array().map(Vec::len);
        assert_eq!(masked, Some(if place.is_null() { 4 } else { 0 }), "{who}: {seen}");
    }
    // The second custodian keeps an address of its own from its first change of it on.
    let site_id = &atelier["id"];
    let nameless = json!({ "id": site_id, "v": 1, "i": { "coordinates": null } });
    let (code, field) = refusal(&world, "nvwa.inspector", EDIT_SITE, nameless).await;
    assert_eq!((code.as_str(), field.as_str()), ("REQUIRED", "input.name"));
    let change = json!({ "id": site_id, "v": 1, "i": { "name": "Kanarie-hok" } });
    let edited = data(&world, "nvwa.inspector", EDIT_SITE, change).await;
    let site_seen = &edited["editSite"]["site"];
    assert_eq!(
        (&site_seen["name"], &site_seen["bagId"]),
        (&json!("Kanarie-hok"), &Value::Null)
    );
    let rename = json!({ "id": one, "v": 1, "i": { "legalName": "Kanarie-drie", "publicTask": "Taxi" } });
    let edited = data(&world, "nvwa.inspector", EDIT, rename).await;
    assert_eq!(edited["editParty"]["party"]["legalName"], "Kanarie-drie");
    let seen = data(&world, "ilt.inspector", SEE, json!({ "id": one })).await;
    assert_eq!(seen["party"]["legalName"], "Kanarie-een", "each keeps its own");
    assert_eq!(seen["party"]["sites"][0]["name"], "Kanarie-huis");
    let open = "SELECT COALESCE(legal_name, '-') || name_words FROM party UNION ALL SELECT COALESCE(name, '-') ||
        COALESCE(street, '') || COALESCE(CAST(latitude AS TEXT), '') FROM site UNION ALL SELECT name FROM party_trade_name
        UNION ALL SELECT value FROM site_identifier";
    let open = world.look(open, vec![]).await.join(" ");
    assert!(
        !open.contains("anarie") && !open.contains("9999010000000821"),
        "nothing personal stands open: {open}"
    );

    // A number of a person that may be a citizen's is refused; two people may bear one name.
    let mut rsin = trader("00009822", "Kanarie-een");
    rsin["identifiers"] = json!([{ "scheme": "KVK", "value": "00009822" }, { "scheme": "RSIN", "value": "111222333" }]);
    let (code, field) = refusal(&world, "ilt.inspector", REGISTER, json!({ "i": rsin })).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("INVALID_INPUT", "input.identifiers.1.scheme")
    );
    let somebody = json!({ "kind": "NATURAL_PERSON", "legalName": "Kanarie-een" });
    let first = registered(&world, "ilt.inspector", somebody.clone()).await;
    assert_ne!(registered(&world, "ilt.inspector", somebody).await, first);
    // Whoever knows a number of it becomes a custodian without reading anything.
    let lines = "SELECT operation || ' ' || fields FROM processing_log WHERE kind = 'party' AND operation = 'kept'";
    assert_eq!(world.look(lines, vec![]).await, ["kept "]);
}

#[tokio::test]
async fn person_on_sqlite() {
    person(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn person_on_postgres() {
    person(On::Postgres).await;
}
