//! Counts, trends, filters and orders on random worlds, against what the oracle sees and plain Rust makes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tests::world::{On, World};
use uuid::Uuid;

use crate::worlds::facts::{Account, Dice, Facts, PURPOSES, Record};
use crate::worlds::oracle::Question;
use crate::worlds::stage;
use crate::worlds::told::{MOMENTS, Told, moment, told};

/// Records of a world: all fit one page.
const RECORDS: usize = 150;
/// Lists that each reader asks for beside the one that is counted.
const FURTHER: usize = 5;
/// Every dimension, as the graph calls it.
const DIMENSIONS: [&str; 13] = [
    "CATEGORY",
    "SEVERITY",
    "URGENCY",
    "ORIGIN",
    "STATE",
    "OWNER",
    "PARTY",
    "SITE",
    "REGION",
    "RELIABILITY",
    "CREDIBILITY",
    "MONTH",
    "YEAR",
];
const SEVERITIES: [&str; 4] = ["MINOR", "MODERATE", "SERIOUS", "CRITICAL"];
const URGENCIES: [&str; 3] = ["ROUTINE", "SOON", "IMMEDIATE"];
const ORIGINS: [&str; 5] = ["OWN", "REPORT", "PARTNER", "WEB", "CASE_SYSTEM"];
const STATES: [&str; 3] = ["DRAFT", "PUBLISHED", "RETRACTED"];
const RELIABILITIES: [&str; 6] = [
    "COMPLETELY_RELIABLE",
    "USUALLY_RELIABLE",
    "FAIRLY_RELIABLE",
    "NOT_USUALLY_RELIABLE",
    "UNRELIABLE",
    "CANNOT_BE_JUDGED",
];

/// A record with what it says.
struct Known<'a> {
    place: usize,
    record: &'a Record,
    told: Told,
    owner: &'a str,
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn party(number: usize) -> String {
    format!("pty_{}", stage::party(number).simple())
}

