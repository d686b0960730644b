//! Beyond sight: what outsiders may know of a signal, how they ask for it, and what comes of that, on both databases.

mod known;
mod matrix;
mod onward;
mod races;

use serde_json::{Value, json};
use tests::world::{On, World, id};

pub const RECORD: &str = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
pub const PUBLISH: &str = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { version } } }";
pub const EXISTENCE: &str = "mutation ($id: ID!, $v: Int!, $d: Discoverable!, $c: Boolean) {
    labelExistence(id: $id, version: $v, existence: { discoverable: $d, closedToBreakGlass: $c }) {
    signal { version existence { discoverable closedToBreakGlass } } } }";
pub const DISCOVER: &str = "query ($about: AboutInput!) { discoveries(about: $about) {
    nodes { id title owner { id } contact { organisation phone } } pageInfo { hasNextPage } } }";
pub const REQUEST: &str = "mutation ($d: ID!, $plea: PleaInput!, $for: RequestFor) {
    requestAccess(discovery: $d, plea: $plea, for: $for) { id state } }";
pub const APPROVE: &str = "mutation ($id: ID!, $n: NarrowedInput) { approveAccessRequest(id: $id, narrowed: $n) {
    id state given { kind to purpose until } } }";
pub const DECLINE: &str =
    "mutation ($id: ID!) { declineAccessRequest(id: $id, reason: \"Loopt nog\") { state answer } }";
pub const WITHDRAW: &str = "mutation ($id: ID!) { withdrawAccessRequest(id: $id) { state } }";
pub const ONWARD: &str = "mutation ($id: ID!, $to: AudienceInput!, $plea: PleaInput!) {
    requestOnward(id: $id, to: $to, plea: $plea) { id kind state asked { kind to } } }";
pub const SEE: &str = "query ($id: ID!) { signal(id: $id) { id title number } }";
pub const REQUESTS: &str = "query ($f: AccessRequestFilter) { accessRequests(filter: $f) { nodes {
    id kind state reason askedBy signal { id } owner { id } organisation { id } asked { kind to purpose legalBasis until }
    given { kind to purpose until } answer lapsesAt closedAt } } }";

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

pub fn about_party() -> Value {
    json!({ "about": { "party": format!("pty_{}", id("party").simple()) } })
}

pub fn plea() -> Value {
    json!({ "purpose": "toezicht", "legalBasis": "demo", "reason": "Bezoek op 8 juni", "until": "2026-07-31" })
}

/// A published signal of the ILT about the party, with these marks; its id, at version 2.
pub async fn published(world: &World, title: &str, labels: Value) -> String {
    let input = json!({
        "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": [format!("pty_{}", id("party").simple())],
        "regions": ["VR17"], "labels": labels, "reporter": { "name": "Canarie Melder" },
    });
    let made = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
        .await;
    let signal = text(&made["recordSignal"]["signal"]["id"]);
    world
        .data("ilt.inspector", "toezicht", PUBLISH, json!({ "id": signal }))
        .await;
    signal
}

/// Chooses what may be known of a signal at version 2; it is at version 3 then.
pub async fn chosen(world: &World, signal: &str, discoverable: &str, closed: bool) {
    let variables = json!({ "id": signal, "v": 2, "d": discoverable, "c": closed });
    world.data("ilt.inspector", "toezicht", EXISTENCE, variables).await;
}

/// What somebody may know about the party.
pub async fn known(world: &World, who: &str, purpose: &str) -> Vec<Value> {
    let answer = world.data(who, purpose, DISCOVER, about_party()).await;
    answer["discoveries"]["nodes"].as_array().expect("a list").clone()
}

/// The handle of the only thing that somebody may know about the party.
pub async fn handle(world: &World, who: &str) -> String {
    let known = known(world, who, "toezicht").await;
    assert_eq!(known.len(), 1, "{known:?}");
    text(&known[0]["id"])
}

/// A request by IGJ's inspector for the only thing that may be known.
pub async fn requested(world: &World) -> String {
    let variables = json!({ "d": handle(world, "igj.inspector").await, "plea": plea() });
    let made = world.data("igj.inspector", "toezicht", REQUEST, variables).await;
    text(&made["requestAccess"]["id"])
}

