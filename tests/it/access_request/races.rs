//! Two who decide at the same time: what is decided once is decided once, and what was taken away stays away.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{APPROVE, REQUEST, WITHDRAW, chosen, plea, published, requested, sees, text};
use crate::break_glass::{BREAK, number, numbered};

/// How often each pair races.
const ROUNDS: usize = 8;

type Call = (&'static str, String, Value);

fn refused(answer: &Value) -> Option<String> {
    answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
}

/// Lets two call at the same time; what each was refused with.
async fn both(world: &Arc<World>, one: Call, other: Call) -> [Option<String>; 2] {
    let start = |(who, query, variables): Call| {
        let world = world.clone();
        tokio::spawn(async move { world.ask(who, "toezicht", &query, variables).await })
    };
    let (one, other) = (start(one), start(other));
    let (one, other) = (one.await.expect("an answer"), other.await.expect("an answer"));
    [refused(&one), refused(&other)]
}

/// A request for a new signal, the only one that may be known; the signal is at version 3.
async fn asked(world: &World) -> (String, String) {
    world.run("UPDATE signal_discovery SET mode = 0", vec![]).await;
    let signal = published(world, "Race", json!({})).await;
    chosen(world, &signal, "HIT", false).await;
    (signal, requested(world).await)
}

fn approve(request: &str) -> Call {
    ("ilt.data_steward", APPROVE.to_owned(), json!({ "id": request }))
}

fn own(signal: &str, call: &str) -> Call {
    let call = format!("mutation ($id: ID!) {{ {call} {{ warnings {{ code }} }} }}");
    ("ilt.inspector", call, json!({ "id": signal }))
}

async fn decisions(on: On) {
    let world = Arc::new(World::peopled(on).await);
    for round in 0..ROUNDS {
        let (signal, request) = asked(&world).await;
        let withdraw = ("igj.inspector", WITHDRAW.to_owned(), json!({ "id": request }));
        let [approved, withdrawn] = both(&world, approve(&request), withdraw).await;
        assert_ne!(
            approved.is_none(),
            withdrawn.is_none(),
            "{round}: {approved:?} {withdrawn:?}"
        );
        let code = approved.clone().or(withdrawn).expect("one was refused");
        assert_eq!(code, "REQUEST_CLOSED");
        assert_eq!(
            sees(&world, "igj.inspector", "toezicht", &signal).await,
            approved.is_none()
        );

        let (_, request) = asked(&world).await;
        let twice = both(&world, approve(&request), approve(&request)).await;
        assert_eq!(
            twice.iter().filter(|code| code.is_none()).count(),
            1,
            "{round}: {twice:?}"
        );

        let (signal, request) = asked(&world).await;
        let retract = own(&signal, "retractSignal(id: $id, version: 3, reason: \"r\")");
        let [approved, retracted] = both(&world, approve(&request), retract).await;
        match (approved.as_deref(), retracted.as_deref()) {
            // Approving made a new version first.
            (None, Some("STALE_VERSION")) => assert!(sees(&world, "igj.inspector", "toezicht", &signal).await),
            (Some("WRONG_STATE"), None) => assert!(!sees(&world, "igj.inspector", "toezicht", &signal).await),
            other => panic!("{round}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_on_sqlite() {
    decisions(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_on_postgres() {
    decisions(On::Postgres).await;
}

async fn openings(on: On) {
    let world = Arc::new(World::peopled(on).await);
    for round in 0..ROUNDS {
        world.clock.advance(3_600_000_000);
        let opened = async |call: &str| {
            let signal = published(&world, "Race", json!({})).await;
            let named = number(&world, &signal).await;
            let open = ("igj.inspector", BREAK.to_owned(), numbered(&named));
            let codes = both(&world, open, own(&signal, call)).await;
            (codes, sees(&world, "igj.inspector", "toezicht", &signal).await)
        };
        // An owner who changes it at the same time neither loses the opening nor is held up by it.
        let (codes, seen) = opened("editSignal(id: $id, version: 2, input: { note: \"n\" })").await;
        assert_eq!(codes, [None, None], "{round}");
        assert!(seen, "{round}: opened is opened");
        // One who takes it back has the last word.
        let (codes, seen) = opened("retractSignal(id: $id, version: 2, reason: \"r\")").await;
        assert_eq!(codes[1], None, "{round}");
        assert!(
            codes[0].is_none() || codes[0].as_deref() == Some("NOT_FOUND"),
            "{round}: {codes:?}"
        );
        assert!(!seen, "{round}: retracted is retracted");
        // Raised above what may be opened: rank holds for what was opened too.
        let (codes, _) = opened("labelSignal(id: $id, version: 2, labels: { tlp: RED })").await;
        assert_eq!(codes, [None, None], "{round}: RED leaves named accounts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openings_on_sqlite() {
    openings(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openings_on_postgres() {
    openings(On::Postgres).await;
}

/// An organisation's request and an account's are two; the same one twice at once is at most two, and never fails.
#[tokio::test]
async fn for_oneself_and_for_all() {
    let world = World::peopled(On::Sqlite).await;
    let signal = published(&world, "Beide", json!({})).await;
    chosen(&world, &signal, "TITLE", false).await;
    let handle = super::handle(&world, "igj.inspector").await;
    let ask = async |audience: &str| {
        let variables = json!({ "d": handle, "plea": plea(), "for": audience });
        let made = world.data("igj.inspector", "toezicht", REQUEST, variables).await;
        text(&made["requestAccess"]["id"])
    };
    let (alone, all) = (ask("ACCOUNT").await, ask("ORGANISATION").await);
    world
        .data("ilt.data_steward", "toezicht", APPROVE, json!({ "id": all }))
        .await;
    assert!(
        sees(&world, "igj.analyst", "toezicht", &signal).await,
        "for the whole inspectorate"
    );
    world
        .data("ilt.data_steward", "toezicht", APPROVE, json!({ "id": alone }))
        .await;
}