fn month(known: &Known<'_>) -> &'static str {
    let of = MOMENTS.iter().find(|(text, _)| moment(text) == known.told.observed);
    of.expect("a moment of ours").1
}

/// The values of a record in a dimension; none where it has none.
fn values(known: &Known<'_>, dimension: &str) -> Vec<Option<String>> {
    let one = |word: &str| vec![Some(word.to_owned())];
    let number = |number: i16| usize::try_from(number).expect("a number of ours");
    let several = |values: Vec<String>| {
        if values.is_empty() {
            vec![None]
        } else {
            values.into_iter().map(Some).collect()
        }
    };
    let told = &known.told;
    match dimension {
        "CATEGORY" => one(told.category),
        "SEVERITY" => one(SEVERITIES[number(told.severity) - 1]),
        "URGENCY" => one(URGENCIES[number(told.urgency) - 1]),
        "ORIGIN" => one(ORIGINS[number(told.origin) - 1]),
        "STATE" => one(STATES[known.record.state as usize]),
        "OWNER" => one(known.owner),
        "PARTY" => several(told.parties.iter().map(|number| party(*number)).collect()),
        "REGION" => several(told.regions.iter().map(|code| (*code).to_owned()).collect()),
        "RELIABILITY" => vec![
            told.reliability
                .map(|value| RELIABILITIES[number(value) - 1].to_owned()),
        ],
        "SITE" | "CREDIBILITY" => vec![None],
        "MONTH" => one(month(known)),
        "YEAR" => one(&month(known)[..4]),
        other => panic!("{other} is no dimension"),
    }
}

/// A filter, and what it means.
type Meant = (Value, fn(&Known<'_>) -> bool);

fn filters() -> Vec<Meant> {
    vec![
        (json!({}), |_| true),
        (json!({ "categories": { "notIn": ["c0"] } }), |k| {
            k.told.category != "c0"
        }),
        (
            json!({ "severities": { "in": ["SERIOUS", "MINOR"] }, "urgencies": { "notIn": ["SOON"] } }),
            |k| [1, 3].contains(&k.told.severity) && k.told.urgency != 2,
        ),
        (json!({ "parties": { "in": [party(0), party(2)] } }), |k| {
            k.told.parties.contains(&0) || k.told.parties.contains(&2)
        }),
        (
            json!({ "parties": { "notIn": [party(2)] }, "regions": { "none": false } }),
            |k| !k.told.parties.contains(&2) && !k.told.regions.is_empty(),
        ),
        (
            json!({ "parties": { "all": [party(0), party(1)] }, "party": party(0) }),
            |k| k.told.parties.contains(&0) && k.told.parties.contains(&1),
        ),
        (
            json!({ "states": { "in": ["PUBLISHED", "RETRACTED"] }, "origins": { "notIn": ["OWN"] } }),
            |k| k.record.state as i16 != 0 && k.told.origin != 1,
        ),
        (
            json!({ "regions": { "none": true }, "owners": { "notIn": ["o0"] } }),
            |k| k.told.regions.is_empty() && k.owner != "o0",
        ),
        (
            json!({ "createdFrom": "1970-01-01T00:00:00.00002Z", "createdUntil": "1970-01-01T00:00:00.0001Z",
                "observedFrom": "2026-05-31T22:00:00Z" }),
            |k| (20..100).contains(&k.place) && k.told.observed >= moment("2026-05-31T22:00:00Z"),
        ),
        (
            json!({ "reliabilities": { "notIn": ["COMPLETELY_RELIABLE", "CANNOT_BE_JUDGED"] }, "outdated": false }),
            |k| {
                !matches!(k.told.reliability, Some(1 | 6))
                    && k.told.valid_until.is_none_or(|until| until > crate::worlds::facts::NOW)
            },
        ),
        (
            json!({ "outdated": true, "categories": { "in": ["c1", "c2"] }, "category": "c1" }),
            |k| {
                k.told.category == "c1"
                    && k.told
                        .valid_until
                        .is_some_and(|until| until <= crate::worlds::facts::NOW)
            },
        ),
        (json!({ "category": "c1" }), |k| k.told.category == "c1"),
        (json!({ "severity": "SERIOUS" }), |k| k.told.severity == 3),
        (json!({ "owner": "o0" }), |k| k.owner == "o0"),
        (json!({ "owners": { "in": ["o1"] } }), |k| k.owner == "o1"),
        (json!({ "states": { "in": ["DRAFT"] } }), |k| k.record.state as i16 == 0),
        (json!({ "states": { "in": ["RETRACTED"] } }), |k| {
            k.record.state as i16 == 2
        }),
        (json!({ "owner": "o1", "states": { "in": ["PUBLISHED"] } }), |k| {
            k.owner == "o1" && k.record.state as i16 == 1
        }),
        (json!({ "urgencies": { "in": ["SOON"] } }), |k| k.told.urgency == 2),
        (json!({ "origins": { "in": ["WEB"] } }), |k| k.told.origin == 4),
        (json!({ "reliabilities": { "in": ["COMPLETELY_RELIABLE"] } }), |k| {
            k.told.reliability == Some(1)
        }),
        (json!({ "outdated": true }), |k| {
            let ended = |until| until <= crate::worlds::facts::NOW;
            k.told.valid_until.is_some_and(ended)
        }),
        (json!({ "categories": { "in": [] } }), |_| false),
        (json!({ "parties": { "in": [] } }), |_| false),
        (
            json!({ "regions": { "in": ["VR01", "VR02"], "notIn": ["VR02"] }, "region": "VR01" }),
            |k| k.told.regions == ["VR01"],
        ),
    ]
}

const ORDERS: [&str; 5] = [
    "RECORDED_NEWEST",
    "RECORDED_OLDEST",
    "OBSERVED_NEWEST",
    "OBSERVED_OLDEST",
    "SEVERITY",
];

/// The records in an order.
fn sorted(known: &[&Known<'_>], order: &str) -> Vec<Uuid> {
    let key = |known: &&Known<'_>| -> (i64, usize, Uuid) {
        let id = known.record.id;
        match order {
            "OBSERVED_NEWEST" | "OBSERVED_OLDEST" => (known.told.observed, 0, id),
            "SEVERITY" => (known.told.severity.into(), known.place, id),
            _ => (0, known.place, id),
        }
    };
    let mut keys: Vec<(i64, usize, Uuid)> = known.iter().map(key).collect();
    keys.sort_unstable();
    if !order.ends_with("OLDEST") {
        keys.reverse();
    }
    keys.into_iter().map(|(_, _, id)| id).collect()
}

fn ids(nodes: &Value) -> Vec<Uuid> {
    let id = |node: &Value| text(&node["id"])[4..].parse().expect("an id of ours");
    nodes.as_array().expect("a list").iter().map(id).collect()
}

struct Asking<'a> {
    world: &'a World,
    reader: &'a Account,
    purpose: &'static str,
    what: String,
}

impl Asking<'_> {
    async fn data(&self, query: &str, variables: Value) -> Value {
        self.world.data(&self.reader.name, self.purpose, query, variables).await
    }

    /// All pages of a list, of which each continues where the one before ended.
    async fn pages(&self, filter: &Value, order: &str) -> Vec<Uuid> {
        let query = "query ($f: SignalFilter, $o: SignalOrder, $a: String) { signals(first: 41, filter: $f, order: $o, after: $a) {
            nodes { id } pageInfo { hasNextPage endCursor } } }";
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = self.data(query, json!({ "f": filter, "o": order, "a": after })).await;
            let page = &page["signals"];
            all.extend(ids(&page["nodes"]));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                return all;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Every number is the oracle's.
    async fn counts(&self, filter: &Value, expected: &[&Known<'_>]) -> Vec<(String, Option<String>, Value)> {
        let query = "query ($f: SignalFilter, $by: [SignalDimension!]!) { signalCounts(filter: $f, by: $by, top: 500) {
            total { exactly } breakdowns { by more buckets { key count { exactly } drillDown } } } }";
        let answer = self.data(query, json!({ "f": filter, "by": DIMENSIONS })).await;
        let counts = &answer["signalCounts"];
        assert_eq!(counts["total"]["exactly"], json!(expected.len()), "{}", self.what);
        let mut buckets = Vec::new();
        for (dimension, breakdown) in DIMENSIONS.iter().zip(counts["breakdowns"].as_array().expect("a list")) {
            assert_eq!(breakdown["by"], json!(dimension));
            assert_eq!(breakdown["more"], json!(false));
            let mut wanted: BTreeMap<Option<String>, usize> = BTreeMap::new();
            for value in expected.iter().flat_map(|known| values(known, dimension)) {
                *wanted.entry(value).or_default() += 1;
            }
            let mut found = BTreeMap::new();
            for bucket in breakdown["buckets"].as_array().expect("a list") {
                let key = bucket["key"].as_str().map(str::to_owned);
                found.insert(
                    key.clone(),
                    bucket["count"]["exactly"].as_u64().expect("a number") as usize,
                );
                buckets.push(((*dimension).to_owned(), key, bucket["drillDown"].clone()));
            }
            assert_eq!(found, wanted, "{} by {dimension}", self.what);
        }
        buckets
    }

    /// Every list behind a number is the oracle's.
    async fn drill(&self, buckets: &[(String, Option<String>, Value)], expected: &[&Known<'_>]) {
        let (mut declared, mut fields, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for (place, (_, _, filter)) in buckets.iter().enumerate() {
            declared.push(format!("$f{place}: SignalFilter"));
            fields.push(format!(
                "l{place}: signals(first: 500, filter: $f{place}) {{ nodes {{ id }} }}"
            ));
            variables.insert(format!("f{place}"), filter.clone());
        }
        if buckets.is_empty() {
            return;
        }
        let query = format!("query ({}) {{ {} }}", declared.join(", "), fields.join(" "));
        let lists = self.data(&query, Value::Object(variables)).await;
        for (place, (dimension, key, filter)) in buckets.iter().enumerate() {
            let found: BTreeSet<Uuid> = ids(&lists[format!("l{place}")]["nodes"]).into_iter().collect();
            let of = expected.iter().filter(|known| values(known, dimension).contains(key));
            let wanted: BTreeSet<Uuid> = of.map(|known| known.record.id).collect();
            assert_eq!(found, wanted, "{}, {dimension} {key:?}: {filter}", self.what);
        }
    }

    /// Every point of a trend is the oracle's, and so is each of its parts.
    async fn trend(&self, filter: &Value, expected: &[&Known<'_>]) -> Vec<(String, Option<String>, Value)> {
        let query =
            "query ($f: SignalFilter) { signalTrend(filter: $f, per: YEAR, by: REGION, top: 500) { total { exactly }
            points { period first last count { exactly } drillDown buckets { key count { exactly } drillDown } } } }";
        let answer = self.data(query, json!({ "f": filter })).await;
        let trend = &answer["signalTrend"];
        assert_eq!(trend["total"]["exactly"], json!(expected.len()), "{}", self.what);
        let points = trend["points"].as_array().expect("a list");
        let years: Vec<String> = points.iter().map(|point| text(&point["period"])).collect();
        let known: Vec<i32> = expected
            .iter()
            .map(|known| month(known)[..4].parse().expect("a year"))
            .collect();
        let all = known.iter().min().zip(known.iter().max());
        let all: Vec<String> = all.map_or_else(Vec::new, |(first, last)| {
            (*first..=*last).map(|year| year.to_string()).collect()
        });
        assert_eq!(years, all, "{}: from the first to the last, none left out", self.what);
        let mut buckets = Vec::new();
        for (point, year) in points.iter().zip(&years) {
            let here: Vec<&&Known<'_>> = expected.iter().filter(|known| month(known).starts_with(year)).collect();
            assert_eq!(point["count"]["exactly"], json!(here.len()), "{} in {year}", self.what);
            assert_eq!(point["first"], json!(format!("{year}-01-01")));
            assert_eq!(point["last"], json!(format!("{year}-12-31")));
            if !here.is_empty() {
                buckets.push(("YEAR".to_owned(), Some(year.clone()), point["drillDown"].clone()));
            }
            for bucket in point["buckets"].as_array().expect("a list") {
                let key = bucket["key"].as_str().map(str::to_owned);
                let wanted = here
                    .iter()
                    .filter(|known| values(known, "REGION").contains(&key))
                    .count();
                assert_eq!(
                    bucket["count"]["exactly"],
                    json!(wanted),
                    "{} in {year}, {key:?}",
                    self.what
                );
                assert!(wanted > 0);
            }
        }
        buckets
    }
}

