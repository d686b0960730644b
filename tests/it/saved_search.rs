//! Saved searches: kept, changed, undone; what they newly find is told once, and is gone with the sight of it.

mod bound;
mod matrix;
mod quiet;
mod random;

use access::Role;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{On, World, id};

pub const SAVE: &str = "mutation ($i: SavedSearchInput!) { saveSearch(input: $i) { id version name notify filter } }";
pub const CHANGE: &str = "mutation ($id: ID!, $v: Int!, $i: SavedSearchEdit!) {
    changeSavedSearch(id: $id, version: $v, input: $i) { id version name notify filter } }";
pub const DELETE: &str =
    "mutation ($id: ID!, $v: Int!) { deleteSavedSearch(id: $id, version: $v) { version deletedAt } }";
pub const UNDO: &str = "mutation ($id: ID!, $v: Int!) {
    undoSavedSearch(id: $id, version: $v) { version name notify filter deletedAt } }";
pub const LOOK: &str = "mutation ($id: ID!) { lookAtSavedSearch(id: $id) { lookedAt } }";
pub const ONE: &str =
    "query ($id: ID!, $first: Int, $after: String) { savedSearch(id: $id) { id name version notify filter
    lookedAt matches { nodes { title } totalCount { exactly } } newMatches(first: $first, after: $after) {
    nodes { at signal { id title } } pageInfo { hasNextPage endCursor } } newMatchCount { exactly atLeast } } }";
pub const INBOX: &str = "query ($unread: Boolean, $first: Int, $after: String) {
    inbox(unread: $unread, first: $first, after: $after) { nodes { id kind at signal { id title } savedSearch { id name } }
    unreadCount { exactly atLeast } pageInfo { hasNextPage endCursor } } }";

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// Saves a search; its id.
pub async fn save(world: &World, who: &str, purpose: &str, filter: Value) -> String {
    let input = json!({ "i": { "name": "Zoekopdracht", "filter": filter } });
    text(&world.data(who, purpose, SAVE, input).await["saveSearch"]["id"])
}

/// The titles that searches tell in somebody's inbox, newest first; their number is that of the unread ones.
pub async fn told(world: &World, who: &str, purpose: &str) -> Vec<String> {
    let inbox = world
        .data(who, purpose, INBOX, json!({ "unread": true, "first": 500 }))
        .await["inbox"]
        .take();
    let nodes = inbox["nodes"].as_array().expect("items");
    assert_eq!(
        inbox["unreadCount"]["exactly"].as_u64(),
        Some(nodes.len() as u64),
        "{who}: the count equals the list"
    );
    let found = nodes.iter().filter(|node| node["kind"] == "MATCHED");
    found.map(|node| text(&node["signal"]["title"])).collect()
}

/// What is new to a search: the titles, whose number is its count.
async fn fresh(world: &World, who: &str, search: &str) -> Vec<String> {
    let asked = json!({ "id": search, "first": 500 });
    let found = world.data(who, "toezicht", ONE, asked).await["savedSearch"].take();
    let nodes = found["newMatches"]["nodes"].as_array().expect("a list");
    assert_eq!(
        found["newMatchCount"]["exactly"].as_u64(),
        Some(nodes.len() as u64),
        "the count equals the list"
    );
    nodes.iter().map(|node| text(&node["signal"]["title"])).collect()
}

