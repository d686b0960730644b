//! One request is one trace, from its client to its statements and its log lines, at a real collector; and nothing of
//! what it said, or of who said it, is in there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telemetry::allowed::ATTRIBUTES;
use tests::caller::Caller;
use tests::collector::{Collector, spans};
use tests::live::Channel;
use tests::processes::Processes;
use tests::signals::{input, recorded};
use tests::stand::Stand;

/// What a client says of the trace that it began.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CLIENT: &str = "b7ad6b7169203331";
/// Two subgraphs answer it.
const JOINED: &str =
    "query Kanarie_van_naam { signals(first: 5) { nodes { title owner { name } parties { legalName } } } }";

fn traced(caller: Caller, trace: &str) -> Caller {
    caller.header("traceparent", &format!("00-{trace}-{CLIENT}-01"))
}

async fn up(further: &[(&str, &str)]) -> Stand {
    Stand::of(Processes::start_with(further).await).await
}

/// All that a caller can write, with a name in it.
fn hostile(stand: &Stand) -> Vec<Caller> {
    let somebody = || stand.caller("ilt.inspector", "toezicht");
    vec![
        somebody().header("tracestate", "kanarie=Kanarie-melder"),
        somebody().header("baggage", "kanarie=Kanarie-melder"),
        somebody().header("traceparent", "Kanarie-melder"),
        somebody().header("x-request-id", "Kanarie-melder"),
        somebody().header("user-agent", "Kanarie-melder/1.0"),
        somebody().header("x-forwarded-for", "Kanarie-melder"),
        somebody().header("graphql-client-name", "Kanarie-melder"),
        somebody().purpose("Kanarie-melder"),
        somebody().token("Kanarie-melder"),
        Caller::at(format!("{}?kanarie=Kanarie-melder", stand.nobody().url())),
        Caller::at(format!("http://{}/Kanarie-melder", stand.gateway)),
        Caller::at(format!("http://{}/graphql", stand.signals)).header("tracestate", "kanarie=Kanarie-melder"),
    ]
}

/// What is asked with a name in it.
const QUESTIONS: [&str; 5] = [
    "query Kanarie_melder { signals(filter: { text: \"Kanarie-melder\" }) { nodes { Kanarie: title } } }",
    "{ signal(id: \"Kanarie-melder\") { title } }",
    "{ Kanarie_melder }",
    "{ Kanarie-melder",
    "mutation { recordSignal(input: { title: \"Kanarie-melder\", narrative: \"Kanarie-melder\", category: \"Kanarie-melder\" }) { signal { id } } }",
];