pub async fn sees(world: &World, who: &str, purpose: &str, signal: &str) -> bool {
    let seen = world.data(who, purpose, SEE, json!({ "id": signal })).await;
    seen["signal"] != Value::Null
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Gevraagd", json!({})).await;
    chosen(&world, &signal, "HIT", false).await;
    let request = requested(&world).await;
    let again = json!({ "d": handle(&world, "igj.inspector").await, "plea": plea() });
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", REQUEST, again).await,
        "ALREADY_REQUESTED"
    );
    // Both sides see it; the asker not yet the signal. Nobody else sees anything.
    let of =
        async |who: &str| world.data(who, "toezicht", REQUESTS, json!({})).await["accessRequests"]["nodes"].clone();
    let asked = of("igj.inspector").await;
    assert_eq!(asked[0]["signal"], Value::Null);
    assert_eq!(asked[0]["state"], "OPEN");
    assert_eq!(asked[0]["lapsesAt"], "2026-06-15T22:00:00Z", "ten working days on");
    assert!(!asked.to_string().contains(&signal[4..]), "nor its id: {asked}");
    let received = of("ilt.data_steward").await;
    assert_eq!(
        received[0]["signal"]["id"],
        json!(signal),
        "the steward sees what it is about"
    );
    assert_eq!(received[0]["askedBy"], "igj.inspector");
    assert_eq!(received[0]["reason"], "Bezoek op 8 juni");
    assert_eq!(received[0]["asked"]["to"], "igj");
    assert_eq!(received[0]["asked"]["until"], "2026-07-31T22:00:00Z");
    assert_eq!(
        of("igj.coordinator").await[0]["id"],
        json!(request),
        "a colleague who coordinates"
    );
    for who in ["ilt.inspector", "igj.analyst", "jenv.data_steward", "nvwa.coordinator"] {
        assert_eq!(of(who).await, json!([]), "{who}");
    }
    for (filter, count) in [
        (json!({ "side": "RECEIVED" }), 1),
        (json!({ "side": "ASKED" }), 0),
        (json!({ "state": "OPEN" }), 1),
        (json!({ "state": "LAPSED" }), 0),
    ] {
        let found = world
            .data("ilt.data_steward", "toezicht", REQUESTS, json!({ "f": filter }))
            .await;
        assert_eq!(
            found["accessRequests"]["nodes"].as_array().map(Vec::len),
            Some(count),
            "{filter}"
        );
    }
    // Narrowed to the account and an earlier day; wider than asked is refused.
    let later = json!({ "id": request, "n": { "until": "2026-08-01" } });
    assert_eq!(
        world.refusal("ilt.data_steward", "toezicht", APPROVE, later).await,
        "WIDER_THAN_ASKED"
    );
    let narrow = json!({ "id": request, "n": { "onlyAccount": true, "until": "2026-06-10" } });
    let approved = world
        .data("ilt.data_steward", "toezicht", APPROVE, narrow.clone())
        .await;
    let given = &approved["approveAccessRequest"]["given"];
    assert_eq!(given["to"], "igj.inspector");
    assert_eq!(given["until"], "2026-06-10T22:00:00Z");
    assert!(
        sees(&world, "igj.inspector", "toezicht", &signal).await,
        "in force at commit"
    );
    assert!(
        !sees(&world, "igj.analyst", "toezicht", &signal).await,
        "for the account alone"
    );
    assert!(
        !sees(&world, "igj.inspector", "risicoanalyse", &signal).await,
        "for the purpose alone"
    );
    assert_eq!(of("igj.inspector").await[0]["signal"]["id"], json!(signal));
    assert_eq!(of("igj.inspector").await[0]["state"], "APPROVED");
    for (who, query) in [
        ("ilt.data_steward", APPROVE),
        ("ilt.data_steward", DECLINE),
        ("igj.inspector", WITHDRAW),
    ] {
        assert_eq!(
            world.refusal(who, "toezicht", query, json!({ "id": request })).await,
            "REQUEST_CLOSED"
        );
    }
    // An ordinary grant: seen among the owner's, ended by its end.
    let grants = "query ($id: ID!) { signal(id: $id) { grants { kind to purpose legalBasis } } }";
    let grants = world
        .data("ilt.inspector", "toezicht", grants, json!({ "id": signal }))
        .await;
    assert_eq!(grants["signal"]["grants"][0]["to"], "igj.inspector");
    world.clock.advance(10 * 86_400 * 1_000_000);
    assert!(
        !sees(&world, "igj.inspector", "toezicht", &signal).await,
        "its end is its end"
    );
}

