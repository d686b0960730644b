//! Log or deny: what cannot be logged is not answered and not done; what is answered or done is logged.
//!
//! [`asked`] lists everything that can be asked; [`lines`] what each leaves in the log.

pub mod asked;
mod beyond;
mod inbox;
mod joining;
mod lines;
mod parties;
mod retention;
mod roots;
mod themes;
mod triage;

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tests::service::code;
use tests::world::{On, World};

use asked::{Asked, Service, Things};

/// How the log store goes down.
#[derive(Clone, Copy, Debug)]
enum Down {
    /// A trigger refuses lines of who asked.
    AuditTrigger,
    /// A trigger refuses lines of what was done; only what touches records has such lines.
    ProcessingTrigger,
    /// The services may no longer insert.
    Privilege,
}

impl Down {
    async fn bring(self, world: &World, on: On) {
        match (self, on) {
            (Self::AuditTrigger, _) => trigger(world, on, "audit_log").await,
            (Self::ProcessingTrigger, _) => trigger(world, on, "processing_log").await,
            (Self::Privilege, _) => {
                let revoke = "REVOKE INSERT ON audit_log, processing_log FROM samenzicht_signals, samenzicht_registry";
                world.attempt(revoke).await.expect("the superuser may");
            }
        }
    }

    async fn mend(self, world: &World, on: On) {
        let text = match (self, on) {
            (Self::AuditTrigger, On::Sqlite) => "DROP TRIGGER deny_audit_log",
            (Self::ProcessingTrigger, On::Sqlite) => "DROP TRIGGER deny_processing_log",
            (Self::AuditTrigger, On::Postgres) => "DROP TRIGGER deny_audit_log ON audit_log",
            (Self::ProcessingTrigger, On::Postgres) => "DROP TRIGGER deny_processing_log ON processing_log",
            (Self::Privilege, _) => {
                "GRANT INSERT ON audit_log, processing_log TO samenzicht_signals, samenzicht_registry"
            }
        };
        world.attempt(text).await.expect("it can be mended");
    }
}

async fn trigger(world: &World, on: On, table: &str) {
    let text = match on {
        On::Sqlite => {
            format!("CREATE TRIGGER deny_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'down'); END")
        }
        On::Postgres => format!(
            "CREATE OR REPLACE FUNCTION accountability.deny() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE EXCEPTION 'down'; END $$;
             CREATE TRIGGER deny_{table} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION accountability.deny()"
        ),
    };
    world.attempt(&text).await.expect("a trigger can be made");
}

/// Asks as listed; the whole answer.
pub async fn answer(world: &World, asked: &Asked) -> Value {
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
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

async fn down(on: On, how: Down) {
    let world = World::peopled(on).await;
    let things = Things::set(&world).await;
    let everything = asked::everything(&things);
    let mut live = world
        .listen(
            "ilt.inspector",
            "toezicht",
            "subscription { signalChanged { kind signal { id } } }",
        )
        .await;
    let quiet = tokio::time::timeout(Duration::from_millis(500), live.next()).await;
    assert!(quiet.is_err(), "nothing has happened yet: {quiet:?}");
    touch(&world, &things).await;

    let before = world.everything().await;
    how.bring(&world, on).await;
    let event = tokio::time::timeout(Duration::from_secs(20), live.next())
        .await
        .expect("an answer")
        .expect("an event");
    let event = serde_json::to_value(event).expect("an event is JSON");
    assert_eq!(code(&event), Some("LOG_UNAVAILABLE"), "{how:?}: {event}");
    assert_eq!(event["data"], Value::Null, "{event}");
    for asked in &everything {
        // Who sees no record leaves a line of who asked, but none of what was shown.
        if matches!(how, Down::ProcessingTrigger) && !asked.touches {
            continue;
        }
        let answer = answer(&world, asked).await;
        assert_eq!(
            code(&answer),
            Some("LOG_UNAVAILABLE"),
            "{how:?}: {}: {answer}",
            asked.query
        );
        assert_eq!(answer["data"], Value::Null, "{how:?}: {}: {answer}", asked.query);
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    }
    assert_eq!(world.everything().await, before, "{how:?}: nothing is half done");
    unprotected(&world).await;

    how.mend(&world, on).await;
    touch(&world, &things).await;
    let event = tokio::time::timeout(Duration::from_secs(20), live.next())
        .await
        .expect("an answer")
        .expect("an event");
    let event = serde_json::to_value(event).expect("an event is JSON");
    assert_eq!(
        event["data"]["signalChanged"]["signal"]["id"],
        json!(things.touched),
        "{how:?}: it goes on: {event}"
    );
    for asked in everything.iter().filter(|asked| !asked.changes) {
        let answer = answer(&world, asked).await;
        assert_eq!(
            code(&answer),
            asked.refused,
            "{how:?}, mended: {}: {answer}",
            asked.query
        );
    }
}

/// A change that everybody of the ILT may see.
async fn touch(world: &World, things: &Things) {
    let version = world
        .data(
            "ilt.inspector",
            "toezicht",
            "query ($id: ID!) { signal(id: $id) { version } }",
            json!({ "id": things.touched }),
        )
        .await;
    let label = "mutation ($id: ID!, $v: Int!) { labelSignal(id: $id, version: $v, labels: { useLimit: SUPERVISION }) { warnings { code } } }";
    let variables = json!({ "id": things.touched, "v": version["signal"]["version"] });
    world.data("ilt.inspector", "toezicht", label, variables).await;
}

/// What is the caller's own, or nobody's, needs no line.
async fn unprotected(world: &World) {
    let own = world
        .ask_registry(
            "ilt.inspector",
            "",
            "{ __typename me { account } purposes { code } }",
            &json!({}),
        )
        .await;
    let own = serde_json::to_value(own.response).expect("an answer is JSON");
    assert_eq!(own["data"]["me"]["account"], "ilt.inspector", "{own}");
    let shape = world
        .ask(
            "ilt.inspector",
            "",
            "{ __typename __schema { queryType { name } } }",
            json!({}),
        )
        .await;
    assert_eq!(shape["data"]["__schema"]["queryType"]["name"], "Query", "{shape}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_by_trigger_on_sqlite() {
    down(On::Sqlite, Down::AuditTrigger).await;
    down(On::Sqlite, Down::ProcessingTrigger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_by_trigger_on_postgres() {
    down(On::Postgres, Down::AuditTrigger).await;
    down(On::Postgres, Down::ProcessingTrigger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_without_the_privilege() {
    down(On::Postgres, Down::Privilege).await;
}
