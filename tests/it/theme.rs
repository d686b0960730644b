//! A theme's life, on both databases: proposed over what the caller sees, named by a human, seen by who sees every
//! signal that it rests on.

mod matrix;
mod second_lock;

use serde_json::{Value, json};
use tests::themes::{NAME, named, naming, published, revoke, share, signal, text};
use tests::world::{On, World, id};

const THEME: &str = "query ($id: ID!) { theme(id: $id) { id title description state version rank tlp useLimits
    memberCount members { signal { id title } reason } permittedActions endedBecause } }";

async fn see(world: &World, who: &str, purpose: &str, theme: &str) -> Value {
    let mut answer = world.data(who, purpose, THEME, json!({ "id": theme })).await;
    answer["theme"].take()
}

/// Everything by which somebody could meet a theme of this signal: none of it does.
async fn hidden(world: &World, who: &str, purpose: &str, theme: &str, signal: &str) {
    assert_eq!(
        see(world, who, purpose, theme).await,
        Value::Null,
        "{who} under {purpose}"
    );
    let lists = "query ($s: ID!) { themes { nodes { id } totalCount { exactly } }
        about: themes(filter: { signal: $s }) { edges { node { title } } totalCount { exactly } }
        signal(id: $s) { themes { id } } }";
    let answer = world.data(who, purpose, lists, json!({ "s": signal })).await;
    let nothing = json!({ "nodes": [], "totalCount": { "exactly": 0 } });
    assert_eq!(answer["themes"], nothing, "{who} under {purpose}");
    assert_eq!(
        answer["about"],
        json!({ "edges": [], "totalCount": { "exactly": 0 } }),
        "{who} under {purpose}"
    );
    let of_signal = &answer["signal"]["themes"];
    assert!(
        of_signal.is_null() || *of_signal == json!([]),
        "{who} under {purpose}: {answer}"
    );
}

async fn intersection(on: On) {
    let world = World::peopled(on).await;
    let mut signals = Vec::new();
    for place in ["Kijfhoek", "Moerdijk", "Pernis"] {
        signals.push(signal(&world, &format!("Lekkende ketelwagen {place}"), "Damp.").await);
    }
    let label = "mutation ($id: ID!) { labelSignal(id: $id, version: 2, labels: { rank: VERTROUWELIJK, tlp: AMBER,
        useLimit: DO_NOT_APPROACH }) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", label, json!({ "id": signals[2] }))
        .await;
    let first = share(&world, "ilt", &signals[0], "igj").await;
    share(&world, "ilt", &signals[1], "igj").await;
    let all: Vec<&str> = signals.iter().map(String::as_str).collect();
    let theme = named(&world, "ilt.inspector", "Lekkende ketelwagens", &all).await;

    let own = see(&world, "ilt.analyst", "risicoanalyse", &theme).await;
    assert_eq!(own["state"], "NAMED");
    assert_eq!((&own["rank"], &own["tlp"]), (&json!("VERTROUWELIJK"), &json!("AMBER")));
    assert_eq!(own["useLimits"], json!(["SUPERVISION", "DO_NOT_APPROACH"]));
    assert_eq!(own["memberCount"], 3);
    assert_eq!(own["members"].as_array().map(Vec::len), Some(3));
    hidden(&world, "igj.inspector", "toezicht", &theme, &signals[0]).await;

    share(&world, "ilt", &signals[2], "igj").await;
    let shown = see(&world, "igj.inspector", "toezicht", &theme).await;
    assert_eq!(shown["title"], "Lekkende ketelwagens", "now every signal is seen");
    assert_eq!(shown["permittedActions"], json!(["RECORD_FEEDBACK"]));
    let lists = "query ($s: ID!) { themes(first: 1) { nodes { id } totalCount { exactly } pageInfo { hasNextPage } }
        themesOfIlt: themes(filter: { owner: \"ilt\", state: NAMED, signal: $s }) { nodes { id } }
        signal(id: $s) { themes { id } } }";
    let answer = world
        .data("igj.inspector", "toezicht", lists, json!({ "s": signals[0] }))
        .await;
    assert_eq!(answer["themes"]["nodes"], json!([{ "id": theme }]));
    assert_eq!(answer["themes"]["totalCount"]["exactly"], 1);
    assert_eq!(answer["themes"]["pageInfo"]["hasNextPage"], false);
    assert_eq!(answer["themesOfIlt"]["nodes"], json!([{ "id": theme }]));
    assert_eq!(answer["signal"]["themes"], json!([{ "id": theme }]));
    for (who, purpose) in [("igj.inspector", "risicoanalyse"), ("nvwa.inspector", "toezicht")] {
        hidden(&world, who, purpose, &theme, &signals[0]).await;
    }

    revoke(&world, "ilt", &first).await;
    hidden(&world, "igj.inspector", "toezicht", &theme, &signals[1]).await;
    assert_eq!(see(&world, "ilt.inspector", "toezicht", &theme).await["memberCount"], 3);
}

