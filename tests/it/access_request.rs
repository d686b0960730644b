//! Beyond sight: what outsiders may know of a signal, how they ask for it, and what comes of that, on both databases.

mod matrix;
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

async fn what_may_be_known(on: On) {
    let world = World::peopled(on).await;
    let hit = published(&world, "Geheime titel", json!({})).await;
    let titled = published(&world, "Bekende titel", json!({})).await;
    let none = published(&world, "Onvindbaar", json!({})).await;
    assert!(
        known(&world, "igj.inspector", "toezicht").await.is_empty(),
        "nothing is chosen yet"
    );
    chosen(&world, &hit, "HIT", false).await;
    chosen(&world, &titled, "TITLE", false).await;
    let found = known(&world, "igj.inspector", "toezicht").await;
    let mut titles: Vec<String> = found.iter().map(|one| one["title"].to_string()).collect();
    titles.sort();
    assert_eq!(titles, ["\"Bekende titel\"", "null"]);
    for one in &found {
        let told = one.to_string();
        assert_eq!(one["owner"]["id"], format!("org_{}", id("ilt").simple()));
        assert_eq!(one["contact"]["phone"], "0800");
        assert!(!told.contains("Geheime") && !told.contains("ILT-2026"), "{told}");
        for signal in [&hit, &titled, &none] {
            assert!(!told.contains(&signal[4..]), "the handle is not the id: {told}");
        }
    }
    // By region too; a party that nobody knows, and one about which nothing may be known, answer alike.
    let region = json!({ "about": { "region": "VR17" } });
    let region = world.data("nvwa.analyst", "risicoanalyse", DISCOVER, region).await;
    assert_eq!(region["discoveries"]["nodes"].as_array().map(Vec::len), Some(2));
    let site = json!({ "about": { "site": format!("sit_{}", id("site").simple()) } });
    let nothing = world.ask("igj.inspector", "toezicht", DISCOVER, site).await.to_string();
    let nowhere = json!({ "about": { "site": format!("sit_{}", id("no site").simple()) } });
    assert_eq!(
        world
            .ask("igj.inspector", "toezicht", DISCOVER, nowhere)
            .await
            .to_string(),
        nothing
    );
    // The owner has nothing to discover; who sees it already needs not.
    assert!(known(&world, "ilt.analyst", "toezicht").await.is_empty());
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": titled }))
        .await;
    assert_eq!(known(&world, "igj.inspector", "toezicht").await.len(), 1);
    assert_eq!(
        known(&world, "igj.inspector", "risicoanalyse").await.len(),
        2,
        "under another purpose it is unseen"
    );
    assert_eq!(known(&world, "jenv.inspector", "toezicht").await.len(), 2);
    // Nobody learns of what is above the clearance, and nobody but participants learns anything.
    world
        .run("UPDATE account SET clearance = 0 WHERE name = 'jenv.inspector'", vec![])
        .await;
    assert!(known(&world, "jenv.inspector", "toezicht").await.is_empty());
    world
        .run(
            "UPDATE organisation SET participant = ? WHERE code = 'nvwa'",
            vec![false.into()],
        )
        .await;
    assert!(known(&world, "nvwa.inspector", "toezicht").await.is_empty());
    for who in [
        "igj.case_system",
        "igj.privacy_officer",
        "igj.administrator",
        "igj.auditor",
    ] {
        assert_eq!(
            world.refusal(who, "toezicht", DISCOVER, about_party()).await,
            "FORBIDDEN",
            "{who}"
        );
    }
    world.clock.advance(6 * 366 * 86_400 * 1_000_000);
    assert!(
        known(&world, "igj.inspector", "risicoanalyse").await.is_empty(),
        "what is kept no longer is not told"
    );
}

