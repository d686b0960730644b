//! Persons by pseudonym: told apart, counted and found again, and nobody's name ever shown.

use std::collections::{BTreeMap, BTreeSet};

use access::{Role, State};
use foundation::Database;
use serde_json::{Value, json};
use tests::service::code;
use tests::world::{On, World, id};
use uuid::Uuid;

use samenzicht::services::Service;

use crate::worlds::facts::{Dice, Facts, PURPOSES};
use crate::worlds::oracle::Question;
use crate::worlds::stage;
use crate::worlds::told::told;

const PERSONS: &str = "query ($f: SignalFilter) { signalCounts(by: [PERSON], top: 500, filter: $f) { total { exactly }
    breakdowns { buckets { key count { exactly } drillDown } } } }";
const LIST: &str =
    "query ($f: SignalFilter) { signals(first: 500, filter: $f) { nodes { id } totalCount { exactly } } }";

fn ids(nodes: &Value) -> BTreeSet<Uuid> {
    let id = |node: &Value| {
        node["id"]
            .as_str()
            .and_then(|id| id[4..].parse().ok())
            .expect("an id of ours")
    };
    nodes.as_array().expect("a list").iter().map(id).collect()
}

/// The persons that an analyst counts are those of the names in what the oracle sees, and so are the lists behind them.
async fn agree(on: On) {
    let (mut asked, mut refused) = (0, 0);
    for seed in 1..4 {
        let facts = Facts::random(&mut Dice::new(seed), 150);
        let world = stage::set(on, &facts).await;
        for reader in &facts.accounts {
            for (purpose, &under) in PURPOSES.iter().enumerate() {
                let question = Question {
                    facts: &facts,
                    reader,
                    purpose,
                    without: None,
                };
                if question.enters().is_err() {
                    continue;
                }
                let now = crate::worlds::facts::NOW;
                let live =
                    |(role, period): &(Role, (i64, i64))| *role == Role::Analyst && period.0 <= now && now < period.1;
                let analyst = reader.roles.iter().any(live);
                let answer = world.ask(&reader.name, under, PERSONS, json!({})).await;
                let what = format!("seed {seed}, {} under {}", reader.name, under);
                assert!(
                    !answer.to_string().to_lowercase().contains("kanarie"),
                    "{what}: {answer}"
                );
                if !analyst || under != "p1" {
                    assert_eq!(code(&answer), Some("FORBIDDEN"), "{what}: {answer}");
                    let filter = json!({ "persons": { "notIn": [format!("psn_{}", id("x").simple())] } });
                    let answer = world.ask(&reader.name, under, LIST, json!({ "f": filter })).await;
                    assert_eq!(code(&answer), Some("FORBIDDEN"), "{what}: {answer}");
                    refused += 1;
                    continue;
                }
                let mut wanted: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
                let seen = facts
                    .records
                    .iter()
                    .enumerate()
                    .filter(|(_, record)| question.sees(record));
                for (place, record) in seen.filter(|(_, record)| record.state == State::Published) {
                    for name in told(place).persons {
                        wanted
                            .entry(foundation::text::normalise(name))
                            .or_default()
                            .insert(record.id);
                    }
                }
                let mut found = Vec::new();
                for bucket in answer["data"]["signalCounts"]["breakdowns"][0]["buckets"]
                    .as_array()
                    .expect("a list")
                {
                    let list = world
                        .data(&reader.name, under, LIST, json!({ "f": bucket["drillDown"] }))
                        .await;
                    let records = ids(&list["signals"]["nodes"]);
                    assert_eq!(
                        bucket["count"]["exactly"],
                        json!(records.len()),
                        "{what}: a number equals its list"
                    );
                    assert_eq!(list["signals"]["totalCount"]["exactly"], json!(records.len()), "{what}");
                    found.push(records);
                }
                found.sort();
                let mut wanted: Vec<BTreeSet<Uuid>> = wanted.into_values().collect();
                wanted.sort();
                assert_eq!(found, wanted, "{what}");
                asked += usize::from(!found.is_empty());
            }
        }
        world.close().await;
    }
    assert!(
        asked > 0 && refused > 0,
        "{asked} analysts counted, {refused} were refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_are_counted_on_sqlite() {
    agree(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_are_counted_on_postgres() {
    agree(On::Postgres).await;
}

const SHOWN: &str =
    "query ($f: SignalFilter) { signals(filter: $f) { nodes { id title personPseudonyms reporterPseudonym } } }";

async fn published(world: &World, title: &str, persons: &[&str], reporter: &str) -> String {
    let input = json!({ "title": title, "narrative": "Damp.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-01T00:00:00Z", "personsInvolved": persons, "reporter": { "name": reporter } });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let signal = made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned();
    let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
        .await;
    for purpose in ["risicoanalyse", "bulk"] {
        let grant = json!({ "to": { "organisation": "igj" }, "purpose": purpose, "legalBasis": "demo" });
        let share = "mutation ($id: ID!, $g: GrantInput!) { shareSignal(id: $id, grant: $g) { warnings { code } } }";
        world
            .data("ilt.inspector", "toezicht", share, json!({ "id": signal, "g": grant }))
            .await;
    }
    signal
}

/// The pseudonyms that somebody sees: of persons by title, and of the reporter.
async fn shown(world: &World, who: &str, purpose: &str) -> BTreeMap<String, (BTreeSet<String>, String)> {
    let answer = world.data(who, purpose, SHOWN, json!({})).await;
    let nodes = answer["signals"]["nodes"].as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let row = |node: &Value| {
        let persons = node["personPseudonyms"]
            .as_array()
            .expect("pseudonyms")
            .iter()
            .map(text)
            .collect();
        (text(&node["title"]), (persons, text(&node["reporterPseudonym"])))
    };
    nodes.iter().map(row).collect()
}

async fn world_of_persons(on: On) -> World {
    let world = World::on(on).await;
    let bulk = "INSERT INTO purpose VALUES (?, 'bulk', 'bulk', 'bulk', '', '', ?, ?)";
    world
        .run(bulk, vec![id("bulk").into(), false.into(), true.into()])
        .await;
    world.people().await;
    world
}

async fn told_apart(on: On) {
    let world = world_of_persons(on).await;
    published(&world, "een", &["Kanarie Jansen", "Kanarie De Vries"], "Kanarie Bakker").await;
    published(&world, "twee", &["KANARIE  jansen"], "Kanarie de Vriés").await;
    let here = shown(&world, "igj.analyst", "risicoanalyse").await;
    let jansen = here["twee"].0.iter().next().expect("one person");
    assert!(
        here["een"].0.contains(jansen),
        "one person is one pseudonym in all signals: {here:?}"
    );
    assert!(
        here["een"].0.contains(&here["twee"].1),
        "whether reporter or involved: {here:?}"
    );
    assert_eq!(here["een"].0.len(), 2, "two persons are two: {here:?}");
    assert_eq!(
        here,
        shown(&world, "igj.analyst", "risicoanalyse").await,
        "and stays it"
    );
    let all = |shown: &BTreeMap<String, (BTreeSet<String>, String)>| -> BTreeSet<String> {
        shown
            .values()
            .flat_map(|(persons, reporter)| persons.iter().chain([reporter]).cloned())
            .collect()
    };
    assert!(
        all(&here).is_disjoint(&all(&shown(&world, "igj.analyst", "bulk").await)),
        "another under every purpose"
    );
    assert!(
        all(&here).is_disjoint(&all(&shown(&world, "ilt.analyst", "risicoanalyse").await)),
        "another for every inspectorate"
    );
    let find = async |filter: Value| {
        let found = world
            .data("igj.analyst", "risicoanalyse", SHOWN, json!({ "f": filter }))
            .await;
        let titles = found["signals"]["nodes"].as_array().expect("a list").clone();
        titles
            .iter()
            .map(|node| node["title"].as_str().expect("a title").to_owned())
            .collect::<BTreeSet<_>>()
    };
    let titles = |titles: &[&str]| titles.iter().map(|title| (*title).to_owned()).collect::<BTreeSet<_>>();
    let vries = here["twee"].1.clone();
    assert_eq!(
        find(json!({ "persons": { "in": [jansen, vries] } })).await,
        titles(&["een", "twee"])
    );
    assert_eq!(
        find(json!({ "persons": { "all": [jansen, vries] } })).await,
        titles(&["een"])
    );
    assert_eq!(
        find(json!({ "persons": { "notIn": [vries] } })).await,
        titles(&["twee"])
    );
    assert_eq!(find(json!({ "persons": { "in": [] } })).await, titles(&[]));
    let other = all(&shown(&world, "ilt.analyst", "risicoanalyse").await);
    assert_eq!(
        find(json!({ "persons": { "in": other } })).await,
        titles(&[]),
        "another's pseudonyms find nobody"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_are_told_apart_on_sqlite() {
    told_apart(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_are_told_apart_on_postgres() {
    told_apart(On::Postgres).await;
}

/// Whoever records a draft with a name does not learn its pseudonym.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_no_dictionary() {
    let world = world_of_persons(On::Sqlite).await;
    published(&world, "een", &["Kanarie Jansen"], "Kanarie Bakker").await;
    let input = json!({ "title": "proef", "narrative": "Damp.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-01T00:00:00Z", "personsInvolved": ["Kanarie Jansen"] });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { personPseudonyms } } }";
    let made = world
        .data("igj.analyst", "risicoanalyse", record, json!({ "i": input }))
        .await;
    assert_eq!(made["recordSignal"]["signal"]["personPseudonyms"], Value::Null);
    let counted = world.data("igj.analyst", "risicoanalyse", PERSONS, json!({})).await;
    let buckets = &counted["signalCounts"]["breakdowns"][0]["buckets"];
    assert_eq!(buckets.as_array().map(Vec::len), Some(1), "{counted}");
    assert_eq!(
        buckets[0]["count"]["exactly"], 1,
        "the draft is not counted with the person: {counted}"
    );
    let list = world
        .data(
            "igj.analyst",
            "risicoanalyse",
            LIST,
            json!({ "f": buckets[0]["drillDown"] }),
        )
        .await;
    assert_eq!(list["signals"]["totalCount"]["exactly"], 1, "nor found by it: {list}");
}

async fn logged(on: On) {
    let world = world_of_persons(on).await;
    let signal = published(&world, "een", &["Kanarie Jansen"], "Kanarie Bakker").await;
    let bare = &signal[4..];
    let lines = async |query: &str, variables: Value| -> BTreeSet<String> {
        let reply = world.reply("igj.analyst", "risicoanalyse", query, variables).await;
        assert!(reply.response.errors.is_empty(), "{:?}", reply.response.errors);
        let text = "SELECT kind || ' ' || operation || ' [' || record_ids || '] ' || fields FROM processing_log WHERE request_id = ?";
        world.look(text, vec![reply.request.into()]).await.into_iter().collect()
    };
    let of = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<String>>();
    let (read, involved) = (
        format!("signal read [{bare}] "),
        format!("signal pseudonymise [{bare}] personsInvolved"),
    );
    let reporter = format!("signal pseudonymise [{bare}] reporter");
    assert_eq!(
        lines(SHOWN, json!({})).await,
        of(&[read.clone(), involved.clone(), reporter]),
        "each showing"
    );
    let counted = "signal count [] [Person] of {} = 1".to_owned();
    assert_eq!(lines(PERSONS, json!({})).await, of(&[counted]), "a count names nobody");
    let person = shown(&world, "igj.analyst", "risicoanalyse").await["een"]
        .0
        .first()
        .cloned()
        .expect("a person");
    let narrowed = lines(LIST, json!({ "f": { "persons": { "in": [person] } } })).await;
    assert_eq!(
        narrowed,
        of(&[read, involved]),
        "a list that is narrowed by it uses the field"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pseudonyms_are_logged_on_sqlite() {
    logged(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pseudonyms_are_logged_on_postgres() {
    logged(On::Postgres).await;
}

/// Without the secret there are none, and everything else goes on; another secret makes others.
#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_needed() {
    let mut world = world_of_persons(On::Sqlite).await;
    published(&world, "een", &["Kanarie Jansen"], "Kanarie Bakker").await;
    let before = shown(&world, "igj.analyst", "risicoanalyse").await;
    let signals = Service::named("signals").expect("a service");
    let (clock, verifier) = (world.clock.clone(), world.signals.verifier().clone());
    let database: Database = world.database.clone();
    world.signals = signals.on(database.clone(), clock.clone(), verifier.clone(), None);
    let answer = world.ask("igj.analyst", "risicoanalyse", SHOWN, json!({})).await;
    assert_eq!(code(&answer), Some("PSEUDONYMS_OFF"), "{answer}");
    assert_eq!(
        answer["data"]["signals"]["nodes"][0]["title"], "een",
        "the rest is answered: {answer}"
    );
    let answer = world.ask("igj.analyst", "risicoanalyse", PERSONS, json!({})).await;
    assert_eq!(code(&answer), Some("PSEUDONYMS_OFF"), "{answer}");
    let another = foundation::PseudonymKey::read("another secret of a world that is made up");
    world.signals = signals.on(database, clock, verifier, another);
    let after = shown(&world, "igj.analyst", "risicoanalyse").await;
    assert!(
        before["een"].0.is_disjoint(&after["een"].0),
        "another secret makes others"
    );
}
