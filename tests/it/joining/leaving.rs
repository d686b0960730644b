//! What an administrator takes away is gone: the next question is refused, and an open stream ends with its reason.

use std::time::Duration;

use foundation::clock::SECOND;
use futures::StreamExt;
use serde_json::json;
use tests::service::code;
use tests::world::{On, World};

use super::{agree, change, reads, world};

const LISTEN: &str = "subscription { signalChanged { kind } }";

async fn taken_away(world: &World, on: On) {
    let steps: [(&str, &str, &str); 4] = [
        (
            "suspendAccount(account: \"ilt.inspector\")",
            "ACCOUNT_SUSPENDED",
            "resumeAccount(account: \"ilt.inspector\")",
        ),
        (
            "takePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")",
            "PURPOSE_NOT_HELD",
            "givePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")",
        ),
        (
            "takeRole(account: \"ilt.inspector\", role: INSPECTOR)",
            "FORBIDDEN",
            "proposeRole(account: \"ilt.inspector\", role: INSPECTOR)",
        ),
        ("endAccount(account: \"ilt.inspector\")", "ACCOUNT_SUSPENDED", ""),
    ];
    for (take, told, back) in steps {
        stream_ends(world, "ilt.inspector", told, async || {
            change(world, "ilt.administrator", take).await;
        })
        .await;
        assert_eq!(reads(world, "ilt.inspector").await, told, "{on:?}: {take}");
        world.clock.advance(SECOND);
        match back {
            "" => {}
            role if role.starts_with("propose") => agree(world, "ilt.administrator", "ilt.admin2", role).await,
            call => drop(change(world, "ilt.administrator", call).await),
        }
    }
    stream_ends(world, "nvwa.inspector", "ACCOUNT_SUSPENDED", async || {
        let suspend = "proposeSuspension(organisation: \"nvwa\", reason: \"proef\")";
        agree(world, "ilt.administrator", "igj.administrator", suspend).await;
    })
    .await;
    assert_eq!(reads(world, "nvwa.inspector").await, "ACCOUNT_SUSPENDED");
    stream_ends(world, "jenv.inspector", "ACCOUNT_SUSPENDED", async || {
        let end = "proposeEnd(organisation: \"jenv\", reason: \"proef\")";
        agree(world, "ilt.administrator", "igj.administrator", end).await;
    })
    .await;
    assert_eq!(reads(world, "jenv.inspector").await, "ACCOUNT_SUSPENDED");
}

async fn stream_ends(world: &World, who: &str, told: &str, act: impl AsyncFn()) {
    let mut stream = world.listen(who, "toezicht", LISTEN).await;
    let quiet = tokio::time::timeout(Duration::from_millis(300), stream.next()).await;
    assert!(quiet.is_err(), "{who}: nothing has happened yet");
    act().await;
    let last = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
    let last = last.expect("soon").expect("the reader is told");
    let last = serde_json::to_value(last).expect("an event is JSON");
    assert_eq!(code(&last), Some(told), "{last}");
    let end = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
    assert!(end.is_ok_and(|event| event.is_none()), "{who}: it ends");
}

async fn streams(on: On) {
    let world = world(on).await;
    taken_away(&world, on).await;
}

/// Each change leaves who did it and what was changed, joined by the request.
async fn lines(on: On) {
    let world = world(on).await;
    let query = "mutation { suspendAccount(account: \"ilt.inspector\") { id } }";
    let reply = world
        .ask_registry("ilt.administrator", "toezicht", query, &json!({}))
        .await;
    let who = "SELECT subject || ' ' || operation || ' ' || outcome FROM audit_log WHERE request_id = ? AND operation = 'keep_accounts'";
    assert_eq!(
        world.look(who, vec![reply.request.into()]).await,
        ["ilt.administrator keep_accounts DONE"]
    );
    let what = "SELECT kind || ' ' || operation FROM processing_log WHERE request_id = ?";
    assert_eq!(
        world.look(what, vec![reply.request.into()]).await,
        ["account suspended"]
    );
    agree(
        &world,
        "ilt.administrator",
        "ilt.admin2",
        "proposeRole(account: \"ilt.analyst\", role: COORDINATOR)",
    )
    .await;
    let all =
        "SELECT kind || ' ' || operation FROM processing_log WHERE service = 'registry' ORDER BY at, kind, operation";
    let expected = [
        "account role_given",
        "account suspended",
        "decision confirmed",
        "decision proposed",
    ];
    assert_eq!(world.look(all, vec![]).await, expected);
    let row = "SELECT proposed_by || ' ' || decided_by || ' ' || outcome FROM decision";
    assert_eq!(
        world.look(row, vec![]).await,
        ["ilt.administrator ilt.admin2 confirmed"]
    );
}

/// Nobody shares with who can receive nothing: suspended, ended, or no participant. Which of these, is not told.
async fn closed(on: On) {
    let world = world(on).await;
    world.circle("ring", &["igj", "ilt"], &["toezicht"]).await;
    let input = json!({ "title": "Lekkage", "narrative": "Gezien.", "category": "chemicals", "severity": "MINOR",
        "observedFrom": "2026-05-30T08:00:00Z" });
    let record = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
    let made = world
        .data("ilt.inspector", "toezicht", record, json!({ "i": input }))
        .await;
    let id = made["recordSignal"]["signal"]["id"].clone();
    let share = async |to: &str| {
        let query = format!(
            "mutation ($id: ID!) {{ shareSignal(id: $id, grant: {{ to: {{ {to} }}, purpose: \"toezicht\", legalBasis: \"demo\" }}) {{ warnings {{ code }} }} }}"
        );
        let answer = world
            .ask("ilt.inspector", "toezicht", &query, json!({ "id": id }))
            .await;
        code(&answer).unwrap_or("ok").to_owned()
    };
    let (organisation, account) = ("organisation: \"igj\"", "account: \"igj.inspector\"");
    for to in [organisation, account, "account: \"nvwa.inspector\""] {
        assert_eq!(share(to).await, "ok");
    }
    change(
        &world,
        "igj.administrator",
        "suspendAccount(account: \"igj.inspector\")",
    )
    .await;
    assert_eq!(share(account).await, "AUDIENCE_CLOSED");
    assert_eq!(share(organisation).await, "ok");
    change(&world, "igj.administrator", "resumeAccount(account: \"igj.inspector\")").await;
    for (call, back) in [
        (
            "proposeParticipation(organisation: \"igj\", participant: false)",
            "proposeParticipation(organisation: \"igj\", participant: true)",
        ),
        (
            "proposeSuspension(organisation: \"igj\", reason: \"r\")",
            "proposeResumption(organisation: \"igj\", reason: \"r\")",
        ),
        ("proposeEnd(organisation: \"igj\", reason: \"r\")", ""),
    ] {
        agree(&world, "ilt.administrator", "nvwa.administrator", call).await;
        assert_eq!(share(organisation).await, "AUDIENCE_CLOSED", "{call}");
        assert_eq!(share(account).await, "AUDIENCE_CLOSED", "{call}");
        if !back.is_empty() {
            agree(&world, "ilt.administrator", "nvwa.administrator", back).await;
        }
    }
    change(&world, "nvwa.administrator", "endAccount(account: \"nvwa.inspector\")").await;
    assert_eq!(share("account: \"nvwa.inspector\"").await, "AUDIENCE_CLOSED");
    assert_eq!(
        share("circle: \"ring\"").await,
        "AUDIENCE_CLOSED",
        "it ended with its coordinator"
    );
    assert_eq!(share("account: \"nvwa.nobody\"").await, "UNKNOWN_REFERENCE");
}

on_both! { streams lines closed }
