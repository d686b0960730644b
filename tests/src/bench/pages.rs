//! The pages that PostgreSQL touches to list the newest 50 signals, for each kind of reader and each filter, asked of the
//! running service over HTTP under its own login, with row-level security on.

use std::time::Duration;

use foundation::session::FARTHEST;
use serde_json::{Value, json};

use super::ask::Asker;
use super::plans::Plans;
use super::{Bench, Report};

/// Who reads, for which purpose, and what is special about it.
const READERS: [(&str, &str, &str); 7] = [
    ("ilt.inspector", "toezicht", "owns nearly half"),
    ("igj.coordinator", "risicoanalyse", "in two dozen circles"),
    ("igj.analyst", "risicoanalyse", "in two dozen circles"),
    (
        "anvs.inspector",
        "toezicht",
        "owns one in a hundred, sees the highest rank",
    ),
    ("jenv.steward", "toezicht", "sees what is RED too"),
    ("nvwa.casesystem", "toezicht", "in no circle"),
    ("nla.inspector", "gezamenlijk-toezicht", "sees little of others"),
];

/// A list that takes longer is told as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pages that it takes to look one signal up on the way.
const LOOKED_UP: u64 = 4;
/// The pages of a list that looks as far as a page looks.
const CAP: u64 = 250 + LOOKED_UP * FARTHEST;
/// The service's login.
const ROLE: &str = "samenzicht_signals";

const LIST: &str = "query ($f: SignalFilter, $o: SignalOrder) { signals(first: 50, filter: $f, order: $o) {
    nodes { id } partial } }";

/// What one list cost.
struct Listed {
    shown: u64,
    partial: bool,
    /// The arms of the list: channels by ranks.
    ways: u64,
    /// To find the places.
    places: u64,
    /// To read the signals, with their row-level security.
    signals: u64,
    /// What else was asked, without the log: entering, and the codes in the filter.
    entering: u64,
}

impl Listed {
    fn pages(&self) -> u64 {
        self.places + self.signals
    }
}

/// Filters that one index of the feed answers.
fn single(parties: &[String]) -> Vec<(&'static str, Value)> {
    vec![
        ("none", json!({})),
        ("category, most have it", json!({ "category": "age-assessment" })),
        ("category, few have it", json!({ "category": "youth-incident" })),
        ("severity", json!({ "severity": "CRITICAL" })),
        ("urgency", json!({ "urgencies": { "in": ["IMMEDIATE"] } })),
        ("origin", json!({ "origins": { "in": ["WEB"] } })),
        ("state", json!({ "states": { "in": ["RETRACTED"] } })),
        ("owner, large", json!({ "owner": "ilt" })),
        ("owner, small", json!({ "owner": "anvs" })),
        (
            "reliability",
            json!({ "reliabilities": { "in": ["COMPLETELY_RELIABLE"] } }),
        ),
        ("credibility", json!({ "credibilities": { "in": ["CONFIRMED"] } })),
        ("outdated", json!({ "outdated": true })),
        (
            "recorded in one day",
            json!({ "createdFrom": "2023-12-01T00:00:00Z", "createdUntil": "2023-12-02T00:00:00Z" }),
        ),
        ("party, the largest", json!({ "party": parties[0] })),
        ("party, small", json!({ "party": parties[1] })),
        ("region", json!({ "region": "VR17" })),
    ]
}

/// Filters and orders that no index answers alone: they look so far and no further.
fn combined(parties: &[String]) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "category and severity",
            json!({ "category": "youth-incident", "severity": "CRITICAL" }),
            "RECORDED_NEWEST",
        ),
        (
            "region and category",
            json!({ "region": "VR17", "category": "youth-incident" }),
            "RECORDED_NEWEST",
        ),
        (
            "two parties",
            json!({ "parties": { "all": [parties[0], parties[1]] } }),
            "RECORDED_NEWEST",
        ),
        (
            "not this party",
            json!({ "parties": { "notIn": [parties[0]] } }),
            "RECORDED_NEWEST",
        ),
        (
            "about no region",
            json!({ "regions": { "none": true } }),
            "RECORDED_NEWEST",
        ),
        (
            "a category by severity",
            json!({ "category": "youth-incident" }),
            "SEVERITY",
        ),
        (
            "a category, oldest observed first",
            json!({ "category": "youth-incident" }),
            "OBSERVED_OLDEST",
        ),
        (
            "few owners, newest observed first",
            json!({ "owner": "anvs" }),
            "OBSERVED_NEWEST",
        ),
        (
            "words that all have",
            json!({ "text": "emplacement" }),
            "RECORDED_NEWEST",
        ),
        (
            "a word that one has",
            json!({ "text": "bench 000012345" }),
            "RECORDED_NEWEST",
        ),
    ]
}

/// Nothing where there is no answer in time.
async fn list(plans: &mut Plans, asker: &Asker, filter: &Value, order: &str) -> Option<Listed> {
    plans.told();
    let question = asker.with(LIST, &json!({ "f": filter, "o": order }));
    let answer = tokio::time::timeout(PATIENCE, question.data()).await.ok()?;
    let costs = plans.told();
    let log = |text: &str| text.contains("audit_log") || text.contains("processing_log");
    let record = |text: &str| text.starts_with("SELECT \"signal\"");
    let place = |text: &str| !record(text) && text.contains("_feed\"");
    let sum =
        |of: &dyn Fn(&str) -> bool| -> u64 { costs.iter().filter(|cost| of(&cost.text)).map(|cost| cost.pages).sum() };
    Some(Listed {
        shown: answer["signals"]["nodes"].as_array().expect("a list").len() as u64,
        partial: answer["signals"]["partial"] == json!(true),
        ways: costs
            .iter()
            .filter(|cost| place(&cost.text))
            .map(|cost| cost.walks)
            .max()
            .unwrap_or(1),
        places: sum(&place),
        signals: sum(&record),
        entering: sum(&|text| !log(text) && !place(text) && !record(text)),
    })
}

