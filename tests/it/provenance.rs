//! How far a signal can be trusted, how long it holds, and how a machine came by it: on both databases.

use serde_json::{Value, json};
use tests::world::{On, World};

const RECORD: &str = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
const WORTH: &str = "query ($id: ID!) { signal(id: $id) { rating reliability credibility validUntil outdated
    provenance { urlHash collectedAt tool toolVersion confidence productCategory } } }";
const DAY: i64 = 86_400_000_000;

fn found() -> Value {
    json!({
        "title": "Koudemiddel zonder certificaat te koop", "narrative": "Flessen R404A, per stuk.",
        "category": "chemicals", "severity": "MODERATE", "observedFrom": "2026-05-30T08:00:00Z", "origin": "WEB",
        "reliability": "USUALLY_RELIABLE", "credibility": "PROBABLY_TRUE", "validUntil": "2026-06-01",
        "provenance": { "urlHash": "0a".repeat(32), "collectedAt": "2026-05-30T08:00:00Z", "tool": "Webspeurder",
            "toolVersion": "1.2", "confidence": 0.85, "productCategory": "F-gassen" }
    })
}

async fn recorded(world: &World, input: Value) -> String {
    let made = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
        .await;
    made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned()
}

async fn worth(world: &World, id: &str) -> Value {
    let seen = world.data("ilt.analyst", "toezicht", WORTH, json!({ "id": id })).await;
    seen["signal"].clone()
}

async fn worth_is_kept(on: On) {
    let world = World::peopled(on).await;
    let id = recorded(&world, found()).await;
    let mut expected = json!({
        "rating": "B2", "reliability": "USUALLY_RELIABLE", "credibility": "PROBABLY_TRUE", "validUntil": "2026-06-01",
        "outdated": false, "provenance": found()["provenance"],
    });
    assert_eq!(worth(&world, &id).await, expected);
    world.clock.advance(DAY);
    expected["outdated"] = json!(true);
    assert_eq!(worth(&world, &id).await, expected, "shown all the same");

    let edit = "mutation ($id: ID!, $v: Int!, $e: SignalEdit!) { editSignal(id: $id, version: $v, input: $e) { signal { version } } }";
    let steps = [
        (json!({ "title": "Koudemiddel" }), expected.clone()),
        (
            json!({ "reliability": null, "credibility": "DOUBTFUL", "validUntil": null }),
            json!({ "rating": "-4", "reliability": null, "credibility": "DOUBTFUL", "validUntil": null,
                "outdated": false, "provenance": found()["provenance"] }),
        ),
    ];
    for (version, (changes, expected)) in (1..).zip(steps) {
        let given = json!({ "id": id, "v": version, "e": changes });
        world.data("ilt.inspector", "toezicht", edit, given).await;
        assert_eq!(worth(&world, &id).await, expected, "{changes}");
    }
    let feed =
        "SELECT COALESCE(CAST(credibility AS TEXT), '-') || COALESCE(CAST(valid_until AS TEXT), '-') FROM signal_feed";
    assert_eq!(world.look(feed, vec![]).await, ["4-"], "the feed says the same");
}

#[tokio::test]
async fn worth_is_kept_on_sqlite() {
    worth_is_kept(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn worth_is_kept_on_postgres() {
    worth_is_kept(On::Postgres).await;
}

fn with(path: &str, value: Value) -> Value {
    let mut input = found();
    *input.pointer_mut(path).expect("a place") = value;
    input
}

#[tokio::test]
async fn what_comes_from_the_web_is_deidentified_before_it_comes_in() {
    let world = World::peopled(On::Sqlite).await;
    let mut reporter = found();
    reporter["reporter"] = json!({ "name": "Canarie Melder" });
    let mut involved = found();
    involved["personsInvolved"] = json!(["Canarie Betrokkene"]);
    let mut seen = found();
    seen["origin"] = json!("OWN");
    let refused = [
        (reporter, "NOT_DEIDENTIFIED", "input.reporter"),
        (involved, "NOT_DEIDENTIFIED", "input.personsInvolved"),
        (
            with("/narrative", json!("Bel 06-12345678")),
            "NOT_DEIDENTIFIED",
            "input.narrative",
        ),
        (
            with("/provenance/productCategory", json!("van dhr. Canarie")),
            "NOT_DEIDENTIFIED",
            "input.provenance.productCategory",
        ),
        (
            with("/provenance/urlHash", json!("https://winkel.example")),
            "INVALID_INPUT",
            "input.provenance.urlHash",
        ),
        (
            with("/provenance/confidence", json!(1.5)),
            "INVALID_INPUT",
            "input.provenance.confidence",
        ),
        (
            with("/provenance/collectedAt", json!("2026-07-01T00:00:00Z")),
            "INVALID_DATE",
            "input.provenance.collectedAt",
        ),
        (
            with("/validUntil", json!("2026-05-29")),
            "INVALID_PERIOD",
            "input.validUntil",
        ),
        (seen, "INVALID_INPUT", "input.provenance"),
    ];
    for (input, code, field) in refused {
        let answer = world
            .ask("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
            .await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!(code), &json!(field)),
            "{answer:#}"
        );
    }
    assert_eq!(
        world.look("SELECT CAST(COUNT(*) AS TEXT) FROM signal", vec![]).await,
        ["0"]
    );
    recorded(&world, found()).await;
}
