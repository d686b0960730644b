//! Gateway and services as processes of their own on PostgreSQL: the same answers, and what happens when one ends.

use std::time::{Duration, Instant};

use samenzicht::commands::demo::QUERY;
use serde_json::{Value, json};
use tests::caller::{Answer, Caller};
use tests::live::{Channel, Heard};
use tests::signals::{
    EDIT, IMPORT, LABEL, PUBLISH, RECORD, RETRACT, REVOKE, approved, grant, input, item, party, published, recorded,
    shared,
};
use tests::stand::{Shape, Stand};
use tests::whole::halves;

/// No answer may take longer, whatever is broken: the gateway gives a service three seconds here.
const NO_HANG: Duration = Duration::from_secs(12);
/// Within this the gateway has noticed that a service is back: its circuit rests for five seconds.
const RECOVERY: Duration = Duration::from_secs(30);
/// Within this a change reaches whoever listens.
const LIVE: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn processes_answer_as_one_process_does() {
    let stand = Stand::up(Shape::Processes).await;
    let (ilt, igj) = (
        stand.caller("ilt.inspector", "toezicht"),
        stand.caller("igj.analyst", "risicoanalyse"),
    );
    let id = recorded(&ilt, input("Lekkende ketelwagen")).await;
    let grant_id = shared(&ilt, &id, grant("igj", "risicoanalyse")).await;
    let version = async || {
        let answer = ilt
            .data("query ($id: ID!) { signal(id: $id) { version } }", json!({ "id": id }))
            .await;
        answer["signal"]["version"].clone()
    };
    assert_eq!(
        igj.data(QUERY, json!({})).await["signals"]["nodes"],
        json!([]),
        "a draft is its owner's alone"
    );
    ilt.data(PUBLISH, json!({ "id": id, "version": version().await })).await;

    let seen = igj.data(QUERY, json!({})).await["signals"]["nodes"].take();
    assert_eq!(seen[0]["title"], "Lekkende ketelwagen");
    assert_eq!(seen[0]["owner"]["name"], "Inspectie Leefomgeving en Transport");
    assert_eq!(
        seen[0]["parties"][0]["legalName"], "Fictieve Chemievaart Voorbeeld B.V.",
        "{seen:#}"
    );
    assert_eq!(seen[0]["visibleBecause"][0]["kind"], "ORGANISATION");
    let about = "query ($id: ID!) { party(id: $id) { legalName signals { totalCount { exactly } nodes { title } } } }";
    let about = igj.data(about, json!({ "id": party("chemievaart") })).await;
    assert_eq!(
        about["party"]["signals"]["nodes"],
        json!([{ "title": "Lekkende ketelwagen" }])
    );

    let edit = json!({ "id": id, "version": version().await, "input": { "title": "Lekkende ketelwagen, gedicht" } });
    ilt.data(EDIT, edit).await;
    ilt.data(
        LABEL,
        json!({ "id": id, "version": version().await, "labels": { "useLimit": "DO_NOT_APPROACH" } }),
    )
    .await;
    let seen = igj.data(QUERY, json!({})).await["signals"]["nodes"].take();
    assert_eq!(
        (&seen[0]["title"], &seen[0]["useLimit"]),
        (&json!("Lekkende ketelwagen, gedicht"), &json!("DO_NOT_APPROACH"))
    );
    ilt.data(REVOKE, json!({ "id": grant_id })).await;
    assert_eq!(
        igj.data(QUERY, json!({})).await["signals"]["nodes"],
        json!([]),
        "revoked at commit"
    );
    shared(&ilt, &id, grant("igj", "risicoanalyse")).await;
    ilt.data(
        RETRACT,
        json!({ "id": id, "version": version().await, "reason": "vergissing" }),
    )
    .await;
    assert_eq!(
        igj.data(QUERY, json!({})).await["signals"]["nodes"],
        json!([]),
        "retracted at commit"
    );

    let logins = "SELECT DISTINCT usename::text FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'samenzicht' ORDER BY 1";
    assert_eq!(
        stand.behind.texts(logins, vec![]).await,
        ["samenzicht_registry", "samenzicht_signals"]
    );
    stand.down().await;
}

/// Asks, and says how long it took.
async fn timed(caller: &Caller, query: &str) -> Answer {
    let began = Instant::now();
    let answer = caller.ask(query, json!({})).await;
    assert!(began.elapsed() < NO_HANG, "{:?} for {query}", began.elapsed());
    answer
}

