//! Break-glass: opened in acute danger for four hours, told, reviewed; whatever cannot be opened answers alike.

mod matrix;

use serde_json::{Value, json};
use tests::world::{On, World, id};

use crate::access_request::{chosen, handle, published, sees, text};

pub const BREAK: &str = "mutation ($r: BehindGlassInput!) { breakGlass(record: $r, danger: \"Bewoners naast een lek\",
    reason: \"Stof is nodig voor de brandweer\") { case { id } signal { id title number reporter { name }
    visibleBecause { kind legalBasis until } } } }";
pub const REVIEW: &str = "mutation ($id: ID!, $ok: Boolean!) { reviewBreakGlass(id: $id, justified: $ok,
    judgement: \"De brandweer had het nodig\") { review { justified judgement } overdue } }";
pub const CASES: &str = "query ($f: BreakGlassFilter) { breakGlassCases(filter: $f) { nodes { id number openedBy danger
    reason purpose organisation { id } signal { title } endsAt reviewDue overdue review { justified judgement } } } }";

pub fn numbered(number: &str) -> Value {
    json!({ "r": { "number": number } })
}

pub async fn number(world: &World, signal: &str) -> String {
    let query = "query ($id: ID!) { signal(id: $id) { number } }";
    let seen = world
        .data("ilt.data_steward", "toezicht", query, json!({ "id": signal }))
        .await;
    text(&seen["signal"]["number"])
}

async fn cases(world: &World, who: &str, filter: Value) -> Vec<Value> {
    let answer = world.data(who, "toezicht", CASES, json!({ "f": filter })).await;
    answer["breakGlassCases"]["nodes"].as_array().expect("a list").clone()
}

async fn life(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lek aan de kade", json!({})).await;
    let named = number(&world, &signal).await;
    let opened = world
        .data("igj.inspector", "toezicht", BREAK, numbered(&named.to_lowercase()))
        .await;
    let seen = &opened["breakGlass"]["signal"];
    assert_eq!(seen["title"], "Lek aan de kade");
    assert_eq!(seen["reporter"]["name"], "Canarie Melder", "as role and purpose allow");
    let ground = json!([{ "kind": "ACCOUNT", "legalBasis": "avg-6-1-d", "until": "2026-06-01T14:00:00Z" }]);
    assert_eq!(seen["visibleBecause"], ground);
    let case = text(&opened["breakGlass"]["case"]["id"]);
    // One account, one purpose; in lists and by party too.
    assert!(sees(&world, "igj.inspector", "toezicht", &signal).await);
    assert!(!sees(&world, "igj.coordinator", "toezicht", &signal).await);
    assert!(!sees(&world, "igj.inspector", "risicoanalyse", &signal).await);
    let list = "{ signals { nodes { id } } }";
    let listed = world.data("igj.inspector", "toezicht", list, json!({})).await;
    assert_eq!(listed["signals"]["nodes"], json!([{ "id": signal }]));
    let about = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty { signals { nodes { id } } } } }";
    let key = json!({ "r": [{ "__typename": "SupervisedParty", "id": format!("pty_{}", id("party").simple()) }] });
    let listed = world.data("igj.inspector", "toezicht", about, key).await;
    assert_eq!(listed["_entities"][0]["signals"]["nodes"], json!([{ "id": signal }]));
    let again = world
        .refusal("igj.inspector", "toezicht", BREAK, numbered(&named))
        .await;
    assert_eq!(again, "ALREADY_VISIBLE");
    told(&world, &case, &named).await;
    // It survives a change by the owner, and ends after four hours.
    let edit = "mutation ($id: ID!) { editSignal(id: $id, version: 2, input: { note: \"n\" }) { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", edit, json!({ "id": signal }))
        .await;
    world.clock.advance((4 * 3600 - 1) * 1_000_000);
    assert!(sees(&world, "igj.inspector", "toezicht", &signal).await);
    world.clock.advance(1_000_000);
    assert!(
        !sees(&world, "igj.inspector", "toezicht", &signal).await,
        "four hours are over"
    );
    reviewed(&world, &case).await;
}

