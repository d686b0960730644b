//! An oracle written from the policy's page, against the SQL predicate, against row-level security, on random worlds.
//!
//! [`facts`] throws the worlds, [`oracle`] answers from the page, [`stage`] puts them behind the door. In the ordinary
//! test 150,000 decisions on each database; `SAMENZICHT_DECISIONS=1000000 cargo test -p tests --test it worlds` for more.

pub mod facts;
mod kinds;
pub mod oracle;
mod second_lock;
pub mod stage;
pub mod told;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::world::{On, World};
use uuid::Uuid;

use facts::{Account, Dice, Facts, PURPOSES};
use kinds::{KINDS, Kind};
use oracle::{Clause, Question};

/// Records of a world: all fit one page.
const RECORDS: usize = 150;
/// Decisions on each database in the ordinary test.
const DECISIONS: usize = 150_000;

/// What each clause decided: the questions that have another answer without it.
type Decisive = BTreeMap<Clause, usize>;

fn wanted() -> usize {
    match std::env::var("SAMENZICHT_DECISIONS") {
        Ok(number) => number.parse().expect("SAMENZICHT_DECISIONS is a number"),
        Err(_) => DECISIONS,
    }
}

fn ids(nodes: &Value) -> BTreeSet<Uuid> {
    let id = |node: &Value| {
        node["id"]
            .as_str()
            .and_then(|id| id[4..].parse().ok())
            .expect("an id of ours")
    };
    nodes.as_array().expect("a list").iter().map(id).collect()
}

/// What the API shows somebody: by list and count, and about each party; or the code of the refusal.
async fn shown(
    world: &World,
    kind: &Kind,
    reader: &Account,
    purpose: usize,
) -> Result<(BTreeSet<Uuid>, Vec<BTreeSet<Uuid>>), String> {
    let Kind { list, about, .. } = kind;
    let query = format!(
        "query ($r: [_Any!]!) {{
        {list}(first: 500) {{ nodes {{ id }} totalCount {{ exactly }} }}
        _entities(representations: $r) {{ ... on SupervisedParty {{ {about}(first: 500) {{ nodes {{ id }} }} }} }} }}"
    );
    let key =
        |number| json!({ "__typename": "SupervisedParty", "id": format!("pty_{}", stage::party(number).simple()) });
    let keys: Vec<Value> = (0..stage::PARTIES).map(key).collect();
    let mut headers = axum::http::HeaderMap::new();
    let stated = PURPOSES[purpose].parse().expect("a purpose fits a header");
    headers.insert(foundation::graphql::executor::PURPOSE_HEADER, stated);
    let request =
        async_graphql::Request::new(query).variables(async_graphql::Variables::from_json(json!({ "r": keys })));
    let caller = tests::world::who(&reader.name, &world.clock);
    let reply = (kind.service)(world).execute_as(caller, &headers, request).await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        return Err(code.to_owned());
    }
    let list = &answer["data"][*list];
    let found = ids(&list["nodes"]);
    assert_eq!(
        list["totalCount"]["exactly"],
        json!(found.len()),
        "a count equals its list"
    );
    let about = answer["data"]["_entities"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|party| ids(&party[*about]["nodes"]));
    Ok((found, about.collect()))
}

/// Asks everything of one world; how many decisions that were.
async fn compare(on: On, seed: u64, decisive: &mut Decisive) -> usize {
    let facts = Facts::random(&mut Dice::new(seed), RECORDS);
    let world = stage::set(on, &facts).await;
    let mut decisions = 0;
    for (reader, purpose) in facts
        .accounts
        .iter()
        .flat_map(|reader| (0..PURPOSES.len()).map(move |p| (reader, p)))
    {
        let question = Question {
            facts: &facts,
            reader,
            purpose,
            without: None,
        };
        for kind in &KINDS {
            let what = format!(
                "seed {seed}, {}, {} under {}",
                kind.name, reader.name, PURPOSES[purpose]
            );
            of_kind(&world, on, kind, &question, &what).await;
        }
        let all = expected(&question, None);
        for clause in Clause::ALL {
            let mutant = Question {
                without: Some(clause),
                ..question
            };
            let flipped = facts
                .records
                .iter()
                .filter(|record| mutant.sees(record) != all.contains(&record.id))
                .count();
            *decisive.entry(clause).or_default() += flipped;
        }
        decisions += KINDS.len() * facts.records.len();
    }
    world.close().await;
    decisions
}

/// What the oracle says that somebody sees, of all records or of those about one party.
fn expected(question: &Question<'_>, about: Option<usize>) -> BTreeSet<Uuid> {
    let facts = question.facts;
    let records = facts
        .records
        .iter()
        .enumerate()
        .filter(|(place, _)| about.is_none_or(|about| told::told(*place).parties.contains(&about)))
        .map(|(_, record)| record);
    records
        .filter(|record| question.sees(record))
        .map(|record| record.id)
        .collect()
}

async fn of_kind(world: &World, on: On, kind: &Kind, question: &Question<'_>, what: &str) {
    let Question {
        facts, reader, purpose, ..
    } = *question;
    let shown = shown(world, kind, reader, purpose).await;
    let all = expected(question, None);
    match question.enters() {
        Err(code) => assert_eq!(shown.err().as_deref(), Some(code), "{what}"),
        Ok(()) => {
            let (list, about) = shown.unwrap_or_else(|code| panic!("{what}: {code}"));
            differ(facts, &list, &all, what);
            for (number, found) in about.iter().enumerate() {
                let expected = expected(question, Some(number));
                differ(facts, found, &expected, &format!("{what}, about party {number}"));
            }
        }
    }
    if on == On::Postgres {
        let locked = second_lock::rows(world, kind, reader, purpose).await;
        differ(facts, &locked, &all, &format!("{what}, by row-level security"));
    }
}

fn differ(facts: &Facts, found: &BTreeSet<Uuid>, expected: &BTreeSet<Uuid>, what: &str) {
    let wrong = facts
        .records
        .iter()
        .find(|record| found.contains(&record.id) != expected.contains(&record.id));
    assert!(wrong.is_none(), "{what}: {wrong:#?}");
}

async fn agree(on: On) {
    let started = std::time::Instant::now();
    let (mut decisive, mut decisions, mut worlds) = (Decisive::new(), 0, 0);
    while decisions < wanted() {
        worlds += 1;
        decisions += compare(on, worlds, &mut decisive).await;
    }
    // The answers are the predicate's, so a mutant that answers otherwise somewhere is caught there.
    for clause in Clause::ALL {
        assert!(
            decisive[&clause] > 0,
            "{clause:?} decided nothing in {decisions} decisions"
        );
    }
    println!(
        "{on:?}: {decisions} decisions in {worlds} worlds, {:?}; {decisive:?}",
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agree_on_sqlite() {
    agree(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agree_on_postgres() {
    agree(On::Postgres).await;
}