#[tokio::test]
async fn life_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn life_on_postgres() {
    life(On::Postgres).await;
}

async fn ends(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Gevraagd", json!({})).await;
    chosen(&world, &signal, "HIT", false).await;
    let request = requested(&world).await;
    let declined = world
        .data("ilt.data_steward", "toezicht", DECLINE, json!({ "id": request }))
        .await;
    assert_eq!(
        declined["declineAccessRequest"],
        json!({ "state": "DECLINED", "answer": "Loopt nog" })
    );
    let request = requested(&world).await;
    assert_eq!(
        world
            .refusal("igj.coordinator", "toezicht", WITHDRAW, json!({ "id": request }))
            .await,
        "NOT_OWNER"
    );
    let withdrawn = world
        .data("igj.inspector", "toezicht", WITHDRAW, json!({ "id": request }))
        .await;
    assert_eq!(withdrawn["withdrawAccessRequest"]["state"], "WITHDRAWN");
    // Lapsed at the very end of the tenth working day.
    let request = requested(&world).await;
    let one = "query ($id: ID!) { accessRequest(id: $id) { state } }";
    let until_lapse = 14 * 86_400 + 12 * 3600;
    world.clock.advance((until_lapse - 1) * 1_000_000);
    let state = async |who: &str| {
        world.data(who, "toezicht", one, json!({ "id": request })).await["accessRequest"]["state"].clone()
    };
    assert_eq!(state("igj.inspector").await, "OPEN");
    world.clock.advance(1_000_000);
    assert_eq!(state("igj.inspector").await, "LAPSED");
    for (who, query) in [
        ("ilt.data_steward", APPROVE),
        ("ilt.data_steward", DECLINE),
        ("igj.inspector", WITHDRAW),
    ] {
        assert_eq!(
            world.refusal(who, "toezicht", query, json!({ "id": request })).await,
            "REQUEST_CLOSED"
        );
    }
    assert!(!sees(&world, "igj.inspector", "toezicht", &signal).await);
    // A new request is possible then. Where the rank rises, whoever may not handle it hears of it no more.
    let request = requested(&world).await;
    world
        .run("UPDATE account SET clearance = 1 WHERE name = 'igj.inspector'", vec![])
        .await;
    let raise = "mutation ($id: ID!) { labelSignal(id: $id, version: 3, labels: { rank: DEPARTEMENTAAL_VERTROUWELIJK }) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", raise, json!({ "id": signal }))
        .await;
    assert_eq!(
        world
            .data("igj.inspector", "toezicht", one, json!({ "id": request }))
            .await["accessRequest"],
        Value::Null
    );
    assert_eq!(
        world
            .data("igj.coordinator", "toezicht", one, json!({ "id": request }))
            .await["accessRequest"]["state"],
        "OPEN"
    );
    // What is retracted meanwhile is not given.
    let retract =
        "mutation ($id: ID!) { retractSignal(id: $id, version: 4, reason: \"vergissing\") { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", retract, json!({ "id": signal }))
        .await;
    assert_eq!(
        world
            .refusal("ilt.data_steward", "toezicht", APPROVE, json!({ "id": request }))
            .await,
        "WRONG_STATE"
    );
    world
        .data("ilt.data_steward", "toezicht", DECLINE, json!({ "id": request }))
        .await;
}

#[tokio::test]
async fn ends_on_sqlite() {
    ends(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_on_postgres() {
    ends(On::Postgres).await;
}