async fn until_whole(caller: &Caller, query: &str) -> Value {
    let began = Instant::now();
    loop {
        let answer = timed(caller, query).await.json();
        if answer.get("errors").is_none() {
            println!("whole again after {:?}", began.elapsed());
            return answer;
        }
        assert!(began.elapsed() < RECOVERY, "it does not recover: {answer:#}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

const BOTH: &str = "{ me { account } signals { nodes { title parties { id legalName } } } }";

fn told(answer: &Value, service: &str, codes: &[&str]) {
    let errors = answer["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no error: {answer:#}"));
    for error in errors {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        assert!(codes.contains(&code), "{code}: {answer:#}");
        assert_eq!(error["extensions"]["service"], service, "{answer:#}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains(service) && message.contains("ry again"),
            "how to mend it: {message}"
        );
        assert!(!message.contains("127.0.0.1"), "no addresses: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_gone_leaves_the_rest_of_the_answer() {
    let mut stand = Stand::up(Shape::Processes).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    published(&ilt, "Lekkende ketelwagen").await;
    let whole = until_whole(&ilt, BOTH).await;

    stand.processes().service("registry").crash();
    let answer = timed(&ilt, BOTH).await.json();
    assert_eq!(
        answer["data"]["signals"]["nodes"][0]["title"], "Lekkende ketelwagen",
        "{answer:#}"
    );
    assert_eq!(
        answer["data"]["signals"]["nodes"][0]["parties"][0]["legalName"],
        Value::Null
    );
    told(&answer, "registry", &["SERVICE_UNAVAILABLE"]);
    // Also when many ask: the circuit opens, and the answers stay the same.
    for _ in 0..25 {
        told(&timed(&ilt, BOTH).await.json(), "registry", &["SERVICE_UNAVAILABLE"]);
    }
    stand.processes().service("registry").again();
    assert_eq!(until_whole(&ilt, BOTH).await, whole);

    stand.processes().service("signals").crash();
    let answer = timed(&ilt, BOTH).await.json();
    assert_eq!(answer["data"]["me"]["account"], "ilt.inspector", "{answer:#}");
    assert_eq!(answer["data"]["signals"], Value::Null);
    told(&answer, "signals", &["SERVICE_UNAVAILABLE"]);
    let change = ilt
        .ask(RECORD, json!({ "input": input("Gaat niet door") }))
        .await
        .json();
    told(&change, "signals", &["SERVICE_UNAVAILABLE"]);
    stand.processes().service("signals").again();
    assert_eq!(until_whole(&ilt, BOTH).await, whole);
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_is_not_waited_for() {
    let mut stand = Stand::up(Shape::Processes).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    published(&ilt, "Lekkende ketelwagen").await;
    let whole = until_whole(&ilt, BOTH).await;
    for name in ["registry", "signals"] {
        let process = stand.processes().service(name);
        process.signal("STOP");
        let answer = timed(&ilt, BOTH).await.json();
        process.signal("CONT");
        told(&answer, name, &["TIMEOUT"]);
        let rest = if name == "registry" {
            "/data/signals/nodes/0/title"
        } else {
            "/data/me/account"
        };
        assert!(answer.pointer(rest).is_some_and(Value::is_string), "{answer:#}");
        assert_eq!(until_whole(&ilt, BOTH).await, whole);
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_query_survives_a_registry_that_is_gone() {
    let mut stand = Stand::up(Shape::Processes).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    published(&ilt, "Lekkende ketelwagen").await;
    stand.processes().service("registry").crash();
    let answer = timed(&ilt, QUERY).await.json();
    told(&answer, "registry", &["SERVICE_UNAVAILABLE"]);
    assert_eq!(
        answer["data"]["signals"]["nodes"][0]["title"], "Lekkende ketelwagen",
        "{answer:#}"
    );
    stand.down().await;
}

/// How many items a delivery has, and how many deliveries there are.
const ITEMS: usize = 120;
const DELIVERIES: usize = 5;
const SIGNALS: &str = "SELECT COUNT(*) FROM signal";

fn delivery(number: usize) -> Vec<Value> {
    (number * ITEMS..(number + 1) * ITEMS)
        .map(|line| item(line, &format!("Levering regel {line}")))
        .collect()
}

async fn nothing_half_written(stand: &Stand) {
    for (what, count) in halves(&stand.behind).await {
        assert_eq!(count, 0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_of_writes_leaves_nothing_half_written() {
    let mut stand = Stand::up(Shape::Processes).await;
    let casesystem = stand.caller("ilt.casesystem", "toezicht");
    let profile = approved(&casesystem, &stand.caller("ilt.steward", "toezicht")).await;
    let inspector = stand.caller("ilt.inspector", "toezicht");
    let mut known = 0;
    for (round, delay) in [0, 20, 60, 150].into_iter().enumerate() {
        let writes: Vec<_> = (0..DELIVERIES)
            .map(|number| {
                let (caller, variables) = (
                    casesystem.clone(),
                    json!({ "profile": profile, "items": delivery(number) }),
                );
                tokio::spawn(async move { caller.ask(IMPORT, variables).await.json() })
            })
            .chain((0..4).map(|number| {
                let (caller, title) = (inspector.clone(), format!("Ronde {round}, schrijver {number}"));
                tokio::spawn(async move { caller.ask(RECORD, json!({ "input": input(&title) })).await.json() })
            }))
            .collect();
        // In the middle: when some of this round stands, and a little later.
        let began = Instant::now();
        while stand.behind.number(SIGNALS, vec![]).await == known && began.elapsed() < NO_HANG {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(delay)).await;
        stand.processes().service("signals").crash();
        let mut confirmed = 0;
        for write in writes {
            let answer = write.await.expect("no panic");
            confirmed += usize::from(answer.get("errors").is_none());
        }
        nothing_half_written(&stand).await;
        let signals = stand.behind.number(SIGNALS, vec![]).await;
        println!(
            "crash after {delay} ms: {confirmed} of {} answered, {signals} signals",
            DELIVERIES + 4
        );
        assert!(signals >= known, "what was confirmed stays");
        known = signals;
        stand.processes().service("signals").again();
        until_whole(&inspector, "{ signals(first: 1) { nodes { id } } }").await;
    }
    let mut unchanged = 0;
    for time in ["rerun", "once more"] {
        unchanged = 0;
        for number in 0..DELIVERIES {
            let answer = casesystem
                .data(IMPORT, json!({ "profile": profile, "items": delivery(number) }))
                .await;
            assert_eq!(answer["importSignals"]["rejected"], 0, "{time}: {answer:#}");
            unchanged += answer["importSignals"]["unchanged"].as_u64().expect("a number");
        }
    }
    assert_eq!(
        unchanged,
        (ITEMS * DELIVERIES) as u64,
        "the rerun completed it; once more changes nothing"
    );
    let delivered = "SELECT COUNT(*) FROM signal WHERE external_system = 'proef'";
    assert_eq!(
        stand.behind.number(delivered, vec![]).await,
        (ITEMS * DELIVERIES) as i64
    );
    nothing_half_written(&stand).await;
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_termination_signal_ends_each_process_well() {
    let mut stand = Stand::up(Shape::Processes).await;
    let inspector = stand.caller("ilt.inspector", "toezicht");
    let query = "subscription { signalChanged { kind } }";
    let mut readers = Vec::new();
    for channel in Channel::ALL {
        readers.push(stand.listen(channel, &inspector, query, json!({})).await);
    }
    published(&inspector, "Lekkende ketelwagen").await;
    for reader in &mut readers {
        reader.event_data().await;
    }
    for process in stand.processes().all() {
        let began = Instant::now();
        process.signal("TERM");
        let status = process.ended().await;
        println!("ended in {:?}", began.elapsed());
        assert_eq!(status.code(), Some(0), "{}", process.log());
        assert!(began.elapsed() < NO_HANG, "with open streams: {:?}", began.elapsed());
    }
    for reader in &mut readers {
        let last = reader.until_silent(Duration::from_secs(3)).await;
        assert!(
            matches!(last.last(), Some(Heard::Complete | Heard::Closed(..))),
            "{last:?}"
        );
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_through_one_process_reaches_the_readers_of_another() {
    let mut stand = Stand::up(Shape::Processes).await;
    let second = stand.processes().another_signals();
    let reader = stand.caller("igj.inspector", "toezicht");
    let query = "subscription { signalChanged { kind signal { title } } }";
    let mut live = tests::live::Reader::socket(&format!("ws://{}/ws", second.address), &reader, query, json!({})).await;
    // Nothing says that a subscription has begun; what is shared until it has is not an event for it.
    let ilt = stand.caller("ilt.inspector", "toezicht");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut slowest = Duration::ZERO;
    for number in 0..5 {
        let title = format!("Signaal {number}");
        let id = published(&ilt, &title).await;
        let began = Instant::now();
        shared(&ilt, &id, grant("igj", "toezicht")).await;
        // What came before is told too when it is looked at only now; by then it may be seen.
        while live.event_data().await["signalChanged"] != json!({ "kind": "SHARED", "signal": { "title": title } }) {}
        slowest = slowest.max(began.elapsed());
    }
    println!("from one process to another in at most {slowest:?}");
    assert!(slowest < LIVE, "{slowest:?}");
    stand.down().await;
}
