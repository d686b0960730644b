//! At each week's end: every number is that of its list. Lists are counted here, one by one.

use std::collections::{BTreeMap, BTreeSet};

use foundation::clock::date_of;
use futures::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::cast::Asker;
use super::play::Play;

/// Keys with how many signals have them.
type Tally = BTreeMap<Option<String>, u64>;

const DIMENSIONS: [&str; 12] = [
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
    "MONTH",
    "YEAR",
];
/// Who follows each number to its list, one by one.
const FOLLOWERS: [&str; 7] = [
    "ilt.coordinator@toezicht",
    "jenv.inspector@incidentonderzoek",
    "igj.analyst@risicoanalyse",
    "nvwa.inspector@toezicht",
    "nla.coordinator@gezamenlijk-toezicht",
    "ivho.analyst@risicoanalyse",
    "anvs.steward@toezicht",
];

/// Holds all numbers against their lists, for everybody who may list.
pub async fn hold(play: &Play, week: &str) {
    let lists =
        "{ signals(first: 500) { alsoUnder totalCount { exactly } nodes { id category severity urgency origin state
        reliability observedFrom owner { code } parties { id } sites { id } regions { code } } } }";
    let counts = format!(
        "{{ signalCounts(by: [{}], top: 500) {{ total {{ exactly }} breakdowns {{ by more
            buckets {{ key count {{ exactly }} drillDown }} }} }}
          signalTrend(per: MONTH, by: SEVERITY) {{ total {{ exactly }}
            points {{ period count {{ exactly }} buckets {{ key count {{ exactly }} }} }} }}
          inbox(first: 500, unread: true) {{ nodes {{ id }} unreadCount {{ exactly }} }} }}",
        DIMENSIONS.join(", ")
    );
    let cast = &play.oracle.cast;
    let mut askers = play.askers();
    askers.retain(|asker| cast.refused(asker).is_none() && cast.holds(asker).reads());
    let answers: Vec<(Asker, Value, Value)> = futures::stream::iter(askers)
        .map(|asker| async {
            let (list, counts) = (play.ask(&asker, lists).await, play.ask(&asker, &counts).await);
            (asker, list, counts)
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let mut held = 0;
    for (asker, list, counts) in &answers {
        let at = format!("{week}, {asker}");
        assert!(list.get("errors").is_none(), "{at}: {list:#}");
        assert!(counts.get("errors").is_none(), "{at}: {counts:#}");
        let (list, counts) = (&list["data"]["signals"], &counts["data"]);
        let nodes = list["nodes"].as_array().expect("a list");
        held += totals(&at, nodes.len(), list, counts);
        held += breakdowns(&at, nodes, &counts["signalCounts"]);
        held += trend(&at, nodes, &counts["signalTrend"]);
        also_under(play, &at, asker, list);
        if FOLLOWERS.contains(&asker.to_string().as_str()) {
            held += followed(play, &at, asker, nodes, &counts["signalCounts"]).await;
        }
    }
    assert!(held > answers.len() * 5, "{week}: numbers were held: {held}");
}

/// Who read a record, as its owner's coordinator is told: everybody who was shown it, and nobody else.
pub async fn receipts(play: &Play, record: &str) {
    let owner = record.split_once('-').expect("an owner").0;
    let asker = Asker::read(&format!("{owner}.coordinator@toezicht"));
    let mut readers: BTreeSet<(String, String)> = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = format!(
            "{{ signal(id: \"{}\") {{ readBy(first: 500{after}) {{ pageInfo {{ hasNextPage endCursor }}
             nodes {{ organisation {{ code }} purpose }} }} }} }}",
            play.id(record)
        );
        let answer = play.ask(&asker, &page).await;
        let page = &answer["data"]["signal"]["readBy"];
        let nodes = page["nodes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        readers.extend(
            nodes
                .iter()
                .map(|node| (text(&node["organisation"]["code"]), text(&node["purpose"]))),
        );
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    let shown = play.oracle.shown[record].iter();
    let expected: BTreeSet<_> = shown
        .map(|asker| {
            (
                play.oracle.cast.holds(asker).organisation.clone(),
                asker.purpose.clone(),
            )
        })
        .collect();
    assert_eq!(readers, expected, "who read {record}");
}

/// How often each key occurs.
fn tally(nodes: &[Value], dimension: &str) -> Tally {
    let mut tally = Tally::new();
    for node in nodes {
        let keys: Vec<Option<String>> = keys(node, dimension);
        for key in keys {
            *tally.entry(key).or_default() += 1;
        }
    }
    tally
}

/// Under which keys a signal counts.
fn keys(node: &Value, dimension: &str) -> Vec<Option<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let all = |list: &str, field: &str| {
        let keys: Vec<_> = node[list]
            .as_array()
            .into_iter()
            .flatten()
            .map(|each| text(&each[field]))
            .collect();
        if keys.is_empty() { vec![None] } else { keys }
    };
    let date = || {
        let at: Timestamp = node["observedFrom"]
            .as_str()
            .expect("a moment")
            .parse()
            .expect("a moment");
        date_of(at.as_microsecond()).to_string()
    };
    match dimension {
        "OWNER" => vec![text(&node["owner"]["code"])],
        "PARTY" => all("parties", "id"),
        "SITE" => all("sites", "id"),
        "REGION" => all("regions", "code"),
        "MONTH" => vec![Some(date()[..7].to_owned())],
        "YEAR" => vec![Some(date()[..4].to_owned())],
        other => vec![text(&node[other.to_lowercase().as_str()])],
    }
}

