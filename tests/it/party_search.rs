//! Parties are found by whatever somebody has: a misspelt name, a number, postcode and number, an address.

use registry::model::identifier::Scheme;
use registry::seed::catch_up;
use serde_json::{Value, json};
use tests::crowd::{BUDGET, load, search};
use tests::register::{company, party_id, register, sole_trader};
use tests::service::code;
use tests::world::{On, World};

const SEARCH: &str =
    "query ($s: String!, $first: Int = 50, $after: String) { parties(search: $s, first: $first, after: $after) {
    edges { cursor matchedBecause { kind field score } node { id legalName } } pageInfo { hasNextPage endCursor } } }";

async fn registered(on: On) -> World {
    let world = World::peopled(on).await;
    register(
        &world,
        &[
            company("chemtrans", "Chemtrans Rijnmond Tankvaart B.V.")
                .trading_as("De Blauwe Tank")
                .number(Scheme::Kvk, "00009901")
                .site(
                    "Verzinseldijk 12a",
                    "0000 AA",
                    "'s-Gravenhage",
                    &[(Scheme::Vestiging, "999900000001")],
                ),
            company("opslag", "Opslag Voorbeeldhaven B.V.").site("Verzinseldijk 14", "0000 AA", "Den Haag", &[]),
            company("bakker", "Bakkerij De Zonnebloem V.O.F.").site("Laan 3", "0000 AB", "Elders", &[]),
            company("ander", "Slagerij Haverkamp Elders").site("Laan 5", "0000 AB", "Elders", &[]),
            sole_trader("trader", "Canarie Zonnebloem", "ilt")
                .number(Scheme::Kvk, "00009920")
                .site("Canariestraat 7", "0000 ZZ", "Elders", &[]),
        ],
    )
    .await;
    world
}

/// The keys of what is found, the best first, with why.
async fn found(world: &World, text: &str) -> Vec<(String, Value)> {
    let data = world
        .registry_data("nvwa.inspector", "toezicht", SEARCH, &json!({ "s": text }))
        .await;
    let edges = data["parties"]["edges"].as_array().expect("edges").clone();
    let key = |edge: Value| {
        let keys = ["chemtrans", "opslag", "bakker", "ander", "trader"];
        let key = keys.into_iter().find(|key| edge["node"]["id"] == party_id(key));
        (key.unwrap_or("?").to_owned(), edge["matchedBecause"].clone())
    };
    edges.into_iter().map(key).collect()
}

async fn finds(on: On) {
    let world = registered(on).await;
    for (text, first, kind, field) in [
        ("Chemtrans Rijnmond Tankvaart BV", "chemtrans", "EXACT", "LEGAL_NAME"),
        ("chemtrans rijnmont", "chemtrans", "SIMILAR", "LEGAL_NAME"),
        ("Chem Trans Rijnmond Tankvaart", "chemtrans", "EXACT", "LEGAL_NAME"),
        ("rijmnond tankvaart", "chemtrans", "SIMILAR", "LEGAL_NAME"),
        ("blauwe tank", "chemtrans", "EXACT", "TRADE_NAME"),
        ("zonneblom", "bakker", "SIMILAR", "LEGAL_NAME"),
        ("00009901", "chemtrans", "EXACT", "IDENTIFIER"),
        ("KvK 0000 9901", "chemtrans", "EXACT", "IDENTIFIER"),
        ("999900000001", "chemtrans", "EXACT", "SITE_IDENTIFIER"),
        ("0000aa 12", "chemtrans", "EXACT", "DOOR"),
        ("0000 AA 14", "opslag", "EXACT", "DOOR"),
        ("Verzinseldijk 14, Den Haag", "opslag", "EXACT", "ADDRESS"),
        ("verzinseldijk 12 a den haag", "chemtrans", "EXACT", "ADDRESS"),
        // A person is found by its number, and not by its name or address.
        ("00009920", "trader", "EXACT", "IDENTIFIER"),
    ] {
        let found = found(&world, text).await;
        let best = found.first().unwrap_or_else(|| panic!("{on:?}: nothing for `{text}`"));
        assert_eq!(best.0, first, "{on:?}: `{text}`: {found:?}");
        assert_eq!(
            (&best.1[0]["kind"], &best.1[0]["field"]),
            (&json!(kind), &json!(field)),
            "{on:?}: `{text}`"
        );
    }
    let street: Vec<String> = found(&world, "Verzinseldijk")
        .await
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(street.len(), 2, "{on:?}: {street:?}");
    for text in [
        "Canarie",
        "Canarie Zonnebloem",
        "0000 ZZ 7",
        "Canariestraat 7",
        "Canariestraat",
    ] {
        for subject in ["nvwa.inspector", "ilt.inspector"] {
            let data = world
                .registry_data(subject, "toezicht", SEARCH, &json!({ "s": text }))
                .await;
            assert!(
                !data.to_string().contains(&party_id("trader")),
                "{on:?}: `{text}`: {data}"
            );
        }
    }
    for nothing in ["Nergenshuizen Verdwenen", "99999999", "9999 ZZ 9"] {
        assert!(found(&world, nothing).await.is_empty(), "{on:?}: `{nothing}`");
    }
}