#[tokio::test]
async fn what_may_be_known_on_sqlite() {
    what_may_be_known(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_known_on_postgres() {
    what_may_be_known(On::Postgres).await;
}

async fn it_follows_the_signal(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Oude titel", json!({})).await;
    let stale = json!({ "id": signal, "v": 1, "d": "HIT", "c": false });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", EXISTENCE, stale).await,
        "STALE_VERSION"
    );
    chosen(&world, &signal, "TITLE", true).await;
    let own = "query ($id: ID!) { signal(id: $id) { version existence { discoverable closedToBreakGlass } } }";
    let seen = world
        .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
        .await;
    let existence = &seen["signal"]["existence"];
    assert_eq!(
        *existence,
        json!({ "discoverable": "TITLE", "closedToBreakGlass": true })
    );
    let titles = async |who: &str| -> Vec<Value> {
        known(&world, who, "toezicht")
            .await
            .iter()
            .map(|one| one["title"].clone())
            .collect()
    };
    assert_eq!(titles("igj.inspector").await, [json!("Oude titel")]);
    let change = async |call: &str| {
        let seen = world
            .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
            .await;
        let call = call.replace(
            "ID",
            &format!("id: \"{signal}\", version: {}", seen["signal"]["version"]),
        );
        world
            .data(
                "ilt.inspector",
                "toezicht",
                &format!("mutation {{ {call} {{ warnings {{ code }} }} }}"),
                json!({}),
            )
            .await;
    };
    change("editSignal(ID, input: { title: \"Nieuwe titel\", regions: [] })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [json!("Nieuwe titel")],
        "with the title as it is now"
    );
    let region = world
        .data(
            "igj.inspector",
            "toezicht",
            DISCOVER,
            json!({ "about": { "region": "VR17" } }),
        )
        .await;
    assert_eq!(region["discoveries"]["nodes"], json!([]), "with what it is about now");
    let before = text(&known(&world, "igj.inspector", "toezicht").await[0]["id"]);
    for (call, count) in [("placeHold", 0), ("liftHold", 1)] {
        let call = format!("mutation {{ {call}(kind: FREEZE, number: \"ILT-2026-00001\", reason: \"r\") {{ id }} }}");
        world.data("ilt.privacy_officer", "toezicht", &call, json!({})).await;
        let told = titles("igj.inspector").await;
        assert_eq!(told.len(), count, "while its sharing is frozen it is not told: {call}");
    }
    change("labelSignal(ID, labels: { tlp: AMBER_STRICT })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [Value::Null],
        "no more than a hit under AMBER+STRICT"
    );
    change("labelSignal(ID, labels: { tlp: AMBER, rank: DEPARTEMENTAAL_VERTROUWELIJK })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [Value::Null],
        "what was taken back is not given again"
    );
    world
        .run("UPDATE account SET clearance = 1 WHERE name = 'igj.inspector'", vec![])
        .await;
    assert!(titles("igj.inspector").await.is_empty(), "above the clearance");
    assert_eq!(titles("igj.analyst").await.len(), 1);
    change("labelSignal(ID, labels: { rank: INTERN, tlp: RED })").await;
    assert!(titles("igj.analyst").await.is_empty(), "nothing under RED");
    let version = world
        .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
        .await;
    assert_eq!(version["signal"]["existence"]["closedToBreakGlass"], true, "that stays");
    let red = json!({ "id": signal, "v": version["signal"]["version"], "d": "HIT", "c": false });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", EXISTENCE, red).await,
        "TLP_FORBIDS_DISCOVERY"
    );
    change("labelSignal(ID, labels: { tlp: AMBER })").await;
    change("labelExistence(ID, existence: { discoverable: HIT })").await;
    let after = text(&known(&world, "igj.analyst", "toezicht").await[0]["id"]);
    assert_ne!(after, before, "told anew, nobody recognises it");
    change("retractSignal(ID, reason: \"vergissing\")").await;
    assert!(titles("igj.analyst").await.is_empty(), "what is retracted is not told");
    let outside = "query ($id: ID!) { signal(id: $id) { existence { discoverable } maskedFields { field } } }";
    let other = published(&world, "Gedeeld", json!({})).await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": other }))
        .await;
    let seen = world
        .data("igj.inspector", "toezicht", outside, json!({ "id": other }))
        .await;
    assert_eq!(seen["signal"]["existence"], Value::Null, "that is the owner's side's");
    let masked = ["personPseudonyms", "reporterPseudonym", "grants", "existence", "readBy"];
    assert_eq!(
        seen["signal"]["maskedFields"],
        json!(masked.map(|field| json!({ "field": field })))
    );
}

#[tokio::test]
async fn it_follows_the_signal_on_sqlite() {
    it_follows_the_signal(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_the_signal_on_postgres() {
    it_follows_the_signal(On::Postgres).await;
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

async fn onward(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Doorgeven", json!({})).await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    let to = |to: Value| json!({ "id": signal, "to": to, "plea": plea() });
    let jenv = to(json!({ "organisation": "jenv" }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, jenv.clone()).await,
        "NOT_FOUND",
        "unseen"
    );
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let made = world.data("igj.inspector", "toezicht", ONWARD, jenv.clone()).await;
    let request = text(&made["requestOnward"]["id"]);
    assert_eq!(
        made["requestOnward"]["asked"],
        json!({ "kind": "ORGANISATION", "to": "jenv" })
    );
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, jenv.clone()).await,
        "ALREADY_REQUESTED"
    );
    let everyone = to(json!({ "everyone": true }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, everyone).await,
        "TLP_FORBIDS_GRANT"
    );
    assert!(
        !sees(&world, "jenv.inspector", "toezicht", &signal).await,
        "asked is not given"
    );
    let only = json!({ "id": request, "n": { "onlyAccount": true } });
    assert_eq!(
        world.refusal("ilt.data_steward", "toezicht", APPROVE, only).await,
        "WIDER_THAN_ASKED"
    );
    // What the mark forbids by then is not given: the steward is told how to mend it.
    let label = "mutation ($id: ID!, $v: Int!, $tlp: Tlp!) { labelSignal(id: $id, version: $v, labels: { tlp: $tlp }) { warnings { code } } }";
    world
        .data(
            "ilt.inspector",
            "toezicht",
            label,
            json!({ "id": signal, "v": 3, "tlp": "RED" }),
        )
        .await;
    assert_eq!(
        world
            .refusal("ilt.data_steward", "toezicht", APPROVE, json!({ "id": request }))
            .await,
        "TLP_FORBIDS_GRANT"
    );
    world
        .data(
            "ilt.data_steward",
            "toezicht",
            label,
            json!({ "id": signal, "v": 4, "tlp": "AMBER_STRICT" }),
        )
        .await;
    world
        .data("ilt.data_steward", "toezicht", APPROVE, json!({ "id": request }))
        .await;
    assert!(sees(&world, "jenv.analyst", "toezicht", &signal).await);
    // Under AMBER+STRICT and RED nothing is passed on, not on request either.
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let nvwa = to(json!({ "organisation": "nvwa" }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, nvwa).await,
        "TLP_FORBIDS_ONWARD"
    );
    let own = world
        .refusal(
            "ilt.inspector",
            "toezicht",
            ONWARD,
            to(json!({ "organisation": "nvwa" })),
        )
        .await;
    assert_eq!(own, "FORBIDDEN", "what is one's own one shares oneself");
}

#[tokio::test]
async fn onward_on_sqlite() {
    onward(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn onward_on_postgres() {
    onward(On::Postgres).await;
}
