//! What is refused, what is logged, and that live events hold to the same filter.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tests::service::code;
use tests::world::{On, World, id};

const RECORD: &str = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
const LIST: &str =
    "query ($f: SignalFilter, $o: SignalOrder, $a: String) { signals(first: 1, filter: $f, order: $o, after: $a) {
    nodes { id } pageInfo { endCursor } } }";
const COUNT: &str =
    "query ($f: SignalFilter, $top: Int) { signalCounts(by: [CATEGORY], filter: $f, top: $top) { total { exactly } } }";
const TREND: &str =
    "query ($f: SignalFilter, $per: TrendPeriod!) { signalTrend(per: $per, filter: $f) { total { exactly } } }";

async fn record(world: &World, category: &str, observed: &str, narrative: &str) -> String {
    let input = json!({ "title": "Proefstuk", "narrative": narrative, "category": category, "severity": "MINOR",
        "observedFrom": observed, "parties": [format!("pty_{}", id("party").simple())] });
    let made = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
        .await;
    made["recordSignal"]["signal"]["id"].as_str().expect("an id").to_owned()
}

/// The code and the field of a refusal.
async fn refused(world: &World, query: &str, variables: Value) -> (String, String) {
    let answer = world.ask("ilt.inspector", "toezicht", query, variables).await;
    let field = answer["errors"][0]["extensions"]["field"].as_str().unwrap_or_default();
    let code = code(&answer).unwrap_or_else(|| panic!("not refused: {answer}"));
    (code.to_owned(), field.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_at_its_place() {
    let world = World::peopled(On::Sqlite).await;
    record(&world, "chemicals", "2026-05-01T00:00:00Z", "Damp.").await;
    record(&world, "chemicals", "1930-05-01T00:00:00Z", "Damp.").await;
    let many: Vec<String> = (0..101).map(|number| format!("c{number}")).collect();
    let wrong = [
        (
            json!({ "categories": { "in": ["chemicals", "geen"] } }),
            "UNKNOWN_REFERENCE",
            "filter.categories.in.1",
        ),
        (
            json!({ "owners": { "notIn": ["geen"] } }),
            "UNKNOWN_REFERENCE",
            "filter.owners.notIn.0",
        ),
        (
            json!({ "regions": { "all": ["geen"] } }),
            "UNKNOWN_REFERENCE",
            "filter.regions.all.0",
        ),
        (json!({ "category": "geen" }), "UNKNOWN_REFERENCE", "filter.category"),
        (json!({ "region": "geen" }), "UNKNOWN_REFERENCE", "filter.region"),
        (json!({ "owner": "geen" }), "UNKNOWN_REFERENCE", "filter.owner"),
        (
            json!({ "categories": { "in": many } }),
            "TOO_MANY",
            "filter.categories.in",
        ),
        (
            json!({ "parties": { "in": ["sit_1"] } }),
            "INVALID_ID",
            "filter.parties.in.0",
        ),
        (
            json!({ "createdFrom": "2026-05-01T00:00:00Z", "createdUntil": "2026-05-01T00:00:00Z" }),
            "INVALID_PERIOD",
            "filter.createdUntil",
        ),
    ];
    for (filter, code, field) in wrong {
        for query in [LIST, COUNT] {
            let refused = refused(&world, query, json!({ "f": filter })).await;
            assert_eq!(refused, (code.to_owned(), field.to_owned()), "{filter}");
        }
    }
    let (code, field) = refused(&world, COUNT, json!({ "top": 0 })).await;
    assert_eq!((code.as_str(), field.as_str()), ("PAGE_SIZE", "top"));
    let (code, field) = refused(&world, TREND, json!({ "per": "MONTH" })).await;
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("TOO_MANY", "per"),
        "a century of months"
    );
    let years = world
        .data("ilt.inspector", "toezicht", TREND, json!({ "per": "YEAR" }))
        .await;
    assert_eq!(years["signalTrend"]["total"]["exactly"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_of_its_order() {
    let world = World::peopled(On::Sqlite).await;
    for _ in 0..3 {
        record(&world, "chemicals", "2026-05-01T00:00:00Z", "Damp.").await;
    }
    let orders = [
        "RECORDED_NEWEST",
        "RECORDED_OLDEST",
        "OBSERVED_NEWEST",
        "OBSERVED_OLDEST",
        "SEVERITY",
    ];
    for order in orders {
        let page = world
            .data("ilt.inspector", "toezicht", LIST, json!({ "o": order }))
            .await;
        let cursor = &page["signals"]["pageInfo"]["endCursor"];
        for other in orders {
            let variables = json!({ "o": other, "a": cursor });
            if other == order {
                let next = world.data("ilt.inspector", "toezicht", LIST, variables).await;
                assert_ne!(next["signals"]["nodes"], page["signals"]["nodes"], "{order} goes on");
            } else {
                let (code, field) = refused(&world, LIST, variables).await;
                assert_eq!(
                    (code.as_str(), field.as_str()),
                    ("INVALID_CURSOR", "after"),
                    "{order} in {other}"
                );
            }
        }
    }
}

async fn logged(on: On) {
    let world = World::peopled(on).await;
    record(&world, "chemicals", "2026-05-01T00:00:00Z", "Damp bij Kanarie.").await;
    record(&world, "youth-care", "2026-05-01T00:00:00Z", "Stilte.").await;
    let lines = async |query: &str, variables: Value| {
        let reply = world.reply("ilt.inspector", "toezicht", query, variables).await;
        assert!(reply.response.errors.is_empty(), "{:?}", reply.response.errors);
        let text = "SELECT kind || ' ' || operation || ' [' || record_ids || '] ' || fields FROM processing_log WHERE request_id = ?";
        world.look(text, vec![reply.request.into()]).await
    };
    assert_eq!(
        lines(
            COUNT,
            json!({ "f": { "categories": { "in": ["chemicals"] }, "text": "kanarie" } })
        )
        .await,
        ["signal count [] [Category] of {text: \"…\", categories: {in: [\"chemicals\"]}} = 1"],
        "what was asked and how many that were; not which, and not the words"
    );
    assert_eq!(
        lines(TREND, json!({ "per": "WEEK", "f": { "owner": "ilt" } })).await,
        ["signal count [] Week None of {owner: \"ilt\"} = 2"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_logged_on_sqlite() {
    logged(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_logged_on_postgres() {
    logged(On::Postgres).await;
}

async fn live(on: On) {
    let world = World::peopled(on).await;
    let party = format!("pty_{}", id("party").simple());
    let filter = format!(
        "{{ categories: {{ notIn: [\"youth-care\"] }}, parties: {{ all: [\"{party}\"] }}, urgencies: {{ in: [ROUTINE] }},
            states: {{ in: [DRAFT] }}, outdated: false }}"
    );
    let listen = format!("subscription {{ signalChanged(filter: {filter}) {{ signal {{ id }} }} }}");
    let mut events = world.listen("ilt.analyst", "toezicht", &listen).await;
    let quiet = tokio::time::timeout(Duration::from_millis(200), events.next()).await;
    assert!(quiet.is_err(), "nothing has happened yet: {quiet:?}");
    record(&world, "youth-care", "2026-05-01T00:00:00Z", "Stilte.").await;
    let fits = record(&world, "chemicals", "2026-05-01T00:00:00Z", "Damp.").await;
    let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
    let event = serde_json::to_value(event.expect("in time").expect("an event")).expect("an event is JSON");
    assert_eq!(
        event["data"]["signalChanged"]["signal"]["id"],
        json!(fits),
        "the first that fits: {event}"
    );
    let unknown = "subscription { signalChanged(filter: { categories: { in: [\"geen\"] } }) { signal { id } } }";
    let mut refused = world.listen("ilt.analyst", "toezicht", unknown).await;
    let refusal = refused.next().await.expect("an answer");
    let refusal = serde_json::to_value(refusal).expect("an answer is JSON");
    assert_eq!(code(&refusal), Some("UNKNOWN_REFERENCE"), "at once: {refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn live_events_hold_to_the_filter_on_sqlite() {
    live(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_events_hold_to_the_filter_on_postgres() {
    live(On::Postgres).await;
}

/// The gateway asks through the party: its counts are those of its list, and not of too many at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_party_has_its_counts() {
    let world = World::peopled(On::Sqlite).await;
    record(&world, "chemicals", "2026-05-01T00:00:00Z", "Damp.").await;
    let entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty {
        signalCounts(by: [CATEGORY]) { total { exactly } breakdowns { buckets { key count { exactly } } } } } } }";
    let key = |name: &str| json!({ "__typename": "SupervisedParty", "id": format!("pty_{}", id(name).simple()) });
    let keys = json!({ "r": [key("party"), key("another")] });
    let counts = world.data("ilt.analyst", "toezicht", entities, keys.clone()).await;
    let of = |place: usize| &counts["_entities"][place]["signalCounts"];
    assert_eq!(of(0)["total"]["exactly"], 1);
    assert_eq!(
        of(0)["breakdowns"][0]["buckets"],
        json!([{ "key": "chemicals", "count": { "exactly": 1 } }])
    );
    assert_eq!(of(1)["total"]["exactly"], 0);
    let counts = world.data("nvwa.analyst", "toezicht", entities, keys).await;
    assert_eq!(
        counts["_entities"][0]["signalCounts"]["total"]["exactly"], 0,
        "what is hidden is not counted"
    );
    let many: Vec<Value> = (0..21).map(|number| key(&format!("party {number}"))).collect();
    let answer = world
        .ask("ilt.analyst", "toezicht", entities, json!({ "r": many }))
        .await;
    assert_eq!(code(&answer), Some("TOO_DEEP"), "{answer}");
}

/// What was written before lists could be narrowed by it is filled in.
#[tokio::test(flavor = "multi_thread")]
async fn feeds_of_before_are_filled_in() {
    for on in [On::Sqlite, On::Postgres] {
        super::migrated::filled(on).await;
    }
}
