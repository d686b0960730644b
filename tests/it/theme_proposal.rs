//! Proposals: over what the caller sees, with the reasons for each member; what is shown is logged, and nothing more.

use std::collections::BTreeSet;

use foundation::sql::statement;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tests::eavesdrop::{alone, overhear, runtime};
use tests::themes::{published, revoke, share, signal};
use tests::world::{On, World, id};

const PROPOSE: &str = "query ($f: SignalFilter) { themeProposals(filter: $f) { considered complete proposals { label score
    memberCount more observedFrom observedUntil shared { kind members words category party { id } region { code } site { id } }
    members { signal { id title } share reasons { kind words party { id } } } } } }";

async fn proposals(world: &World, who: &str, filter: Value) -> Value {
    let mut answer = world.data(who, "toezicht", PROPOSE, json!({ "f": filter })).await;
    answer["themeProposals"].take()
}

/// Every number equals its list.
fn consistent(proposal: &Value) {
    let members = proposal["members"].as_array().expect("members");
    assert_eq!(proposal["memberCount"], members.len());
    for shared in proposal["shared"].as_array().expect("shared") {
        let same = |reason: &&Value| {
            (&reason["kind"], &reason["words"], &reason["party"])
                == (&shared["kind"], &shared["words"], &shared["party"])
        };
        let having = members.iter().filter(|member| {
            member["reasons"]
                .as_array()
                .expect("reasons")
                .iter()
                .any(|reason| same(&reason))
        });
        assert_eq!(shared["members"], having.count(), "{shared} in {proposal}");
    }
}

async fn over_what_is_seen(on: On) {
    let world = World::peopled(on).await;
    let party = format!("pty_{}", id("party").simple());
    let mut leaks = Vec::new();
    for place in ["Kijfhoek", "Moerdijk", "Pernis", "Botlek"] {
        let values = json!({ "title": format!("Lekkende ketelwagen: {place}"), "parties": [party] });
        leaks.push(published(&world, "ilt", &values).await);
    }
    for title in [
        "Sleutels zoek",
        "Wachtrij aan de balie",
        "Kozijnen vervangen",
        "Printer stuk",
    ] {
        signal(&world, title, "Van alles.").await;
    }
    let mut grants = Vec::new();
    for leak in &leaks[..3] {
        grants.push(share(&world, "ilt", leak, "igj").await);
    }

    let own = proposals(&world, "ilt.inspector", json!({})).await;
    assert_eq!((&own["considered"], &own["complete"]), (&json!(8), &json!(true)));
    let proposal = &own["proposals"][0];
    assert_eq!(proposal["label"], "Lekkende ketelwagen", "{own:#}");
    assert_eq!(proposal["memberCount"], 4);
    let of_party = json!({ "kind": "PARTY", "members": 4, "words": null, "category": null, "party": { "id": party },
        "region": null, "site": null });
    assert!(
        proposal["shared"].as_array().expect("shared").contains(&of_party),
        "{proposal:#}"
    );
    own["proposals"]
        .as_array()
        .expect("proposals")
        .iter()
        .for_each(consistent);

    let theirs = proposals(&world, "igj.analyst", json!({})).await;
    assert_eq!(theirs["considered"], 3, "what is not seen is not counted");
    assert_eq!(theirs["proposals"][0]["memberCount"], 3);
    consistent(&theirs["proposals"][0]);
    let none = proposals(&world, "nvwa.inspector", json!({})).await;
    assert_eq!(none, json!({ "considered": 0, "complete": true, "proposals": [] }));
    let narrowed = proposals(&world, "ilt.inspector", json!({ "category": "youth-care" })).await;
    assert_eq!(narrowed["considered"], 0);

    revoke(&world, "ilt", &grants[0]).await;
    let after = proposals(&world, "igj.analyst", json!({})).await;
    assert_eq!(
        after,
        json!({ "considered": 2, "complete": true, "proposals": [] }),
        "two do not recur"
    );
    for who in [
        "ilt.account_holder",
        "ilt.data_steward",
        "ilt.case_system",
        "ilt.administrator",
    ] {
        assert_eq!(
            world.refusal(who, "toezicht", PROPOSE, json!({})).await,
            "FORBIDDEN",
            "{who}"
        );
    }
}