#[tokio::test]
async fn whatever_one_has_finds_the_party_on_sqlite() {
    finds(On::Sqlite).await;
}

#[tokio::test]
async fn whatever_one_has_finds_the_party_on_postgresql() {
    finds(On::Postgres).await;
}

#[tokio::test]
async fn a_town_or_postcode_behind_the_name_narrows() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        let twin = |key: &str, postcode: &str, town: &str| {
            company(key, "Garage Voorbeeldsma B.V.").site("Dorpsplein 1", postcode, town, &[])
        };
        register(
            &world,
            &[
                twin("chemtrans", "0000 AA", "Elders"),
                twin("opslag", "0000 AC", "'s-Gravenhage"),
            ],
        )
        .await;
        for (text, first) in [
            ("garage voorbeeldsma, den haag", "opslag"),
            ("garage voorbeeldsma elders", "chemtrans"),
            ("Garage Vorbeeldsma, Elders", "chemtrans"),
            ("vorbeeldsma 0000ac", "opslag"),
            ("garage voorbeldsma 0000 AA", "chemtrans"),
        ] {
            let found = found(&world, text).await;
            assert_eq!(found[0].0, first, "{on:?}: `{text}`: {found:?}");
        }
        // Nobody is there by that name: then those who are elsewhere.
        let elsewhere = found(&world, "Garage Voorbeeldsma, Nergenshuizen").await;
        assert_eq!(elsewhere.len(), 2, "{on:?}: {elsewhere:?}");
    }
}

#[tokio::test]
async fn among_many_a_misspelt_name_is_found_within_the_promised_pages() {
    for on in [On::Sqlite, On::Postgres] {
        let world = World::peopled(on).await;
        let names = load(&world, on, 3_000).await;
        let outcome = search(&world, on, &names, 120).await;
        assert!(outcome.own.recall() > 0.9, "{on:?}:\n{outcome}{:?}", outcome.own.missed);
        assert!(
            outcome.shared.asked == 0 || outcome.shared.recall() > 0.9,
            "{on:?}:\n{outcome}"
        );
        if on == On::Postgres {
            assert!(
                outcome.pages.iter().all(|pages| (10..=BUDGET).contains(pages)),
                "{outcome}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_registered_before_there_was_a_search_is_found_after_the_next_migration() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        for table in ["party_word", "word_slip", "name_word", "site_place"] {
            world.run(&format!("DELETE FROM {table}"), vec![]).await;
        }
        assert!(found(&world, "zonnebloem").await.is_empty(), "{on:?}");
        catch_up(&world.behind).await.expect("a register that is whole");
        assert_eq!(found(&world, "zonneblom").await[0].0, "bakker", "{on:?}");
        assert_eq!(found(&world, "0000aa 12").await[0].0, "chemtrans", "{on:?}");
        assert!(found(&world, "Canarie").await.is_empty(), "{on:?}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_and_what_does_not_fit_is_said() {
    let world = registered(On::Sqlite).await;
    let ask = async |variables: Value| world.registry("nvwa.inspector", "toezicht", SEARCH, &variables).await;
    let first = ask(json!({ "s": "Verzinseldijk", "first": 1 })).await;
    let page = &first["data"]["parties"];
    assert_eq!(page["pageInfo"]["hasNextPage"], true, "{first}");
    let second = ask(json!({ "s": "Verzinseldijk", "first": 1, "after": page["pageInfo"]["endCursor"] })).await;
    assert_eq!(second["data"]["parties"]["pageInfo"]["hasNextPage"], false, "{second}");
    assert_ne!(second["data"]["parties"]["edges"][0]["node"], page["edges"][0]["node"]);

    for (text, wanted) in [(" — ", "REQUIRED"), (&*"x".repeat(201), "TOO_LONG")] {
        assert_eq!(code(&ask(json!({ "s": text })).await), Some(wanted));
    }
    let both = "{ parties(search: \"a\", name: \"b\") { nodes { id } } }";
    let answer = world.registry("nvwa.inspector", "toezicht", both, &json!({})).await;
    assert_eq!(code(&answer), Some("INVALID_INPUT"), "{answer}");
    let answer = world
        .registry("ilt.auditor", "toezicht", SEARCH, &json!({ "s": "a" }))
        .await;
    assert_eq!(code(&answer), Some("FORBIDDEN"), "{answer}");
}

#[tokio::test]
async fn a_name_that_is_no_more_is_not_found_any_more() {
    for on in [On::Sqlite, On::Postgres] {
        let world = registered(on).await;
        register(&world, &[company("bakker", "Molen De Korenaar V.O.F.")]).await;
        assert!(found(&world, "zonnebloem").await.is_empty(), "{on:?}");
        assert_eq!(found(&world, "korenar").await[0].0, "bakker", "{on:?}");
        let miscounted = "SELECT word FROM name_word w WHERE bearers <>
            (SELECT COUNT(DISTINCT party_id) FROM party_word b WHERE b.word = w.word)";
        assert_eq!(world.look(miscounted, vec![]).await, Vec::<String>::new(), "{on:?}");
        let all = "SELECT CAST(bearers AS TEXT) FROM name_word WHERE word = ''";
        assert_eq!(
            world.look(all, vec![]).await,
            ["4"],
            "{on:?}: every company, and no person"
        );
    }
}
