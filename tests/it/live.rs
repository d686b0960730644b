//! Live events over sockets: at the gateway and at the service itself, over WebSockets and as event stream, in both shapes.

mod together;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::caller::Caller;
use tests::live::{Channel, Heard, Reader};
use tests::signals::{EDIT, REVOKE, grant, input, published, recorded, shared};
use tests::stand::{Shape, Stand};

const WATCH: &str = "subscription ($filter: SignalFilter) { signalChanged(filter: $filter) { kind sequence
    signal { id title reporter { name } personsInvolved grants { id } maskedFields { field reason } } } }";
/// Within this an event arrives, and a stream ends whose reader no longer stands.
const SOON: Duration = Duration::from_secs(2);
/// After this long without an event, none comes.
const SILENCE: Duration = Duration::from_millis(2500);

async fn watch(stand: &Stand, at: Channel, caller: &Caller, filter: Value) -> Reader {
    let reader = stand.listen(at, caller, WATCH, json!({ "filter": filter })).await;
    // Nothing tells that a subscription has begun; what happens until then is not for it.
    tokio::time::sleep(Duration::from_millis(700)).await;
    reader
}

/// The events among what was heard; panics when something else was.
fn events(heard: Vec<Heard>) -> Vec<Value> {
    let event = |heard| match heard {
        Heard::Next(mut answer) if answer.get("errors").is_none_or(Value::is_null) => {
            answer["data"]["signalChanged"].take()
        }
        other => panic!("no event: {other:?}"),
    };
    heard.into_iter().map(event).collect()
}