#[tokio::test]
async fn are_over_what_the_caller_sees_on_sqlite() {
    over_what_is_seen(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn are_over_what_the_caller_sees_on_postgres() {
    over_what_is_seen(On::Postgres).await;
}

#[tokio::test]
async fn only_what_is_shown_is_logged() {
    let world = World::peopled(On::Sqlite).await;
    let mut leaks = BTreeSet::new();
    for place in ["Kijfhoek", "Moerdijk", "Pernis"] {
        let id = signal(&world, &format!("Lekkende ketelwagen: {place}"), "Damp.").await;
        leaks.insert(id.trim_start_matches("sig_").to_owned());
    }
    for title in [
        "Sleutels zoek",
        "Wachtrij aan de balie",
        "Kozijnen vervangen",
        "Printer stuk",
    ] {
        signal(&world, title, "Van alles.").await;
    }
    // The label alone shows words of its members.
    let label = "{ themeProposals { proposals { label } } }";
    let reply = world.reply("ilt.analyst", "toezicht", label, json!({})).await;
    assert!(reply.response.errors.is_empty(), "{:?}", reply.response.errors);
    let lines = "SELECT record_ids FROM processing_log WHERE request_id = ? AND kind = 'signal' AND operation = 'read'";
    let lines = world.look(lines, vec![reply.request.into()]).await;
    let logged: BTreeSet<String> = lines
        .iter()
        .flat_map(|line| line.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-'))
        .map(|id| id.replace('-', ""))
        .filter(|id| id.len() == 32)
        .collect();
    assert_eq!(logged, leaks, "{lines:?}");
}

/// The statements of a request that ask the predicate of records that are known, as SQL.
fn predicates(heard: &[(String, String)]) -> Vec<String> {
    let statements = heard.iter().filter(|(target, _)| target == "sqlx::query");
    let text = statements.filter_map(|(_, text)| {
        let (_, from) = text.split_once("db.statement=\"")?;
        let (statement, _) = from.split_once("\" rows_affected")?;
        Some(statement.replace("\\n", "\n").replace("\\\"", "\""))
    });
    text.filter(|text| text.contains("EXISTS(SELECT") && text.contains("\"signal_feed\""))
        .collect()
}

#[test]
fn each_record_is_looked_up_by_itself_on_sqlite() {
    if !alone("theme_proposal::each_record_is_looked_up_by_itself_on_sqlite") {
        return;
    }
    let runtime = runtime();
    let world = runtime.block_on(World::peopled(On::Sqlite));
    for place in ["Kijfhoek", "Moerdijk", "Pernis"] {
        runtime.block_on(signal(&world, &format!("Lekkende ketelwagen: {place}"), "Damp."));
    }
    let (_, heard) = overhear(&runtime, proposals(&world, "ilt.inspector", json!({})));
    let predicates = predicates(&heard);
    assert!(predicates.len() >= 2, "weighed, and seen: {predicates:?}");
    for text in predicates {
        let plan = runtime.block_on(async {
            let transaction = world.database.begin_read().await.expect("a service may read");
            let explain = statement(DbBackend::Sqlite, &format!("EXPLAIN QUERY PLAN {text}"), vec![]);
            let rows = transaction.query_all_raw(explain).await.expect("a plan");
            let details = rows
                .iter()
                .map(|row| row.try_get::<String>("", "detail").expect("a text"));
            details.collect::<Vec<_>>()
        });
        let feed = plan
            .iter()
            .find(|step| step.contains("SEARCH f "))
            .expect("the feed is searched");
        assert!(
            feed.contains("record_id=? AND channel=?"),
            "no channel is walked for each record: {plan:?}, of {text}"
        );
    }
}