async fn agree(on: On, seeds: std::ops::Range<u64>) {
    let (filters, mut asked) = (filters(), 0);
    for seed in seeds {
        let facts = Facts::random(&mut Dice::new(seed), RECORDS);
        let world = stage::set(on, &facts).await;
        for (number, reader) in facts.accounts.iter().enumerate() {
            for purpose in 0..PURPOSES.len() {
                let question = Question {
                    facts: &facts,
                    reader,
                    purpose,
                    without: None,
                };
                if question.enters().is_err() {
                    continue;
                }
                asked += 1;
                let (filter, meant) = &filters[asked % filters.len()];
                let seen = facts
                    .records
                    .iter()
                    .enumerate()
                    .filter(|(_, record)| question.sees(record));
                let known: Vec<Known<'_>> = seen
                    .map(|(place, record)| Known {
                        place,
                        record,
                        told: told(place),
                        owner: &facts.organisation(record.owner).code,
                    })
                    .collect();
                let expected: Vec<&Known<'_>> = known.iter().filter(|known| meant(known)).collect();
                let asking = Asking {
                    world: &world,
                    reader,
                    purpose: PURPOSES[purpose],
                    what: format!("seed {seed}, {} under {}, {filter}", reader.name, PURPOSES[purpose]),
                };
                let order = ORDERS[(number + purpose) % ORDERS.len()];
                let wanted = sorted(&expected, order);
                assert_eq!(asking.pages(filter, order).await, wanted, "{} in {order}", asking.what);
                // And some more lists, so that each filter meets each order.
                for further in 1..=FURTHER {
                    let (filter, meant) = &filters[(asked + further * 5) % filters.len()];
                    let order = ORDERS[(asked + further) % ORDERS.len()];
                    let expected: Vec<&Known<'_>> = known.iter().filter(|known| meant(known)).collect();
                    let found = asking.pages(filter, order).await;
                    assert_eq!(
                        found,
                        sorted(&expected, order),
                        "{}, and {filter} in {order}",
                        asking.what
                    );
                }
                let mut buckets = asking.counts(filter, &expected).await;
                buckets.extend(asking.trend(filter, &expected).await);
                asking.drill(&buckets, &expected).await;
            }
        }
        world.close().await;
    }
    assert!(asked > filters.len(), "every filter was asked: {asked}");
    println!("{on:?}: {asked} readers");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_equals_its_list_on_sqlite() {
    agree(On::Sqlite, 1..4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_equals_its_list_on_postgres() {
    agree(On::Postgres, 3..6).await;
}
