//! What is answered or done leaves its lines: who, for which purpose, what, to which records.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::service::{code, headers, request};
use tests::world::{On, World, id, who};

use super::asked::{Asked, Service, Things, everything, party};

/// Everything that the schemas have and that needs no line.
const UNPROTECTED: [&str; 3] = ["me", "purposes", "_service"];

/// No root field is forgotten by these tests.
#[tokio::test]
async fn everything_protected_is_asked() {
    let world = World::peopled(On::Sqlite).await;
    let asked = everything(&Things::set(&world).await);
    let roots = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    let mut known = 0;
    for (service, subgraph) in [(Service::Signals, &world.signals), (Service::Registry, &world.registry)] {
        let reply = subgraph
            .execute_as(
                who("ilt.inspector", &world.clock),
                &headers(""),
                request(roots, &json!({})),
            )
            .await;
        let schema = serde_json::to_value(reply.response).expect("an answer is JSON");
        let schema = &schema["data"]["__schema"];
        let fields = |kind: &str| schema[kind]["fields"].as_array().cloned().unwrap_or_default();
        for field in fields("queryType").iter().chain(&fields("mutationType")) {
            let name = field["name"].as_str().expect("a name");
            let here = |asked: &&Asked| asked.service == service && calls(&asked.query, name);
            assert!(
                UNPROTECTED.contains(&name) || asked.iter().any(|asked| here(&asked)),
                "{name} is not asked"
            );
            known += 1;
        }
    }
    assert!(known > 25, "both schemas were read");
}

fn calls(query: &str, name: &str) -> bool {
    query
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| word == name)
}

async fn audit(world: &World, request: uuid::Uuid) -> Vec<String> {
    let text = "SELECT service || ' ' || subject || ' ' || COALESCE(purpose, '-') || ' ' || operation || ' ' || outcome
                FROM audit_log WHERE request_id = ? ORDER BY operation";
    world.look(text, vec![request.into()]).await
}

async fn processing(world: &World, request: uuid::Uuid) -> BTreeSet<String> {
    let text = "SELECT activity || ' ' || kind || ' ' || operation || ' [' || record_ids || '] ' || fields
                FROM processing_log WHERE request_id = ?";
    world.look(text, vec![request.into()]).await.into_iter().collect()
}

fn bare(id: &str) -> &str {
    &id[4..]
}

async fn lines(on: On) {
    let world = World::peopled(on).await;
    let things = Things::set(&world).await;
    for asked in everything(&things).iter().filter(|asked| !asked.changes) {
        let reply = match asked.service {
            Service::Signals => {
                world
                    .reply(&asked.who, &asked.purpose, &asked.query, asked.variables.clone())
                    .await
            }
            Service::Registry => {
                world
                    .ask_registry(&asked.who, &asked.purpose, &asked.query, &asked.variables)
                    .await
            }
        };
        let answer = serde_json::to_value(&reply.response).expect("an answer is JSON");
        assert_eq!(code(&answer), asked.refused, "{answer}");
        let lines = audit(&world, reply.request).await;
        assert_eq!(lines.len(), 1, "{}: one line of who asked: {lines:?}", asked.query);
        let service = if asked.service == Service::Signals {
            "signals"
        } else {
            "registry"
        };
        let purpose = if asked.purpose.is_empty() { "-" } else { &asked.purpose };
        let begin = format!("{service} {} {purpose} ", asked.who);
        let end = format!(" {}", asked.refused.unwrap_or("DONE"));
        assert!(
            lines[0].starts_with(&begin) && lines[0].ends_with(&end),
            "{}: {lines:?}",
            asked.query
        );
        let shown = processing(&world, reply.request).await;
        assert_eq!(!shown.is_empty(), asked.touches, "{}: {shown:?}", asked.query);
    }
    shown(&world, &things).await;
    changed(&world, &things).await;
}