#[tokio::test(flavor = "multi_thread")]
async fn one_request_is_one_trace_and_nothing_of_it_is_content() {
    let collector = Collector::start();
    let (endpoint, lines) = (collector.endpoint(), "warn,request=info");
    let mut stand = up(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("SAMENZICHT__LOG__FORMAT", "json"),
        ("SAMENZICHT__LOG__FILTER", lines),
        ("SAMENZICHT__TELEMETRY__METRICS_SECONDS", "1"),
    ])
    .await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    recorded(&ilt, input("Kanarie-titel")).await;

    let answer = traced(ilt.clone(), TRACE).ask(JOINED, json!({})).await;
    assert_eq!(answer.codes(), [""; 0], "{}", answer.text());
    let told = answer.headers["traceresponse"].to_str().expect("a text");
    assert!(told.starts_with(&format!("00-{TRACE}-")), "{told}");
    let logged = "SELECT service || ' ' || operation FROM audit_log WHERE foreign_trace LIKE ? ORDER BY 1";
    let of_trace = vec![format!("%-{TRACE}-%").into()];
    let logged = stand.behind.texts(logged, of_trace).await;
    assert_eq!(logged, ["registry _entities,_entities", "signals signals"]);

    for caller in hostile(&stand) {
        for question in QUESTIONS {
            caller.ask(question, json!({ "Kanarie": "Kanarie-melder" })).await;
        }
    }
    let changed = "subscription Kanarie { signalChanged(filter: { text: \"Kanarie-melder\" }) { kind } }";
    let mut listening = Vec::new();
    for at in [Channel::GatewaySocket, Channel::ServiceSocket] {
        listening.push(stand.listen(at, &ilt, changed, json!({})).await);
    }
    collector.until("the open streams", |lines| {
        lines.iter().any(|line| line["name"] == "samenzicht.live.subscribers")
    });
    drop(listening);
    let broken = broken_inside(&stand, &ilt).await;
    let (processes, said) = stopped(&mut stand).await;

    // What the end delivers is printed a little later.
    let received = collector.until("both traces", |lines| {
        of(lines, TRACE).len() > 10 && !of(lines, &broken).is_empty()
    });
    assert_eq!(processes, 3, "all ended well");
    whole(&of(&received, TRACE));
    metrics_are_there(&received);
    only_what_is_allowed(&received);
    assert!(said.contains(&broken), "the log knows the trace of what broke: {said}");
    let requests = said
        .lines()
        .filter(|line| line.contains(TRACE) && line.contains("\"target\":\"request\""));
    assert_eq!(requests.count(), 2, "one line per service");
    let token = ilt.payload()["authorization"].to_string();
    let signature = token.trim_matches('"').rsplit('.').next().expect("three parts");
    for secret in ["kanarie", "bearer", signature, "ey0", "eyJ"] {
        for (where_to, text) in [("log", &said), ("collector", &collector.received())] {
            let found = text
                .lines()
                .find(|line| line.to_lowercase().contains(&secret.to_lowercase()));
            assert_eq!(found, None, "{secret} is in the {where_to}");
        }
    }
}

/// Asks while a table is gone; the trace that the error names.
async fn broken_inside(stand: &Stand, caller: &Caller) -> String {
    stand
        .behind
        .run("ALTER TABLE signals.signal_subject RENAME TO elsewhere", vec![])
        .await;
    let answer = caller
        .ask("{ signals(first: 5) { nodes { title parties { id } } } }", json!({}))
        .await;
    stand
        .behind
        .run("ALTER TABLE signals.elsewhere RENAME TO signal_subject", vec![])
        .await;
    assert_eq!(answer.codes(), ["INTERNAL"], "{}", answer.text());
    let trace = answer.json()["errors"][0]["extensions"]["trace"]
        .as_str()
        .map(str::to_owned);
    let trace = trace.expect("an internal error names its trace");
    let told = answer.headers["traceresponse"].to_str().expect("a text");
    assert!(told.contains(&trace), "{told} {trace}");
    trace
}

/// Ends all processes as an operator would; how many ended well, and what they said.
async fn stopped(stand: &mut Stand) -> (usize, String) {
    stand.behind.close().await;
    let (mut well, mut said) = (0, String::new());
    for process in stand.processes().all() {
        process.signal("TERM");
        well += usize::from(process.ended().await.success());
        said.push_str(&process.log());
    }
    (well, said)
}

/// The spans of a trace.
fn of(lines: &[Value], trace: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["traceId"] == trace).cloned().collect()
}

