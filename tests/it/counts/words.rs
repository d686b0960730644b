//! Lists by words, however many signals have them: all their pages together are the list, they say how far they looked, and
//! signals that are hidden from the reader change nothing of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::bulk::Bulk;
use tests::row;
use tests::world::{BEGINNING, On, World, id};
use uuid::Uuid;

use super::paging::{ORDERS, fill};

/// More than a page looks at.
const VISIBLE: i64 = 6_000;
/// Of other inspectorates, and as many.
const HIDDEN: i64 = 6_000;

/// The orders in which the filter at this place is asked.
fn orders(place: usize) -> [&'static str; 2] {
    [ORDERS[0], ORDERS[1 + place % 4]]
}

/// A filter by words, and which of the visible signals are of its list, by their number: the higher the older.
type Asked = (Value, fn(i64) -> bool);

fn asked() -> [Asked; 7] {
    [
        (json!({ "text": "alle", "parties": { "none": true } }), |_| true),
        (json!({ "text": "vijfde" }), |number| number % 5 == 0),
        // Too few to be met on the way, and few enough to be named.
        (json!({ "text": "twintigste" }), |number| number % 20 == 0),
        (json!({ "text": "enkele" }), |number| number % 1000 == 7),
        // Too many to be named, and none of the newest.
        (json!({ "text": "oude" }), |number| number >= 4_900),
        (json!({ "text": "oude vijfde", "severity": "CRITICAL" }), |number| {
            number >= 4_900 && number % 5 == 0 && number % 4 == 3
        }),
        (json!({ "text": "verborgen" }), |_| false),
    ]
}

/// The words of a signal, in SQL, by its number `n`.
const OF_A_SIGNAL: &str = "'alle' || CASE WHEN n % 5 = 0 THEN ' vijfde' ELSE '' END
    || CASE WHEN n % 20 = 0 THEN ' twintigste' ELSE '' END || CASE WHEN n % 1000 = 7 THEN ' enkele' ELSE '' END
    || CASE WHEN n >= 4900 THEN ' oude' ELSE '' END";
const OF_THE_HIDDEN: &str = "'alle vijfde twintigste enkele oude verborgen'";

/// Puts the signals whose number begins so into the index.
async fn index(world: &World, on: On, begins: &str, words: &str) {
    let signals = format!(
        "(SELECT id, owner_id, CAST(substr(number, 3) AS INTEGER) AS n FROM signal WHERE number LIKE '{begins}-%') AS x"
    );
    let texts = match on {
        On::Postgres => vec![format!(
            "INSERT INTO signal_search (signal_id, owner_id, words) SELECT id, owner_id, to_tsvector('simple', {words}) FROM {signals}"
        )],
        On::Sqlite => vec![
            format!("INSERT INTO signal_search (signal_id) SELECT id FROM {signals}"),
            format!(
                "INSERT INTO signal_words (rowid, words)
                 SELECT s.search_id, {words} FROM {signals} JOIN signal_search s ON s.signal_id = x.id"
            ),
        ],
    };
    for text in texts {
        world.run(&text, vec![]).await;
    }
}

/// Puts signals behind the door that are in nobody's channel.
async fn hide(world: &World) {
    let (mut signals, mut feed) = (Vec::new(), Vec::new());
    for number in 0..HIDDEN {
        let (record, name) = (id(&format!("hidden {number}")), format!("H-{number}"));
        let (owner, author) = (id("igj"), id("igj.inspector"));
        signals.push(row![
            record,
            name.as_str(),
            owner,
            author,
            BEGINNING,
            BEGINNING,
            1_i64,
            1_i64,
            1_i64,
            2_i64,
            1_i64,
            access::FOREVER,
            name.as_str(),
            "",
            "chemicals",
            1_i64,
            1_i64,
            BEGINNING,
            1_i64
        ]);
        feed.push(row![
            9_999_999_i64,
            1_i64,
            BEGINNING,
            record,
            Uuid::nil(),
            0_i64,
            access::FOREVER,
            owner,
            "chemicals",
            1_i64,
            BEGINNING
        ]);
    }
    let mut bulk = Bulk::default();
    let columns =
        "signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit,
        retain_until, title, narrative, category, severity, urgency, observed_from, origin)";
    bulk.add(columns, signals);
    let columns = "signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
        category, severity, observed_at)";
    bulk.add(columns, feed);
    bulk.write(world).await;
}

/// Every page of a list, with whether it is partial, and how many the list has.
async fn pages(world: &World, filter: &Value, order: &str) -> (Vec<(Vec<Uuid>, bool)>, Value) {
    let query = "query ($f: SignalFilter, $o: SignalOrder, $a: String) {
        signals(first: 400, filter: $f, order: $o, after: $a) {
            nodes { id } partial pageInfo { hasNextPage endCursor } totalCount { exactly atLeast } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "f": filter, "o": order, "a": after });
        let page = world.data("ilt.analyst", "toezicht", query, variables).await["signals"].take();
        let id = |node: &Value| node["id"].as_str().expect("an id")[4..].parse().expect("an id of ours");
        let ids = page["nodes"].as_array().expect("a list").iter().map(id).collect();
        all.push((ids, page["partial"] == json!(true)));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return (all, page["totalCount"].clone());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn by_words(on: On) {
    let world = World::peopled(on).await;
    fill(&world, VISIBLE).await;
    index(&world, on, "R", OF_A_SIGNAL).await;
    let mut before = Vec::new();
    for (place, (filter, meant)) in asked().into_iter().enumerate() {
        let wanted: BTreeSet<Uuid> = (0..VISIBLE)
            .filter(|number| meant(*number))
            .map(|number| id(&format!("record {number}")))
            .collect();
        for order in orders(place) {
            let (pages, count) = pages(&world, &filter, order).await;
            let found: Vec<Uuid> = pages.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
            let once: BTreeSet<Uuid> = found.iter().copied().collect();
            assert_eq!(once.len(), found.len(), "{order} {filter}: each once");
            assert_eq!(once, wanted, "{order} {filter}");
            if wanted.len() <= 1_000 {
                assert_eq!(count["exactly"], json!(wanted.len()), "{order} {filter}");
            }
            before.push((pages, count));
        }
    }
    let partial = |place: usize| before[place * 2].0[0].1;
    assert!(
        !partial(0) && !partial(2) && !partial(3),
        "a page is full, or few are named"
    );
    assert!(partial(4), "what is common is looked for so far and no further");
    hide(&world).await;
    index(&world, on, "H", OF_THE_HIDDEN).await;
    let mut before = before.into_iter();
    for (place, (filter, _)) in asked().into_iter().enumerate() {
        for order in orders(place) {
            let after = pages(&world, &filter, order).await;
            assert_eq!(Some(after), before.next(), "{order} {filter}: what is hidden is absent");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_what_has_them_however_many_on_sqlite() {
    by_words(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_what_has_them_however_many_on_postgres() {
    by_words(On::Postgres).await;
}