/// The owner's side is told at once: who, when, why, which number. A privacy officer sees no content.
async fn told(world: &World, case: &str, number: &str) {
    let outbox = "SELECT kind || ' ' || change FROM signals_outbox WHERE kind = 'break_glass'";
    assert_eq!(
        world.look(outbox, vec![]).await,
        ["break_glass opened"],
        "the bell rings for it"
    );
    for who in [
        "ilt.data_steward",
        "ilt.privacy_officer",
        "igj.privacy_officer",
        "igj.inspector",
    ] {
        let all = cases(world, who, json!({})).await;
        assert_eq!(all.len(), 1, "{who}");
        assert_eq!(all[0]["id"], json!(case));
        assert_eq!(all[0]["number"], json!(number));
        assert_eq!(all[0]["openedBy"], "igj.inspector");
        assert_eq!(all[0]["danger"], "Bewoners naast een lek");
        assert_eq!(all[0]["reviewDue"], "2026-06-02T22:00:00Z", "the next working day");
        let content = !who.ends_with("privacy_officer");
        assert_eq!(all[0]["signal"] != Value::Null, content, "{who}: {all:?}");
    }
    for who in [
        "jenv.data_steward",
        "jenv.privacy_officer",
        "igj.coordinator",
        "ilt.inspector",
    ] {
        assert!(cases(world, who, json!({})).await.is_empty(), "{who}");
    }
    for who in ["ilt.analyst", "ilt.administrator", "ilt.auditor"] {
        assert_eq!(
            world.refusal(who, "toezicht", CASES, json!({})).await,
            "FORBIDDEN",
            "{who}"
        );
    }
}

async fn reviewed(world: &World, case: &str) {
    assert_eq!(
        cases(world, "ilt.privacy_officer", json!({ "overdue": true }))
            .await
            .len(),
        0
    );
    world.clock.advance(2 * 86_400 * 1_000_000);
    let overdue = cases(world, "ilt.privacy_officer", json!({ "overdue": true })).await;
    assert_eq!(overdue[0]["overdue"], true);
    let review = json!({ "id": case, "ok": true });
    assert_eq!(
        world
            .refusal("igj.privacy_officer", "toezicht", REVIEW, review.clone())
            .await,
        "NOT_OWNER"
    );
    assert_eq!(
        world
            .refusal("jenv.privacy_officer", "toezicht", REVIEW, review.clone())
            .await,
        "NOT_FOUND"
    );
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", REVIEW, review.clone()).await,
        "FORBIDDEN"
    );
    let said = world
        .data("ilt.privacy_officer", "toezicht", REVIEW, review.clone())
        .await;
    assert_eq!(said["reviewBreakGlass"]["review"]["justified"], true);
    assert_eq!(said["reviewBreakGlass"]["overdue"], false);
    assert_eq!(
        world.refusal("ilt.data_steward", "toezicht", REVIEW, review).await,
        "ALREADY_REVIEWED"
    );
    let opener = cases(world, "igj.inspector", json!({ "reviewed": true })).await;
    assert_eq!(
        opener[0]["review"]["judgement"], "De brandweer had het nodig",
        "the opener hears of it"
    );
    assert_eq!(opener[0]["signal"], Value::Null, "and sees it no more");
    assert!(
        cases(world, "ilt.data_steward", json!({ "reviewed": false }))
            .await
            .is_empty()
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

/// By a handle too; the owner may end it at once, and loses nothing of its own.
async fn ended_by_its_owner(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lek", json!({ "tlp": "RED" })).await;
    assert_eq!(
        world
            .refusal("ilt.analyst", "toezicht", BREAK, numbered("ILT-2026-00001"))
            .await,
        "FORBIDDEN",
        "analysts open nothing"
    );
    let opened = world
        .data("igj.inspector", "toezicht", BREAK, numbered("ILT-2026-00001"))
        .await;
    assert_eq!(
        opened["breakGlass"]["signal"]["title"], "Lek",
        "RED is for named accounts, and this one is named"
    );
    let grants = "query ($id: ID!) { signal(id: $id) { version grants { id to legalBasis } } }";
    let seen = world
        .data("ilt.data_steward", "toezicht", grants, json!({ "id": signal }))
        .await;
    assert_eq!(seen["signal"]["version"], 2, "the record itself is untouched");
    assert_eq!(seen["signal"]["grants"][0]["legalBasis"], "avg-6-1-d");
    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { version } } }";
    world
        .data(
            "ilt.data_steward",
            "toezicht",
            revoke,
            json!({ "id": seen["signal"]["grants"][0]["id"] }),
        )
        .await;
    assert!(
        !sees(&world, "igj.inspector", "toezicht", &signal).await,
        "in force at commit"
    );
    let hinted = published(&world, "Nog een lek", json!({})).await;
    chosen(&world, &hinted, "HIT", false).await;
    let by_handle = json!({ "r": { "discovery": handle(&world, "igj.coordinator").await } });
    let opened = world.data("igj.coordinator", "toezicht", BREAK, by_handle).await;
    assert_eq!(opened["breakGlass"]["signal"]["title"], "Nog een lek");
}