#[tokio::test]
async fn a_theme_is_seen_by_who_sees_every_signal_on_sqlite() {
    intersection(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_seen_by_who_sees_every_signal_on_postgres() {
    intersection(On::Postgres).await;
}

async fn namer_loses_it(on: On) {
    let world = World::peopled(on).await;
    let theirs = signal(&world, "Lekkende ketelwagen", "Damp.").await;
    let own = published(&world, "igj", &json!({ "title": "Lekkende container" })).await;
    let grant = share(&world, "ilt", &theirs, "igj").await;
    let theme = named(&world, "igj.coordinator", "Lekkages", &[&theirs, &own]).await;
    assert_eq!(see(&world, "igj.analyst", "toezicht", &theme).await["memberCount"], 2);
    hidden(&world, "ilt.inspector", "toezicht", &theme, &theirs).await;

    revoke(&world, "ilt", &grant).await;
    hidden(&world, "igj.coordinator", "toezicht", &theme, &own).await;
    let edit = "mutation ($id: ID!) { editTheme(id: $id, version: 1, input: { title: \"Anders\" }) { theme { id } } }";
    let gone = world
        .refusal("igj.coordinator", "toezicht", edit, json!({ "id": theme }))
        .await;
    assert_eq!(gone, "NOT_FOUND", "whoever named it has no more than others");
}

#[tokio::test]
async fn a_revoked_signal_takes_the_theme_from_who_named_it_on_sqlite() {
    namer_loses_it(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_signal_takes_the_theme_from_who_named_it_on_postgres() {
    namer_loses_it(On::Postgres).await;
}

async fn drafts(on: On) {
    let world = World::peopled(on).await;
    let one = signal(&world, "Lekkende ketelwagen", "Damp.").await;
    let other = signal(&world, "Lekkende container", "Damp.").await;
    for signal in [&one, &other] {
        share(&world, "ilt", signal, "igj").await;
    }
    let put = world
        .data("igj.analyst", "toezicht", NAME, naming("Lekkages", &[&one, &other]))
        .await;
    assert_eq!(put["nameTheme"]["theme"]["state"], "DRAFT");
    let theme = text(&put["nameTheme"]["theme"]["id"]);
    hidden(&world, "ilt.inspector", "toezicht", &theme, &one).await;
    let edit = "mutation ($id: ID!) { editTheme(id: $id, version: 1, input: { title: \"Lekkende ladingen\" })
        { theme { version permittedActions } } }";
    let edited = world
        .data("igj.analyst", "toezicht", edit, json!({ "id": theme }))
        .await;
    assert_eq!(edited["editTheme"]["theme"]["permittedActions"], json!(["EDIT"]));
    let publish = "mutation ($id: ID!, $v: Int!) { publishTheme(id: $id, version: $v) { theme { state } } }";
    let bring = |v: i32| json!({ "id": theme, "v": v });
    for (who, version, code) in [
        ("igj.analyst", 2, "FORBIDDEN"),
        ("ilt.inspector", 2, "NOT_FOUND"),
        ("igj.inspector", 1, "STALE_VERSION"),
    ] {
        let refused = world.refusal(who, "toezicht", publish, bring(version)).await;
        assert_eq!(refused, code, "{who}");
    }
    let out = world.data("igj.inspector", "toezicht", publish, bring(2)).await;
    assert_eq!(out["publishTheme"]["theme"]["state"], "NAMED");
    assert_eq!(
        see(&world, "ilt.inspector", "toezicht", &theme).await["title"],
        "Lekkende ladingen"
    );
    for (who, code) in [("igj.analyst", "WRONG_STATE"), ("ilt.inspector", "NOT_OWNER")] {
        let edit = edit.replace("version: 1", "version: 3");
        let refused = world.refusal(who, "toezicht", &edit, json!({ "id": theme })).await;
        assert_eq!(refused, code, "{who}");
    }

    let end =
        "mutation ($id: ID!) { endTheme(id: $id, version: 3, reason: \"Opgelost\") { theme { state endedBecause } } }";
    let forbidden = world
        .refusal("igj.analyst", "toezicht", end, json!({ "id": theme }))
        .await;
    assert_eq!(forbidden, "FORBIDDEN");
    let ended = world
        .data("igj.inspector", "toezicht", end, json!({ "id": theme }))
        .await;
    assert_eq!(
        ended["endTheme"]["theme"],
        json!({ "state": "ENDED", "endedBecause": "Opgelost" })
    );
    hidden(&world, "ilt.inspector", "toezicht", &theme, &one).await;
    assert_eq!(
        see(&world, "igj.analyst", "toezicht", &theme).await["permittedActions"],
        json!([])
    );
    let again = edit.replace("version: 1", "version: 4");
    let refused = world
        .refusal("igj.inspector", "toezicht", &again, json!({ "id": theme }))
        .await;
    assert_eq!(refused, "WRONG_STATE");
}

#[tokio::test]
async fn a_draft_is_its_owners_and_so_is_what_has_ended_on_sqlite() {
    drafts(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_owners_and_so_is_what_has_ended_on_postgres() {
    drafts(On::Postgres).await;
}

async fn members(on: On) {
    let world = World::peopled(on).await;
    let (one, other, secret) = (
        signal(&world, "Lekkende ketelwagen", "Damp.").await,
        signal(&world, "Lekkende container", "Damp.").await,
        signal(&world, "Lekkend vat", "Damp.").await,
    );
    for signal in [&one, &other] {
        share(&world, "ilt", signal, "igj").await;
    }
    let theme = named(&world, "ilt.inspector", "Lekkages", &[&one, &secret]).await;
    world.clock.advance(1);
    let edit = "mutation ($id: ID!, $v: Int!, $i: ThemeEdit!) { editTheme(id: $id, version: $v, input: $i)
        { theme { memberCount members { signal { id } reason } } } }";
    let change = |version: i32, input: Value| json!({ "id": theme, "v": version, "i": input });
    let input = json!({ "add": [{ "signal": other, "reason": "Zelfde afsluiter" }], "remove": [secret] });
    let changed = world.data("ilt.inspector", "toezicht", edit, change(1, input)).await;
    let list = json!([{ "signal": { "id": one }, "reason": null }, { "signal": { "id": other }, "reason": "Zelfde afsluiter" }]);
    assert_eq!(
        changed["editTheme"]["theme"],
        json!({ "memberCount": 2, "members": list })
    );
    // Its words were written with the secret one in sight.
    hidden(&world, "igj.inspector", "toezicht", &theme, &one).await;
    share(&world, "ilt", &secret, "igj").await;
    let seen = see(&world, "igj.inspector", "toezicht", &theme).await;
    assert_eq!(seen["memberCount"], 2, "{seen}");
    assert_eq!(
        world
            .data(
                "igj.inspector",
                "toezicht",
                "query ($s: ID!) { signal(id: $s) { themes { id } } }",
                json!({ "s": secret })
            )
            .await["signal"]["themes"],
        json!([]),
        "it is no member any more"
    );
    let back = json!({ "add": [{ "signal": secret, "reason": "Toch" }] });
    let changed = world.data("ilt.inspector", "toezicht", edit, change(2, back)).await;
    assert_eq!(changed["editTheme"]["theme"]["memberCount"], 3);

    let few = json!({ "remove": [one, other] });
    let absent = json!({ "remove": [format!("sig_{}", id("nobody").simple())] });
    for (input, code, field) in [
        (few, "INVALID_INPUT", "input.add"),
        (absent, "NOT_FOUND", "input.remove.0"),
        (json!({ "title": " " }), "REQUIRED", "input.title"),
        (
            json!({ "description": "Stg. GEHEIM" }),
            "STATE_SECRET",
            "input.description",
        ),
    ] {
        let answer = world
            .ask("ilt.inspector", "toezicht", edit, change(3, input.clone()))
            .await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!(code), &json!(field)),
            "{input}: {answer}"
        );
    }
}

#[tokio::test]
async fn members_come_and_go_and_the_theme_still_rests_on_them_on_sqlite() {
    members(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_come_and_go_and_the_theme_still_rests_on_them_on_postgres() {
    members(On::Postgres).await;
}

#[tokio::test]
async fn what_cannot_be_named_is_refused_at_its_place() {
    let world = World::peopled(On::Sqlite).await;
    let one = signal(&world, "Lekkende ketelwagen", "Damp.").await;
    let hidden = published(&world, "nvwa", &json!({ "title": "Lekkend vat" })).await;
    let draft = world
        .data(
            "ilt.inspector",
            "toezicht",
            "mutation { recordSignal(input: { title: \"Concept\", narrative: \"Nog niet.\", category: \"chemicals\", severity: MINOR,
                observedFrom: \"2026-05-30T08:00:00Z\" }) { signal { id } } }",
            json!({}),
        )
        .await;
    let draft = text(&draft["recordSignal"]["signal"]["id"]);
    let absent = format!("sig_{}", id("nobody").simple());
    for (members, code, field) in [
        (vec![one.as_str(), &hidden], "NOT_FOUND", "members.1.signal"),
        (vec![one.as_str(), &absent], "NOT_FOUND", "members.1.signal"),
        (vec![one.as_str(), &draft], "WRONG_STATE", "members.1.signal"),
        (vec![one.as_str(), &one], "INVALID_INPUT", "members.1.signal"),
        (vec![one.as_str()], "INVALID_INPUT", "members"),
        (vec![one.as_str(), "sig_x"], "INVALID_ID", "members.1.signal"),
    ] {
        let answer = world
            .ask("ilt.inspector", "toezicht", NAME, naming("Lekkages", &members))
            .await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!(code), &json!(field)),
            "{answer}"
        );
    }
    for who in [
        "ilt.account_holder",
        "ilt.data_steward",
        "ilt.case_system",
        "ilt.auditor",
    ] {
        let refused = world
            .refusal(who, "toezicht", NAME, naming("Lekkages", &[&one, &one]))
            .await;
        assert_eq!(refused, "FORBIDDEN", "{who}");
    }
    assert_eq!(
        world.look("SELECT title FROM theme", vec![]).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_page_of_themes_ends_where_the_next_begins() {
    let world = World::peopled(On::Sqlite).await;
    let one = signal(&world, "Lekkende ketelwagen", "Damp.").await;
    let other = signal(&world, "Lekkende container", "Damp.").await;
    for number in 0..5 {
        world.clock.advance(1);
        named(
            &world,
            "ilt.inspector",
            &format!("Rode draad {number}"),
            &[&one, &other],
        )
        .await;
    }
    let page = "query ($a: String) { themes(first: 2, after: $a) { nodes { title } pageInfo { hasNextPage endCursor }
        totalCount { exactly } } }";
    let (mut after, mut titles) = (Value::Null, Vec::new());
    loop {
        let answer = world
            .data("ilt.account_holder", "toezicht", page, json!({ "a": after }))
            .await;
        let themes = &answer["themes"];
        assert_eq!(themes["totalCount"]["exactly"], 5);
        titles.extend(
            themes["nodes"]
                .as_array()
                .expect("nodes")
                .iter()
                .map(|node| text(&node["title"])),
        );
        if themes["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = themes["pageInfo"]["endCursor"].clone();
    }
    let all: Vec<String> = (0..5).rev().map(|number| format!("Rode draad {number}")).collect();
    assert_eq!(titles, all);
}