fn ids(events: &[Value]) -> BTreeSet<String> {
    events
        .iter()
        .map(|event| event["signal"]["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// Reads on to this kind of event of this signal; what came before is told too when it is looked at only now.
async fn until(reader: &mut Reader, kind: &str, id: &str) {
    loop {
        let event = reader.event_data().await["signalChanged"].take();
        assert_eq!(event["signal"]["id"], id, "{event:#}");
        if event["kind"] == kind {
            return;
        }
    }
}

/// Each reader gets what it may see and has asked for, masked as for a query; each event left its log line.
async fn events_are_for_whoever_may_see_them(shape: Shape) {
    let stand = Stand::up(shape).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    for at in Channel::ALL {
        println!("{shape:?} {at:?}");
        let inspector = stand.caller("igj.inspector", "toezicht");
        let mut inspecting = watch(&stand, at, &inspector, json!({})).await;
        let mut analysing = watch(&stand, at, &stand.caller("igj.analyst", "risicoanalyse"), json!({})).await;
        let mut filtering = watch(&stand, at, &inspector, json!({ "category": "food-safety" })).await;
        let mut outside = watch(&stand, at, &stand.caller("ivho.inspector", "toezicht"), json!({})).await;

        let marked = |name: &str| format!("{name} {at:?}");
        let draft = recorded(&ilt, input(&marked("Concept"))).await;
        let both = published(&ilt, &marked("Beide")).await;
        shared(&ilt, &both, grant("igj", "toezicht")).await;
        shared(&ilt, &both, grant("igj", "risicoanalyse")).await;
        let mut food = input(&marked("Voedsel"));
        food["category"] = json!("food-safety");
        let food = recorded(&ilt, food).await;
        shared(&ilt, &food, grant("igj", "toezicht")).await;
        let publish = json!({ "id": food, "version": 2 });
        ilt.data(tests::signals::PUBLISH, publish).await;

        let inspected = events(inspecting.until_silent(SILENCE).await);
        assert_eq!(
            ids(&inspected),
            BTreeSet::from([both.clone(), food.clone()]),
            "never {draft}"
        );
        for event in &inspected {
            let signal = &event["signal"];
            assert_eq!(
                signal["reporter"]["name"], "Canarie Melder",
                "an inspector, for a purpose that allows it"
            );
            assert_eq!(
                signal["maskedFields"],
                json!([
                    { "field": "personPseudonyms", "reason": "ROLE" },
                    { "field": "reporterPseudonym", "reason": "ROLE" },
                    { "field": "grants", "reason": "NOT_OWNER" },
                    { "field": "existence", "reason": "NOT_OWNER" },
                    { "field": "readBy", "reason": "NOT_OWNER" }
                ])
            );
        }
        let analysed = events(analysing.until_silent(SILENCE).await);
        assert_eq!(
            ids(&analysed),
            BTreeSet::from([both.clone()]),
            "nothing else is shared for this purpose"
        );
        for event in &analysed {
            let signal = &event["signal"];
            assert_eq!(
                (&signal["reporter"], &signal["personsInvolved"]),
                (&Value::Null, &Value::Null)
            );
            let masked = signal["maskedFields"].as_array().expect("a list");
            let masked: Vec<&Value> = masked.iter().map(|mask| &mask["field"]).collect();
            assert_eq!(
                masked,
                ["reporter", "personsInvolved", "grants", "existence", "readBy"],
                "{event:#}"
            );
        }
        let filtered = events(filtering.until_silent(SILENCE).await);
        assert_eq!(ids(&filtered), BTreeSet::from([food.clone()]));
        assert_eq!(outside.until_silent(Duration::from_millis(500)).await, []);

        // Each event left its line: who read, and of which personal field.
        let told: Vec<Value> = inspected.iter().chain(&filtered).cloned().collect();
        for id in [&both, &food] {
            let of_it = |events: &[Value]| {
                events
                    .iter()
                    .filter(|event| event["signal"]["id"] == id.as_str())
                    .count()
            };
            assert_eq!(lines(&stand, "igj.inspector", "read", id).await, of_it(&told));
            assert_eq!(
                lines(&stand, "igj.inspector", "unmask", id).await,
                2 * of_it(&told),
                "two personal fields"
            );
            assert_eq!(lines(&stand, "igj.analyst", "read", id).await, of_it(&analysed));
            assert_eq!(lines(&stand, "igj.analyst", "unmask", id).await, 0);
            assert_eq!(lines(&stand, "ivho.inspector", "read", id).await, 0);
        }
    }
    stand.down().await;
}

/// How many log lines there are of events with this record for this reader.
async fn lines(stand: &Stand, reader: &str, operation: &str, id: &str) -> usize {
    let text = "SELECT COUNT(*) FROM audit_log a JOIN processing_log p ON p.request_id = a.request_id
        WHERE a.subject = ? AND a.operation = 'signalChanged' AND a.outcome = 'DONE' AND a.purpose = p.activity
        AND p.kind = 'signal' AND p.operation = ? AND p.record_ids = ?";
    let record = id.trim_start_matches("sig_");
    let count = stand
        .behind
        .number(text, vec![reader.into(), operation.into(), record.into()])
        .await;
    usize::try_from(count).expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_for_whoever_may_see_them_in_one_process() {
    events_are_for_whoever_may_see_them(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_for_whoever_may_see_them_over_processes() {
    events_are_for_whoever_may_see_them(Shape::Processes).await;
}

async fn a_revoked_record_stops_while_the_stream_goes_on(shape: Shape) {
    let stand = Stand::up(shape).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    for at in Channel::ALL {
        println!("{shape:?} {at:?}");
        let mut reader = watch(&stand, at, &stand.caller("igj.inspector", "toezicht"), json!({})).await;
        let id = published(&ilt, "Eerst gedeeld").await;
        let grant_id = shared(&ilt, &id, grant("igj", "toezicht")).await;
        until(&mut reader, "SHARED", &id).await;
        ilt.data(REVOKE, json!({ "id": grant_id })).await;
        let edit = json!({ "id": id, "version": 4, "input": { "title": "Niet meer voor u" } });
        ilt.data(EDIT, edit).await;
        let other = published(&ilt, "Nog wel voor u").await;
        shared(&ilt, &other, grant("igj", "toezicht")).await;
        until(&mut reader, "SHARED", &other).await;
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_record_stops_while_the_stream_goes_on_in_one_process() {
    a_revoked_record_stops_while_the_stream_goes_on(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_record_stops_while_the_stream_goes_on_over_processes() {
    a_revoked_record_stops_while_the_stream_goes_on(Shape::Processes).await;
}

/// What takes a reader's standing away, and gives it back for the next channel.
const ENDS: [(&str, &str, &str); 3] = [
    (
        "UPDATE account SET suspended_at = 1 WHERE name = 'igj.inspector'",
        "UPDATE account SET suspended_at = NULL WHERE name = 'igj.inspector'",
        "ACCOUNT_SUSPENDED",
    ),
    (
        "UPDATE organisation SET suspended_at = 1 WHERE code = 'igj'",
        "UPDATE organisation SET suspended_at = NULL WHERE code = 'igj'",
        "ACCOUNT_SUSPENDED",
    ),
    (
        "UPDATE account_purpose SET valid_until = 1 WHERE account_id = (SELECT id FROM account WHERE name = 'igj.inspector')
            AND purpose_id = (SELECT id FROM purpose WHERE code = 'toezicht')",
        "UPDATE account_purpose SET valid_until = 9000000000000000 WHERE valid_until = 1",
        "PURPOSE_NOT_HELD",
    ),
];

async fn a_stream_ends_with_its_readers_standing(shape: Shape) {
    let stand = Stand::up(shape).await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    for at in Channel::ALL {
        for (take, give, code) in ENDS {
            let mut reader = watch(&stand, at, &stand.caller("igj.inspector", "toezicht"), json!({})).await;
            assert_eq!(stand.behind.run(take, vec![]).await, 1, "{take}");
            let (told, took) = reader.last_words().await;
            println!("{shape:?} {at:?} {code}: ended in {took:?}");
            assert_eq!(told, code, "{at:?}");
            assert!(took < SOON, "{at:?} {code}: {took:?}");
            stand.behind.run(give, vec![]).await;
        }
        // An event that is due when the account is suspended does not slip out.
        let id = published(&ilt, "Te laat").await;
        let mut reader = watch(&stand, at, &stand.caller("igj.inspector", "toezicht"), json!({})).await;
        stand.behind.run(ENDS[0].0, vec![]).await;
        shared(&ilt, &id, grant("igj", "toezicht")).await;
        assert_eq!(reader.last_words().await.0, "ACCOUNT_SUSPENDED", "{at:?}");
        stand.behind.run(ENDS[0].1, vec![]).await;

        let short = stand
            .nobody()
            .token(&stand.signer.token("igj.inspector", 3))
            .purpose("toezicht");
        let mut reader = stand.listen(at, &short, WATCH, json!({})).await;
        let (told, took) = reader.last_words().await;
        println!("{shape:?} {at:?} TOKEN_EXPIRED: ended in {took:?}");
        assert_eq!(told, "TOKEN_EXPIRED", "{at:?}");
        assert!(took < Duration::from_secs(3) + SOON, "{at:?}: {took:?}");
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_readers_standing_in_one_process() {
    a_stream_ends_with_its_readers_standing(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_readers_standing_over_processes() {
    a_stream_ends_with_its_readers_standing(Shape::Processes).await;
}

/// With which code this reader is refused, and whether there was any data with it.
async fn refusal(mut reader: Reader) -> String {
    if let Reader::Refused(status, body) = &reader {
        // A service refuses a bad token at `connection_init`: the reason of the close begins with the code.
        let reason = body
            .as_str()
            .and_then(|reason| reason.split_once(": "))
            .map(|(code, _)| code);
        let code = body["errors"][0]["extensions"]["code"].as_str().or(reason);
        return code.map_or_else(|| format!("{status} {body}"), str::to_owned);
    }
    reader.last_words().await.0
}

async fn whoever_may_not_listen_hears_why(shape: Shape) {
    let stand = Stand::up(shape).await;
    let signer = &stand.signer;
    let nobody = stand.nobody();
    let forged = nobody
        .clone()
        .token(&signer.forger().token("igj.inspector", 3600))
        .purpose("toezicht");
    let expired = nobody
        .clone()
        .token(&signer.token("igj.inspector", -3600))
        .purpose("toezicht");
    let torn = nobody.clone().token("not.a.token").purpose("toezicht");
    let inspector = stand.caller("igj.inspector", "toezicht");
    let cases = [
        (
            "anonymous",
            nobody.clone().purpose("toezicht"),
            json!({}),
            "TOKEN_MISSING",
        ),
        ("forged", forged, json!({}), "TOKEN_INVALID"),
        ("expired", expired, json!({}), "TOKEN_EXPIRED"),
        ("torn", torn, json!({}), "TOKEN_MALFORMED"),
        (
            "without purpose",
            inspector.clone().without("samenzicht-purpose"),
            json!({}),
            "PURPOSE_REQUIRED",
        ),
        (
            "unknown purpose",
            inspector.clone().purpose("nieuwsgierigheid"),
            json!({}),
            "PURPOSE_UNKNOWN",
        ),
        (
            "purpose not held",
            inspector.clone().purpose("verantwoording"),
            json!({}),
            "PURPOSE_NOT_HELD",
        ),
        (
            "without content",
            stand.caller("igj.admin", "verantwoording"),
            json!({}),
            "FORBIDDEN",
        ),
        (
            "unknown account",
            nobody
                .clone()
                .token(&signer.token("igj.nobody", 3600))
                .purpose("toezicht"),
            json!({}),
            "ACCOUNT_UNKNOWN",
        ),
        ("bad id", inspector.clone(), json!({ "party": "pty_1" }), "INVALID_ID"),
    ];
    for at in Channel::ALL {
        for (what, caller, filter, code) in &cases {
            let told = refusal(stand.listen(at, caller, WATCH, json!({ "filter": filter })).await).await;
            assert_eq!(told, *code, "{shape:?} {at:?} {what}");
        }
    }
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_listen_hears_why_in_one_process() {
    whoever_may_not_listen_hears_why(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_listen_hears_why_over_processes() {
    whoever_may_not_listen_hears_why(Shape::Processes).await;
}