/// Buckets as keys with numbers.
fn told(buckets: &Value) -> Tally {
    let bucket = |bucket: &Value| {
        let number = bucket["count"]["exactly"].as_u64().expect("an exact number");
        (bucket["key"].as_str().map(str::to_owned), number)
    };
    buckets.as_array().expect("buckets").iter().map(bucket).collect()
}

fn totals(at: &str, listed: usize, list: &Value, counts: &Value) -> usize {
    for number in [
        &list["totalCount"],
        &counts["signalCounts"]["total"],
        &counts["signalTrend"]["total"],
    ] {
        assert_eq!(number["exactly"], listed, "{at}: the total");
    }
    let unread = counts["inbox"]["nodes"].as_array().expect("a list").len();
    assert_eq!(counts["inbox"]["unreadCount"]["exactly"], unread, "{at}: unread");
    4
}

fn breakdowns(at: &str, nodes: &[Value], counts: &Value) -> usize {
    let breakdowns = counts["breakdowns"].as_array().expect("breakdowns");
    assert_eq!(breakdowns.len(), DIMENSIONS.len(), "{at}");
    for breakdown in breakdowns {
        let by = breakdown["by"].as_str().expect("a dimension");
        assert_eq!(breakdown["more"], false, "{at}, {by}");
        assert_eq!(told(&breakdown["buckets"]), tally(nodes, by), "{at}, {by}");
    }
    breakdowns.len()
}

fn trend(at: &str, nodes: &[Value], trend: &Value) -> usize {
    let months = tally(nodes, "MONTH");
    let points = trend["points"].as_array().expect("points");
    for point in points {
        let period = point["period"].as_str().expect("a period").to_owned();
        let number = months.get(&Some(period.clone())).copied().unwrap_or_default();
        assert_eq!(point["count"]["exactly"], number, "{at}, {period}");
        let within: Vec<Value> = nodes
            .iter()
            .filter(|node| keys(node, "MONTH")[0].as_ref() == Some(&period))
            .cloned()
            .collect();
        assert_eq!(told(&point["buckets"]), tally(&within, "SEVERITY"), "{at}, {period}");
    }
    let told: u64 = points
        .iter()
        .filter_map(|point| point["count"]["exactly"].as_u64())
        .sum();
    assert_eq!(told, nodes.len() as u64, "{at}: the trend");
    points.len()
}

/// The other purposes under which there is more are those under which the script says so.
fn also_under(play: &Play, at: &str, asker: &Asker, list: &Value) {
    let here = play.oracle.seen(asker, "sig_");
    let account = play.oracle.cast.holds(asker);
    let more = |purpose: &&String| {
        let other = Asker {
            account: asker.account.clone(),
            purpose: (*purpose).clone(),
        };
        **purpose != asker.purpose && !play.oracle.seen(&other, "sig_").is_subset(&here)
    };
    let expected: BTreeSet<String> = account.purposes.iter().filter(more).cloned().collect();
    let named = list["alsoUnder"].as_array().expect("codes").iter();
    let found: BTreeSet<String> = named.filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!(found, expected, "{at}: also under");
}

/// Follows each number to its list.
async fn followed(play: &Play, at: &str, asker: &Asker, nodes: &[Value], counts: &Value) -> usize {
    let mut held = 0;
    for breakdown in counts["breakdowns"].as_array().expect("breakdowns") {
        let by = breakdown["by"].as_str().expect("a dimension");
        for bucket in breakdown["buckets"].as_array().expect("buckets") {
            let document = "query ($filter: SignalFilter) { signals(first: 500, filter: $filter) {
                totalCount { exactly } nodes { id } } }";
            let variables = json!({ "filter": bucket["drillDown"] });
            let answer = play
                .stand
                .ask(&asker.account, &asker.purpose, document, &variables)
                .await;
            let list = &answer["data"]["signals"];
            let ids = |nodes: &[Value]| -> BTreeSet<String> {
                nodes
                    .iter()
                    .filter_map(|node| node["id"].as_str())
                    .map(str::to_owned)
                    .collect()
            };
            let key = bucket["key"].as_str().map(str::to_owned);
            let expected: Vec<Value> = nodes
                .iter()
                .filter(|node| keys(node, by).contains(&key))
                .cloned()
                .collect();
            let listed = list["nodes"]
                .as_array()
                .unwrap_or_else(|| panic!("{at}, {by}: {answer:#}"));
            assert_eq!(ids(listed), ids(&expected), "{at}, {by} {key:?}");
            assert_eq!(list["totalCount"], bucket["count"], "{at}, {by} {key:?}");
            held += 1;
        }
    }
    held
}