/// Each statement hangs by request, fetch and front door on the client's own span.
fn whole(trace: &[Value]) {
    let by_id: BTreeMap<&str, &Value> = trace
        .iter()
        .filter_map(|span| Some((span["spanId"].as_str()?, span)))
        .collect();
    let mut ways = BTreeSet::new();
    for span in trace
        .iter()
        .filter(|span| span["kind"] == 3 && has(span, "db.query.text"))
    {
        let mut way = vec!["statement".to_owned()];
        let mut above = span["parentSpanId"].as_str().expect("a parent");
        while let Some(next) = by_id.get(above) {
            way.push(next["name"].as_str().expect("a name").to_owned());
            above = next["parentSpanId"].as_str().expect("a parent");
        }
        assert_eq!(above, CLIENT, "the client's own span is above all: {way:?}");
        ways.insert(way.join(" < "));
    }
    let expected = [
        "statement < query _entities < fetch registry < POST /graphql",
        "statement < query signals < fetch signals < POST /graphql",
    ];
    assert_eq!(ways.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let names: Vec<&str> = trace.iter().filter_map(|span| span["name"].as_str()).collect();
    assert_eq!(names.iter().filter(|name| **name == "log").count(), 2, "{names:?}");
    let request = trace
        .iter()
        .find(|span| span["name"] == "query signals")
        .expect("it is there");
    for told in [
        "samenzicht.purpose",
        "samenzicht.organisation",
        "samenzicht.statements",
        "samenzicht.code",
    ] {
        assert!(has(request, told), "{told}: {request:#}");
    }
}

fn has(span: &Value, key: &str) -> bool {
    keys(span).any(|known| known == key)
}

fn keys(span: &Value) -> impl Iterator<Item = &str> {
    let attributes = span["attributes"].as_array().into_iter().flatten();
    attributes.filter_map(|attribute| attribute["key"].as_str())
}

fn metrics_are_there(lines: &[Value]) {
    let names: BTreeSet<&str> = lines
        .iter()
        .filter(|line| line.get("spanId").is_none())
        .filter_map(|line| line["name"].as_str())
        .collect();
    for name in [
        "http.server.request.duration",
        "db.client.operation.duration",
        "db.client.connection.count",
        "db.client.connection.max",
        "db.client.connection.wait_time",
        "samenzicht.log.queue",
        "samenzicht.log.wait_time",
        "samenzicht.live.subscribers",
        "samenzicht.refusals",
        "samenzicht.telemetry.dropped",
    ] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    let refused = lines
        .iter()
        .filter(|line| line["name"] == "samenzicht.refusals")
        .map(Value::to_string);
    let refused: String = refused.collect();
    for code in ["TOKEN_MALFORMED", "PURPOSE_UNKNOWN", "INTERNAL"] {
        assert!(refused.contains(code), "{code}: {refused}");
    }
}

/// Every attribute that left has a line in the list, and nothing else left.
fn only_what_is_allowed(lines: &[Value]) {
    assert!(spans(lines) > 100, "enough to judge by");
    for span in lines.iter().filter(|line| line.get("spanId").is_some()) {
        for key in keys(span) {
            assert!(ATTRIBUTES.iter().any(|(allowed, _)| *allowed == key), "{key}: {span:#}");
        }
        assert_eq!(span["events"], json!([]), "{span:#}");
        assert_eq!(
            (&span["traceState"], &span["status"]["message"]),
            (&json!(""), &json!("")),
            "{span:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_holds_up_nobody_and_is_told_of_once() {
    // Takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let endpoint = format!("http://{}", silent.local_addr().expect("loopback"));
    let mut stand = up(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("SAMENZICHT__TELEMETRY__METRICS_SECONDS", "1"),
    ])
    .await;
    let ilt = stand.caller("ilt.inspector", "toezicht");
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    // Longer than one delivery is waited for.
    while began.elapsed() < Duration::from_secs(7) {
        let asked = Instant::now();
        ilt.data(JOINED, json!({})).await;
        slowest = slowest.max(asked.elapsed());
    }
    // A delivery is given up after five seconds: nobody waited for one.
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    let ending = Instant::now();
    let (well, said) = stopped(&mut stand).await;
    assert_eq!(well, 3);
    assert!(ending.elapsed() < Duration::from_secs(60), "{:?}", ending.elapsed());
    let count = |text: &str| said.lines().filter(|line| line.contains(text)).count();
    assert_eq!(count("the collector does not answer"), 3, "once per process: {said}");
    assert_eq!(
        count("not all spans reached the collector"),
        3,
        "and how many at the end: {said}"
    );
}