/// The lines name exactly the records that were shown, and the personal fields that were.
async fn shown(world: &World, things: &Things) {
    let signal = bare(&things.published);
    let ask = async |who: &str, purpose: &str, query: &str, variables: Value| {
        let reply = world.reply(who, purpose, query, variables).await;
        assert!(reply.response.errors.is_empty(), "{:?}", reply.response.errors);
        processing(world, reply.request).await
    };
    let of = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<String>>();
    let one = "query ($id: ID!) { signal(id: $id) { title reporter { name } personsInvolved } }";
    let read = format!("toezicht signal read [{signal}] ");
    let inspector = ask("igj.inspector", "toezicht", one, json!({ "id": things.published })).await;
    let unmask = |field: &str| format!("toezicht signal unmask [{signal}] {field}");
    assert_eq!(
        inspector,
        of(&[read.clone(), unmask("reporter"), unmask("personsInvolved")])
    );
    let only = "query ($id: ID!) { signal(id: $id) { reporter { name } } }";
    let only = ask("igj.inspector", "toezicht", only, json!({ "id": things.published })).await;
    assert_eq!(only, of(&[read.clone(), unmask("reporter")]), "only what was shown");
    let analyst = ask("igj.analyst", "toezicht", one, json!({ "id": things.published })).await;
    assert_eq!(
        analyst,
        of(std::slice::from_ref(&read)),
        "what stays masked is not shown"
    );
    let stranger = ask("nvwa.inspector", "toezicht", one, json!({ "id": things.published })).await;
    assert_eq!(stranger, BTreeSet::new(), "nothing was shown");
    let mut own: Vec<&str> = [&things.draft, &things.published, &things.touched]
        .map(|id| bare(id))
        .to_vec();
    own.extend(things.beyond.signals.iter().map(|id| bare(id)));
    own.sort_unstable();
    let list = ask(
        "ilt.analyst",
        "risicoanalyse",
        "{ signals { nodes { title } } }",
        json!({}),
    )
    .await;
    assert_eq!(
        list,
        of(&[format!("risicoanalyse signal read [{}] ", own.join(" "))]),
        "every record of a list"
    );
    let entities = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on SupervisedParty { signals { nodes { title } } } } }";
    let keys = json!({ "r": [{ "__typename": "SupervisedParty", "id": party() }] });
    assert_eq!(
        ask("igj.analyst", "toezicht", entities, keys).await,
        of(&[read]),
        "through the party"
    );
    let told = "query ($p: ID!) { discoveries(about: { party: $p }) { nodes { id title } } }";
    let known = &things.beyond.signals;
    let mut known: Vec<&str> = known.iter().map(|id| bare(id)).collect();
    known.sort_unstable();
    assert_eq!(
        ask("nvwa.inspector", "toezicht", told, json!({ "p": party() })).await,
        of(&[format!("toezicht signal discover [{}] ", known.join(" "))]),
        "who was told that something exists"
    );
    let empty = "SELECT CAST(COUNT(*) AS TEXT) FROM processing_log WHERE record_ids LIKE '%Canarie%' OR fields LIKE '%Canarie%'";
    assert_eq!(world.look(empty, vec![]).await, ["0"]);
}

/// A change leaves who did it and what, and names the record; the account and organisation stand with it.
async fn changed(world: &World, things: &Things) {
    let steps = [
        (
            "publish",
            "published",
            &things.draft,
            "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }",
        ),
        (
            "edit",
            "edited",
            &things.published,
            "mutation ($id: ID!) { editSignal(id: $id, version: 3, input: { note: \"x\" }) { signal { id } } }",
        ),
        (
            "label",
            "labelled",
            &things.published,
            "mutation ($id: ID!) { labelSignal(id: $id, version: 4, labels: { useLimit: DO_NOT_APPROACH }) { signal { id } } }",
        ),
        (
            "grant",
            "shared",
            &things.published,
            "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"nvwa\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }",
        ),
        (
            "revoke",
            "revoked",
            &things.grant,
            "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }",
        ),
        (
            "retract",
            "retracted",
            &things.published,
            "mutation ($id: ID!) { retractSignal(id: $id, version: 7, reason: \"proef\") { signal { id } } }",
        ),
    ];
    for (operation, change, on, query) in steps {
        let reply = world
            .reply("ilt.inspector", "toezicht", query, json!({ "id": on }))
            .await;
        assert!(
            reply.response.errors.is_empty(),
            "{operation}: {:?}",
            reply.response.errors
        );
        let signal = if operation == "revoke" {
            bare(&things.published)
        } else {
            bare(on)
        };
        let who = audit(world, reply.request).await;
        let line = format!("signals ilt.inspector toezicht {operation} DONE");
        assert!(who.contains(&line), "{operation}: {who:?}");
        let what = processing(world, reply.request).await;
        assert!(
            what.contains(&format!("toezicht signal {change} [{signal}] ")),
            "{operation}: {what:?}"
        );
        let whose = "SELECT CAST(COUNT(*) AS TEXT) FROM audit_log WHERE request_id = ? AND account_id = ? AND organisation_id = ?";
        let found = world
            .look(
                whose,
                vec![reply.request.into(), id("ilt.inspector").into(), id("ilt").into()],
            )
            .await;
        assert_eq!(
            found,
            [who.len().to_string()],
            "{operation}: every line says whose account it was"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_on_sqlite() {
    lines(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_on_postgres() {
    lines(On::Postgres).await;
}