/// The ids of the parties that most and fewest signals are about.
async fn parties(bench: &Bench) -> Vec<String> {
    let text = "SELECT 'pty_' || md5('party ' || n) FROM (VALUES (0), (15000)) AS v (n) ORDER BY n";
    bench.behind.texts(text, vec![]).await
}

/// What one reader's list with one filter cost, or nothing where it did not answer in time.
struct Measured {
    reader: &'static str,
    filter: &'static str,
    combined: bool,
    allowed: u64,
    listed: Option<Listed>,
}

impl Measured {
    fn json(&self) -> Value {
        let Some(listed) = &self.listed else {
            return json!({ "reader": self.reader, "filter": self.filter, "combined": self.combined, "silent": true });
        };
        json!({ "reader": self.reader, "filter": self.filter, "combined": self.combined, "ways": listed.ways,
            "shown": listed.shown, "places": listed.places, "signals": listed.signals, "entering": listed.entering,
            "partial": listed.partial, "allowed": self.allowed })
    }

    fn pages(&self) -> u64 {
        self.listed.as_ref().map_or(u64::MAX, Listed::pages)
    }

    fn said(&self) -> String {
        let pages = if self.listed.is_some() {
            self.pages().to_string()
        } else {
            format!("no answer in {} s", PATIENCE.as_secs())
        };
        format!("{pages} of {}, {}, {}", self.allowed, self.reader, self.filter)
    }
}

/// Waits until the service has new connections: those it had were ended behind its back.
async fn at_work(asker: &Asker) {
    for _ in 0..50 {
        if asker.send().await.is_ok_and(|bytes| bytes.starts_with(b"{\"data")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every filter of one reader; those of `silent` are left out, and those that do not answer are added to it.
async fn reader(
    bench: &Bench,
    plans: &mut Plans,
    asker: &Asker,
    account: &'static str,
    parties: &[String],
    silent: &mut Vec<&'static str>,
) -> Vec<Measured> {
    at_work(asker).await;
    let ways = list(plans, asker, &json!({}), "RECORDED_NEWEST")
        .await
        .map_or(1, |listed| listed.ways);
    let one = single(parties)
        .into_iter()
        .map(|(name, filter)| (name, filter, "RECORDED_NEWEST", false));
    let more = combined(parties)
        .into_iter()
        .map(|(name, filter, order)| (name, filter, order, true));
    let mut all = Vec::new();
    for (filter, value, order, combined) in one.chain(more) {
        if silent.contains(&filter) {
            continue;
        }
        let listed = list(plans, asker, &value, order).await;
        if listed.is_none() {
            silent.push(filter);
            Plans::anew(bench.cluster, &bench.database, ROLE).await;
            at_work(asker).await;
        }
        let rows = listed.as_ref().map_or(50, |listed| listed.shown);
        let allowed = if combined { CAP } else { 250 + 8 * ways + 5 * rows };
        all.push(Measured {
            reader: account,
            filter,
            combined,
            allowed,
            listed,
        });
    }
    all
}

/// Measures, and tells.
pub async fn pages(bench: &mut Bench, report: &mut Report) {
    let parties = parties(bench).await;
    let url = bench.service("signals");
    let mut plans = Plans::watch(bench.cluster, &bench.database, ROLE).await;
    let (mut all, mut silent) = (Vec::new(), Vec::new());
    for (account, purpose, _) in READERS {
        let asker = Asker::new(&url, &bench.token(account), purpose, LIST, &json!({}));
        all.extend(reader(bench, &mut plans, &asker, account, &parties, &mut silent).await);
    }
    plans.stop(bench.cluster, &bench.database, ROLE).await;
    report.figure("pages", all.iter().map(Measured::json).collect());
    let one: Vec<&Measured> = all.iter().filter(|each| !each.combined).collect();
    let within = one.iter().filter(|each| each.pages() <= each.allowed).count();
    let share = |each: &&&Measured| each.pages().saturating_mul(1000) / each.allowed;
    let worst = one.iter().max_by_key(share).map(|each| each.said()).unwrap_or_default();
    let measured = format!("{within} of {} within; the most: {worst}", one.len());
    let promised = "pages ≤ 250 + 8 × channels × ranks + 5 × rows";
    report.row("newest 50, one filter", promised, measured, within == one.len());
    let more: Vec<&Measured> = all.iter().filter(|each| each.combined).collect();
    let within = more.iter().filter(|each| each.pages() <= CAP).count();
    let worst = more
        .iter()
        .max_by_key(|each| each.pages())
        .map(|each| each.said())
        .unwrap_or_default();
    let measured = format!("{within} of {} within; the most: {worst}", more.len());
    let promised = format!("scan cap: {CAP} pages for {FARTHEST} signals");
    report.row("combined filters", &promised, measured, within == more.len());
}