#[tokio::test]
async fn ended_by_its_owner_on_sqlite() {
    ended_by_its_owner(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_by_its_owner_on_postgres() {
    ended_by_its_owner(On::Postgres).await;
}

/// A number that nobody gave, a draft, what is retracted, closed, too high, expired, one's own: the same answer, the
/// same rows afterwards but for the attempt, and ten attempts an hour.
async fn no_oracle(on: On) {
    let world = World::peopled(on).await;
    let closed = published(&world, "Afgesloten", json!({})).await;
    chosen(&world, &closed, "NONE", true).await;
    let high = published(&world, "Te hoog", json!({ "rank": "DEPARTEMENTAAL_VERTROUWELIJK" })).await;
    let retracted = published(&world, "Ingetrokken", json!({})).await;
    let retract = "mutation ($id: ID!) { retractSignal(id: $id, version: 2, reason: \"r\") { warnings { code } } }";
    world
        .data("ilt.inspector", "toezicht", retract, json!({ "id": retracted }))
        .await;
    let expired = published(&world, "Verlopen", json!({ "retainUntil": "2026-06-01" })).await;
    let above = published(&world, "Boven de machtiging", json!({})).await;
    let mut names = Vec::new();
    for signal in [&closed, &high, &retracted, &expired, &above] {
        names.push(number(&world, signal).await);
    }
    let input = json!({ "title": "Concept", "narrative": "n", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z" });
    let draft = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { number } } }";
    let made = world
        .data("ilt.inspector", "toezicht", draft, json!({ "i": input }))
        .await;
    names.push(text(&made["recordSignal"]["signal"]["number"]));
    let mut red = input.clone();
    red["labels"] = json!({ "tlp": "RED" });
    let made = world.data("igj.analyst", "toezicht", draft, json!({ "i": red })).await;
    names.push(text(&made["recordSignal"]["signal"]["number"]));
    world.clock.advance(86_400 * 1_000_000);
    world
        .run("UPDATE account SET clearance = 0 WHERE name = 'igj.inspector'", vec![])
        .await;
    let nobody = world
        .ask("igj.inspector", "toezicht", BREAK, numbered("ILT-2026-99999"))
        .await;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "NOT_FOUND", "{nobody:#}");
    let before = grants_and_feed(&world).await;
    for name in &names {
        let answer = world.ask("igj.inspector", "toezicht", BREAK, numbered(name)).await;
        assert_eq!(answer.to_string(), nobody.to_string(), "{name}");
    }
    assert_eq!(grants_and_feed(&world).await, before, "nothing was opened");
    let handle = json!({ "r": { "discovery": format!("dsc_{}", id("no handle").simple()) } });
    let unknown = world.ask("igj.inspector", "toezicht", BREAK, handle.clone()).await;
    assert_eq!(unknown.to_string(), nobody.to_string());
    let attempts = "SELECT CAST(COUNT(*) AS TEXT) FROM break_glass_attempt";
    assert_eq!(world.look(attempts, vec![]).await, ["9"], "every attempt is kept");
    let logged = "SELECT CAST(COUNT(*) AS TEXT) FROM processing_log WHERE kind = 'break_glass_attempt'";
    assert_eq!(world.look(logged, vec![]).await, ["9"], "and logged");
    let wordless =
        "mutation { breakGlass(record: { number: \"ILT-2026-00001\" }, danger: \" \", reason: \"\") { case { id } } }";
    let answer = world.ask("igj.inspector", "toezicht", wordless, json!({})).await;
    assert_eq!(
        answer["errors"].as_array().map(Vec::len),
        Some(2),
        "both at once: {answer:#}"
    );
    // Twenty at the same time get the one place that is left.
    let world = std::sync::Arc::new(world);
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (world, handle) = (world.clone(), handle.clone());
            tokio::spawn(async move { world.refusal("igj.inspector", "toezicht", BREAK, handle).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in tries {
        answers.push(one.await.expect("an answer"));
    }
    assert_eq!(
        answers.iter().filter(|code| *code == "NOT_FOUND").count(),
        1,
        "{answers:?}"
    );
    assert_eq!(
        answers.iter().filter(|code| *code == "TOO_MANY_ATTEMPTS").count(),
        19,
        "{answers:?}"
    );
    world.clock.advance(3600 * 1_000_000);
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", BREAK, handle).await,
        "NOT_FOUND",
        "an hour later"
    );
}

async fn grants_and_feed(world: &World) -> Vec<String> {
    let text = "SELECT 'grants ' || CAST(COUNT(*) AS TEXT) FROM signal_grant UNION ALL
                SELECT 'feed ' || CAST(COUNT(*) AS TEXT) FROM signal_feed UNION ALL
                SELECT 'cases ' || CAST(COUNT(*) AS TEXT) FROM break_glass";
    world.look(text, vec![]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_oracle_on_sqlite() {
    no_oracle(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_oracle_on_postgres() {
    no_oracle(On::Postgres).await;
}
