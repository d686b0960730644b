//! Open subscriptions: authorised per event, ended when the reader no longer stands, cheap while they wait.

use std::time::{Duration, Instant};

use async_graphql::Response;
use async_graphql::futures_util::stream::BoxStream;
use futures::StreamExt;
use serde_json::{Value, json};
use tests::service::code;
use tests::world::On;

use super::{Change, SIGNAL, Shared, shared};

const LISTEN: &str = "subscription { signalChanged { kind signal { title } } }";
/// How soon a stream whose reader no longer stands must have ended.
const SOON: Duration = Duration::from_secs(2);
/// More than either database has connections.
const MANY: usize = 20;

async fn next(stream: &mut BoxStream<'static, Response>, within: Duration) -> Option<Value> {
    let event = tokio::time::timeout(within, stream.next()).await.ok()?;
    event.map(|event| serde_json::to_value(event).expect("an event is JSON"))
}

async fn listening(shared: &Shared, who: &str) -> BoxStream<'static, Response> {
    let mut stream = shared.world.listen(who, "toezicht", LISTEN).await;
    // A stream begins when it is first asked for.
    assert_eq!(
        next(&mut stream, Duration::from_millis(300)).await,
        None,
        "{who}: nothing has happened yet"
    );
    stream
}

async fn edit(shared: &Shared, version: i32) {
    let query = "mutation ($id: ID!, $v: Int!) { editSignal(id: $id, version: $v, input: { note: \"n\" }) { warnings { code } } }";
    shared
        .world
        .data(
            "ilt.inspector",
            "toezicht",
            query,
            json!({ "id": shared.id, "v": version }),
        )
        .await;
}

/// After a change of each kind the reader's stream brings nothing of what follows, while the owner's does.
async fn stops(on: On) {
    for change in [
        Change::Revoke,
        Change::Tighten,
        Change::RaiseRank,
        Change::LeaveCircle,
        Change::Expire,
    ] {
        let shared = shared(on, &SIGNAL, change).await;
        let (mut reader, mut owner) = (
            listening(&shared, "igj.inspector").await,
            listening(&shared, "ilt.inspector").await,
        );
        edit(&shared, 3).await;
        for stream in [&mut reader, &mut owner] {
            let event = next(stream, 10 * SOON).await.expect("an event");
            assert_eq!(event["data"]["signalChanged"]["kind"], "EDITED", "{change:?}: {event}");
        }
        let revoke = format!(
            "mutation {{ revokeGrant(grantId: \"{}\") {{ warnings {{ code }} }} }}",
            shared.grant
        );
        match change {
            Change::Tighten => label(&shared, "tlp: RED").await,
            Change::RaiseRank => label(&shared, "rank: DEPARTEMENTAAL_VERTROUWELIJK").await,
            Change::Revoke => drop(shared.world.data("ilt.inspector", "toezicht", &revoke, json!({})).await),
            other => shared.behind(other).await,
        }
        let version = if matches!(change, Change::LeaveCircle | Change::Expire) {
            4
        } else {
            5
        };
        edit(&shared, version).await;
        let mut kinds = Vec::new();
        while kinds.last().map(String::as_str) != Some("EDITED") {
            let event = next(&mut owner, 10 * SOON)
                .await
                .unwrap_or_else(|| panic!("{on:?}, {change:?}: the owner hears {kinds:?} and what follows"));
            kinds.push(
                event["data"]["signalChanged"]["kind"]
                    .as_str()
                    .expect("a kind")
                    .to_owned(),
            );
        }
        let late = next(&mut reader, Duration::from_millis(1_500)).await;
        assert_eq!(late, None, "{on:?}, {change:?}: the reader hears no more");
    }
}

async fn label(shared: &Shared, labels: &str) {
    let query = format!(
        "mutation {{ labelSignal(id: \"{}\", version: 4, labels: {{ {labels} }}) {{ warnings {{ code }} }} }}",
        shared.id
    );
    shared.world.data("ilt.inspector", "toezicht", &query, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stops_on_sqlite() {
    stops(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stops_on_postgres() {
    stops(On::Postgres).await;
}

/// A reader who no longer stands is told so once, soon, and the stream ends.
async fn ends(on: On) {
    for (change, told) in [
        (Change::Suspend, "ACCOUNT_SUSPENDED"),
        (Change::SuspendOrganisation, "ACCOUNT_SUSPENDED"),
        (Change::LosePurpose, "PURPOSE_NOT_HELD"),
        (Change::LoseRole, "FORBIDDEN"),
        // An hour passes, and with it the token.
        (Change::Expire, "TOKEN_EXPIRED"),
    ] {
        let shared = shared(on, &SIGNAL, Change::Revoke).await;
        let mut reader = listening(&shared, "igj.inspector").await;
        let began = Instant::now();
        shared.behind(change).await;
        if change == Change::Expire {
            shared.behind(change).await;
        }
        let last = next(&mut reader, 10 * SOON)
            .await
            .unwrap_or_else(|| panic!("{change:?}: the reader is told"));
        assert_eq!(code(&last), Some(told), "{change:?}: {last}");
        assert!(began.elapsed() < SOON, "{change:?}: told after {:?}", began.elapsed());
        assert_eq!(next(&mut reader, SOON).await, None);
        assert!(
            tokio::time::timeout(SOON, reader.next())
                .await
                .is_ok_and(|end| end.is_none()),
            "{change:?}: it ends"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_on_sqlite() {
    ends(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_on_postgres() {
    ends(On::Postgres).await;
}

/// However many listen, others are answered: whoever waits holds no connection.
async fn waits(on: On) {
    let shared = shared(on, &SIGNAL, Change::Revoke).await;
    let mut listeners = Vec::new();
    for _ in 0..MANY {
        let mut stream = shared.world.listen("igj.inspector", "toezicht", LISTEN).await;
        listeners.push(tokio::spawn(async move { stream.next().await }));
    }
    // Some heartbeats pass.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    for _ in 0..10 {
        let began = Instant::now();
        assert!(shared.sees(0).await, "{on:?}: a reader is answered while {MANY} listen");
        assert!(began.elapsed() < SOON, "{on:?}: answered after {:?}", began.elapsed());
    }
    edit(&shared, 3).await;
    for listener in listeners {
        let event = tokio::time::timeout(10 * SOON, listener)
            .await
            .expect("in time")
            .expect("it listens")
            .expect("an event");
        let event = serde_json::to_value(event).expect("an event is JSON");
        assert_eq!(event["data"]["signalChanged"]["kind"], "EDITED", "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_on_sqlite() {
    waits(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_on_postgres() {
    waits(On::Postgres).await;
}