/// A draft of the ILT's inspector; its id.
pub async fn draft(world: &World, title: &str, more: Value) -> String {
    world.clock.advance(SECOND);
    let mut input = json!({ "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "labels": { "tlp": "GREEN" } });
    for (name, value) in more.as_object().expect("fields") {
        input[name] = value.clone();
    }
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    text(&made["recordSignal"]["signal"]["id"])
}

/// A change by its owner, at its present version.
pub async fn change(world: &World, id: &str, call: &str) {
    world.clock.advance(SECOND);
    let version = "query ($id: ID!) { signal(id: $id) { version } }";
    let seen = world
        .data("ilt.inspector", "toezicht", version, json!({ "id": id }))
        .await;
    let call = call
        .replace("ID", &format!("id: \"{id}\""))
        .replace("VERSION", &format!("version: {}", seen["signal"]["version"]));
    let text = format!("mutation {{ {call} {{ warnings {{ code }} }} }}");
    world.data("ilt.inspector", "toezicht", &text, json!({})).await;
}

pub async fn share(world: &World, id: &str, to: &str) {
    let grant = format!("{{ to: {{ {to} }}, purpose: \"toezicht\", legalBasis: \"demo\" }}");
    change(world, id, &format!("shareSignal(ID, grant: {grant})")).await;
}

pub async fn published(world: &World, title: &str, more: Value) -> String {
    let id = draft(world, title, more).await;
    change(world, &id, "publishSignal(ID, VERSION)").await;
    id
}

async fn revoke_all(world: &World, id: &str) {
    let grants = "query ($id: ID!) { signal(id: $id) { grants { id } } }";
    let grants = world
        .data("ilt.inspector", "toezicht", grants, json!({ "id": id }))
        .await;
    for grant in grants["signal"]["grants"].as_array().expect("grants") {
        let end = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
        let end = world
            .ask("ilt.inspector", "toezicht", end, json!({ "id": grant["id"] }))
            .await;
        assert!(end["data"].is_object(), "{end:#}");
    }
}

async fn finds(on: On) {
    let world = World::peopled(on).await;
    let (who, purpose) = ("igj.inspector", "toezicht");
    let old = published(&world, "Van voor het bewaren", json!({})).await;
    share(&world, &old, "organisation: \"igj\"").await;
    world.clock.advance(SECOND);
    let search = save(
        &world,
        who,
        purpose,
        json!({ "category": "chemicals", "severities": { "in": ["SERIOUS", "CRITICAL"] } }),
    )
    .await;
    let none: [String; 0] = [];
    assert_eq!(told(&world, who, purpose).await, none, "what fitted already is not new");
    change(&world, &old, "editSignal(ID, VERSION, input: { note: \"nagekeken\" })").await;
    change(&world, &old, "editSignal(ID, VERSION, input: { severity: CRITICAL })").await;
    assert_eq!(
        told(&world, who, purpose).await,
        none,
        "nor what changes and fits as before"
    );

    // By everyone's way too; at the moment at which it came to be seen, and once.
    let first = draft(&world, "Eerste", json!({})).await;
    share(&world, &first, "everyone: true").await;
    assert_eq!(told(&world, who, purpose).await, none, "a draft is its owner's");
    change(&world, &first, "publishSignal(ID, VERSION)").await;
    assert_eq!(told(&world, who, purpose).await, ["Eerste"]);
    share(&world, &first, "organisation: \"igj\"").await;
    change(
        &world,
        &first,
        "editSignal(ID, VERSION, input: { title: \"Eerste, anders\" })",
    )
    .await;
    assert_eq!(
        told(&world, who, purpose).await,
        ["Eerste, anders"],
        "once, as it is now"
    );
    // Changed into fitting; and out of it, and back again.
    let second = published(&world, "Tweede", json!({ "severity": "MINOR" })).await;
    share(&world, &second, "organisation: \"igj\"").await;
    assert_eq!(told(&world, who, purpose).await, ["Eerste, anders"]);
    change(&world, &second, "editSignal(ID, VERSION, input: { severity: SERIOUS })").await;
    assert_eq!(told(&world, who, purpose).await, ["Tweede", "Eerste, anders"]);
    change(&world, &second, "editSignal(ID, VERSION, input: { severity: MINOR })").await;
    assert_eq!(
        told(&world, who, purpose).await,
        ["Eerste, anders"],
        "what fits no more is no find"
    );
    change(
        &world,
        &second,
        "editSignal(ID, VERSION, input: { severity: CRITICAL })",
    )
    .await;
    assert_eq!(told(&world, who, purpose).await, ["Tweede", "Eerste, anders"], "once");
    // A second search of the account finds it by itself.
    world.clock.advance(SECOND);
    let words = save(&world, who, purpose, json!({ "text": "struisvogel" })).await;
    change(
        &world,
        &first,
        "editSignal(ID, VERSION, input: { narrative: \"Een struisvogel op de A12.\" })",
    )
    .await;
    assert_eq!(
        told(&world, who, purpose).await,
        ["Eerste, anders", "Tweede", "Eerste, anders"]
    );
    for (other, under) in [
        ("igj.analyst", "toezicht"),
        (who, "incidentonderzoek"),
        ("nvwa.inspector", "toezicht"),
    ] {
        assert_eq!(told(&world, other, under).await, none, "{other} under {under}");
    }
    // Since I last looked.
    assert_eq!(fresh(&world, who, &search).await, ["Tweede", "Eerste, anders"]);
    assert_eq!(fresh(&world, who, &words).await, ["Eerste, anders"]);
    world.data(who, purpose, LOOK, json!({ "id": search })).await;
    assert_eq!(fresh(&world, who, &search).await, none);
    assert_eq!(
        told(&world, who, purpose).await.len(),
        3,
        "the inbox has marks of its own"
    );
    let third = published(&world, "Derde", json!({})).await;
    share(&world, &third, "organisation: \"igj\"").await;
    assert_eq!(fresh(&world, who, &search).await, ["Derde"]);
    marks(&world, who).await;
    // With the sight of it the find is gone, without a trace; given again it is new again.
    revoke_all(&world, &third).await;
    assert_eq!(fresh(&world, who, &search).await, none);
    let whole = world.data(who, purpose, INBOX, json!({})).await.to_string();
    assert!(!whole.contains("Derde") && !whole.contains(&third), "{whole}");
    share(&world, &third, "organisation: \"igj\"").await;
    assert_eq!(fresh(&world, who, &search).await, ["Derde"]);
    change(&world, &third, "labelSignal(ID, VERSION, labels: { tlp: RED })").await;
    assert_eq!(fresh(&world, who, &search).await, none);
    let stored = "SELECT COALESCE(former, '') || filter || name FROM saved_search";
    assert!(
        world
            .look(stored, vec![])
            .await
            .iter()
            .all(|row| !row.contains("Derde")),
        "no find is stored"
    );
}

/// Finds are marked as read like everything else in the inbox.
async fn marks(world: &World, who: &str) {
    let inbox = world.data(who, "toezicht", INBOX, json!({ "unread": true })).await["inbox"].take();
    let unread = inbox["unreadCount"]["exactly"].as_u64().expect("few");
    let nodes = inbox["nodes"].as_array().expect("items");
    let find = nodes.iter().find(|node| node["kind"] == "MATCHED").expect("a find");
    let mark = "mutation ($i: [ID!]!) { markRead(items: $i) }";
    world.data(who, "toezicht", mark, json!({ "i": [find["id"]] })).await;
    let after = world.data(who, "toezicht", INBOX, json!({ "unread": true })).await["inbox"].take();
    assert_eq!(after["unreadCount"]["exactly"].as_u64(), Some(unread - 1));
    assert!(
        after["nodes"]
            .as_array()
            .expect("items")
            .iter()
            .all(|node| node["id"] != find["id"])
    );
}

#[tokio::test]
async fn finds_on_sqlite() {
    finds(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finds_on_postgres() {
    finds(On::Postgres).await;
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let (who, purpose) = ("igj.inspector", "toezicht");
    let ask = async |query: &str, variables: Value| world.data(who, purpose, query, variables).await;
    let input = json!({ "i": { "name": " Ketelwagens ", "notify": false, "filter": { "category": "chemicals" } } });
    let made = ask(SAVE, input).await["saveSearch"].take();
    assert_eq!((&made["name"], &made["notify"]), (&json!("Ketelwagens"), &json!(false)));
    assert_eq!(made["filter"], json!({ "category": "chemicals" }), "as it was asked");
    let search = text(&made["id"]);
    let signal = published(&world, "Lek", json!({})).await;
    share(&world, &signal, "everyone: true").await;
    let none: [String; 0] = [];
    assert_eq!(told(&world, who, purpose).await, none, "just kept");
    assert_eq!(fresh(&world, who, &search).await, ["Lek"], "and counted all the same");
    // Told from now on, not from before.
    world.clock.advance(SECOND);
    ask(CHANGE, json!({ "id": search, "v": 1, "i": { "notify": true } })).await;
    assert_eq!(told(&world, who, purpose).await, none);
    let second = published(&world, "Nog een lek", json!({})).await;
    share(&world, &second, "everyone: true").await;
    assert_eq!(told(&world, who, purpose).await, ["Nog een lek"]);
    let renamed = ask(CHANGE, json!({ "id": search, "v": 2, "i": { "name": "Wagens" } })).await;
    assert_eq!(renamed["changeSavedSearch"]["name"], "Wagens");
    assert_eq!(
        told(&world, who, purpose).await,
        ["Nog een lek"],
        "a name changes nothing"
    );
    let stale = json!({ "id": search, "v": 2, "i": { "name": "Te laat" } });
    assert_eq!(world.refusal(who, purpose, CHANGE, stale).await, "STALE_VERSION");
    // Another filter is another question; undone, the old one stands with all that it found.
    world.clock.advance(SECOND);
    ask(
        CHANGE,
        json!({ "id": search, "v": 3, "i": { "filter": { "category": "youth-care" } } }),
    )
    .await;
    assert_eq!(told(&world, who, purpose).await, none);
    assert_eq!(fresh(&world, who, &search).await, none);
    let back = ask(UNDO, json!({ "id": search, "v": 4 })).await["undoSavedSearch"].take();
    assert_eq!(
        (&back["filter"], &back["name"]),
        (&json!({ "category": "chemicals" }), &json!("Wagens"))
    );
    assert_eq!(told(&world, who, purpose).await, ["Nog een lek"]);
    let again = ask(UNDO, json!({ "id": search, "v": 5 })).await["undoSavedSearch"].take();
    assert_eq!(
        again["filter"],
        json!({ "category": "youth-care" }),
        "and what was undone stands again"
    );
    ask(UNDO, json!({ "id": search, "v": 6 })).await;
    // Deleted: gone from lists and inbox, and put back.
    ask(DELETE, json!({ "id": search, "v": 7 })).await;
    let list = "query ($d: Boolean) { savedSearches(deleted: $d) { id name newMatchCount { exactly } } }";
    assert_eq!(ask(list, json!({})).await["savedSearches"], json!([]));
    let deleted = ask(list, json!({ "d": true })).await["savedSearches"].take();
    assert_eq!(deleted[0]["id"], json!(search));
    assert_eq!(told(&world, who, purpose).await, none);
    let gone = json!({ "id": search, "v": 8, "i": { "name": "Weg" } });
    assert_eq!(
        world.refusal(who, purpose, CHANGE, gone).await,
        "NOT_FOUND",
        "put it back first"
    );
    let back = ask(UNDO, json!({ "id": search, "v": 8 })).await["undoSavedSearch"].take();
    assert_eq!(back["deletedAt"], Value::Null);
    assert_eq!(told(&world, who, purpose).await, ["Nog een lek"]);
    ask(DELETE, json!({ "id": search, "v": 9 })).await;
    world.clock.advance(31 * 86_400 * SECOND);
    let late = json!({ "id": search, "v": 10 });
    assert_eq!(world.refusal(who, purpose, UNDO, late).await, "NOT_FOUND");
    assert_eq!(ask(ONE, json!({ "id": search })).await["savedSearch"], Value::Null);
    save(&world, who, purpose, json!({})).await;
    let rows = world.look("SELECT name FROM saved_search", vec![]).await;
    assert_eq!(rows, ["Zoekopdracht"], "what cannot be put back is erased");
    let lines = "SELECT operation FROM processing_log WHERE kind = 'saved_search' ORDER BY at, id";
    let lines = world.look(lines, vec![]).await;
    let counted = |what: &str| lines.iter().filter(|line| *line == what).count();
    assert_eq!(
        (
            counted("saved"),
            counted("changed"),
            counted("deleted"),
            counted("undone")
        ),
        (2, 3, 2, 4)
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

async fn what_cannot_be_asked(on: On) {
    let world = World::peopled(on).await;
    let (who, purpose) = ("igj.inspector", "toezicht");
    let search = save(&world, who, purpose, json!({ "category": "chemicals" })).await;
    let circle = save(&world, who, "incidentonderzoek", json!({ "circle": "cmj" })).await;
    let signal = published(&world, "Voor de kring", json!({ "labels": { "tlp": "AMBER" } })).await;
    change(
        &world,
        &signal,
        "shareSignal(ID, grant: { to: { circle: \"cmj\" }, purpose: \"incidentonderzoek\", legalBasis: \"demo\" })",
    )
    .await;
    assert_eq!(told(&world, who, "incidentonderzoek").await, ["Voor de kring"]);
    // Its member leaves: nothing of it, and no error.
    let leave = "UPDATE circle_member SET left_at = 1 WHERE organisation_id = ?";
    world.run(leave, vec![id("igj").into()]).await;
    let none: [String; 0] = [];
    assert_eq!(told(&world, who, "incidentonderzoek").await, none);
    let gone = world.data(who, "incidentonderzoek", ONE, json!({ "id": circle })).await;
    assert_eq!(gone["savedSearch"]["newMatchCount"]["exactly"], 0);
    // A category that is gone, a format that is to come: the others are told as ever.
    let other = save(&world, who, purpose, json!({ "severity": "SERIOUS" })).await;
    let own = published(&world, "Ernstig", json!({})).await;
    share(&world, &own, "everyone: true").await;
    let break_it = "UPDATE saved_search SET filter = '{\"category\":\"was-er-ooit\"}' WHERE id = ?";
    let row = |search: &str| uuid::Uuid::try_parse(&search[4..]).expect("an id");
    world.run(break_it, vec![row(&search).into()]).await;
    assert_eq!(told(&world, who, purpose).await, ["Ernstig"], "found by the other one");
    let count =
        "query ($id: ID!) { savedSearch(id: $id) { filter newMatchCount { exactly } newMatches { nodes { at } } } }";
    let broken = world.data(who, purpose, count, json!({ "id": search })).await["savedSearch"].take();
    assert_eq!(
        (&broken["newMatchCount"], &broken["newMatches"]),
        (&Value::Null, &Value::Null),
        "not none, but unknown"
    );
    world
        .run(
            "UPDATE saved_search SET format = 99 WHERE id = ?",
            vec![row(&search).into()],
        )
        .await;
    let broken = world.data(who, purpose, count, json!({ "id": search })).await["savedSearch"].take();
    assert_eq!(broken["filter"], Value::Null);
    assert_eq!(fresh(&world, who, &other).await, ["Ernstig"]);
    // By pseudonym, for whoever gets them; and no longer for whoever does not.
    let person = published(
        &world,
        "Met een persoon",
        json!({ "personsInvolved": ["Canarie Persoon"] }),
    )
    .await;
    let to_analysts =
        "shareSignal(ID, grant: { to: { organisation: \"igj\" }, purpose: \"risicoanalyse\", legalBasis: \"demo\" })";
    change(&world, &person, to_analysts).await;
    let known = "query ($id: ID!) { signal(id: $id) { personPseudonyms } }";
    let known = world
        .data("igj.analyst", "risicoanalyse", known, json!({ "id": person }))
        .await;
    let pseudonym = known["signal"]["personPseudonyms"][0].clone();
    let input = json!({ "i": { "name": "Wie", "filter": { "persons": { "in": [pseudonym] } } } });
    assert_eq!(
        world.refusal(who, "risicoanalyse", SAVE, input.clone()).await,
        "FORBIDDEN"
    );
    world.clock.advance(SECOND);
    world.data("igj.analyst", "risicoanalyse", SAVE, input).await;
    for (title, name) in [("Weer dezelfde", "canarie persoon"), ("Een ander", "Iemand Anders")] {
        let next = published(&world, title, json!({ "personsInvolved": [name] })).await;
        change(&world, &next, to_analysts).await;
    }
    assert_eq!(told(&world, "igj.analyst", "risicoanalyse").await, ["Weer dezelfde"]);
    let role = "UPDATE role_assignment SET role = ? WHERE account_id = ?";
    let values = vec![(Role::Inspector as i16).into(), id("igj.analyst").into()];
    world.run(role, values).await;
    assert_eq!(
        told(&world, "igj.analyst", "risicoanalyse").await,
        none,
        "an inspector is told by no pseudonym"
    );
}

#[tokio::test]
async fn what_cannot_be_asked_finds_nothing_on_sqlite() {
    what_cannot_be_asked(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_finds_nothing_on_postgres() {
    what_cannot_be_asked(On::Postgres).await;
}

#[tokio::test]
async fn bad_input_is_refused_with_its_place() {
    let world = World::peopled(On::Sqlite).await;
    let (who, purpose) = ("igj.inspector", "toezicht");
    let search = save(&world, who, purpose, json!({})).await;
    let input = |name: &str, filter: Value| json!({ "i": { "name": name, "filter": filter } });
    let edit = |id: &str, input: Value| json!({ "id": id, "v": 1, "i": input });
    let long = "x".repeat(101);
    for (query, variables, code, field) in [
        (SAVE, input(" ", json!({})), "REQUIRED", "input.name"),
        (SAVE, input(&long, json!({})), "TOO_LONG", "input.name"),
        (
            SAVE,
            input("n", json!({ "category": "geen" })),
            "UNKNOWN_REFERENCE",
            "input.filter.category",
        ),
        (
            SAVE,
            input("n", json!({ "parties": { "in": ["sig_1"] } })),
            "INVALID_ID",
            "input.filter.parties.in.0",
        ),
        (
            SAVE,
            input(
                "n",
                json!({ "observedFrom": "2026-02-01T00:00:00Z", "observedUntil": "2026-01-01T00:00:00Z" }),
            ),
            "INVALID_PERIOD",
            "input.filter.observedUntil",
        ),
        (
            CHANGE,
            edit(&search, json!({ "filter": { "owner": "geen" } })),
            "UNKNOWN_REFERENCE",
            "input.filter.owner",
        ),
        (CHANGE, edit(&search, json!({ "name": "" })), "REQUIRED", "input.name"),
        (CHANGE, edit("sea_1", json!({})), "INVALID_ID", "id"),
        (UNDO, json!({ "id": search, "v": 1 }), "NOTHING_TO_UNDO", "id"),
        (DELETE, json!({ "id": search, "v": 7 }), "STALE_VERSION", "version"),
        (LOOK, json!({ "id": "sig_1" }), "INVALID_ID", "id"),
    ] {
        let answer = world.ask(who, purpose, query, variables).await;
        let told = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&told["code"], &told["field"]),
            (&json!(code), &json!(field)),
            "{answer:#}"
        );
    }
    let cursor = "query ($id: ID!) { savedSearch(id: $id) { newMatches(after: \"zz\") { nodes { at } } } }";
    assert_eq!(
        world.refusal(who, purpose, cursor, json!({ "id": search })).await,
        "INVALID_CURSOR"
    );
    for _ in 1..50 {
        save(&world, who, purpose, json!({})).await;
    }
    assert_eq!(
        world.refusal(who, purpose, SAVE, input("n", json!({}))).await,
        "TOO_MANY"
    );
    save(&world, who, "risicoanalyse", json!({})).await;
    let version = world.data(who, purpose, DELETE, json!({ "id": search, "v": 1 })).await;
    assert_eq!(version["deleteSavedSearch"]["version"], 2);
    save(&world, who, purpose, json!({})).await;
    let back = json!({ "id": search, "v": 2 });
    assert_eq!(
        world.refusal(who, purpose, UNDO, back).await,
        "TOO_MANY",
        "there is no room for it any more"
    );
}
