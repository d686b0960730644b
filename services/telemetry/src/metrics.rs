//! The metrics, by OpenTelemetry's names where it has one. Attributes are words of our own code: their number is
//! bounded, and none of them can hold what a caller sent.
//!
//! They go nowhere until [`crate::start()`] was called with an address; it must be called before the first of them is used.

use std::sync::LazyLock;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};
use opentelemetry::{KeyValue, global};

use crate::cost::Sent;
use crate::statement;

/// The bounds that the conventions advise for requests, in seconds.
const REQUESTS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
/// The bounds that they advise for statements, in seconds.
const STATEMENTS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

struct Instruments {
    requests: Histogram<f64>,
    statements: Histogram<f64>,
    waits: Histogram<f64>,
    log: Histogram<f64>,
    refusals: Counter<u64>,
    listeners: UpDownCounter<i64>,
}

static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let meter = meter();
    let seconds = |name: &'static str, description: &'static str, bounds: &[f64]| {
        let histogram = meter.f64_histogram(name).with_unit("s").with_description(description);
        histogram.with_boundaries(bounds.to_vec()).build()
    };
    Instruments {
        requests: seconds(
            "http.server.request.duration",
            "Duration of HTTP requests, to the head of the answer.",
            &REQUESTS,
        ),
        statements: seconds("db.client.operation.duration", "Duration of statements.", &STATEMENTS),
        waits: seconds(
            "db.client.connection.wait_time",
            "Wait for a connection with its transaction begun.",
            &STATEMENTS,
        ),
        log: seconds(
            "samenzicht.log.wait_time",
            "How long an answer was held until its log line was durable.",
            &STATEMENTS,
        ),
        refusals: meter
            .u64_counter("samenzicht.refusals")
            .with_unit("{request}")
            .with_description("Requests that ended with an error, by its code.")
            .build(),
        listeners: meter
            .i64_up_down_counter("samenzicht.live.subscribers")
            .with_unit("{subscriber}")
            .with_description("Open live streams.")
            .build(),
    }
});

fn meter() -> Meter {
    global::meter("samenzicht")
}

/// The method as it may be told: anybody can make one up, and the conventions have a word for that.
pub fn method(method: &str) -> &'static str {
    const METHODS: [&str; 6] = ["GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

/// The path as it may be told: one of those that exist.
pub fn route(path: &str) -> &'static str {
    const ROUTES: [&str; 4] = ["/graphql", "/ws", "/health", "/readiness"];
    ROUTES.into_iter().find(|known| *known == path).unwrap_or("other")
}

/// An HTTP request was answered.
pub fn served(method: &'static str, route: &'static str, status: u16, took: Duration) {
    let attributes = [
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.route", route),
        KeyValue::new("http.response.status_code", i64::from(status)),
        KeyValue::new("url.scheme", "http"),
    ];
    INSTRUMENTS.requests.record(took.as_secs_f64(), &attributes);
}

/// A statement was sent to a database.
pub fn statement(sent: Sent<'_>) {
    let all = [
        KeyValue::new("db.system.name", sent.system),
        KeyValue::new("db.operation.name", statement::operation(sent.text)),
        KeyValue::new("error.type", "_OTHER"),
    ];
    let attributes = if sent.failed { &all[..] } else { &all[..2] };
    INSTRUMENTS.statements.record(sent.took.as_secs_f64(), attributes);
}

/// A transaction was begun on a pool's connection.
pub fn waited(pool: &'static str, took: Duration) {
    INSTRUMENTS.waits.record(
        took.as_secs_f64(),
        &[KeyValue::new("db.client.connection.pool.name", pool)],
    );
}

/// An answer was held until its log line was durable, or could not be.
pub fn logged(service: &'static str, took: Duration) {
    INSTRUMENTS
        .log
        .record(took.as_secs_f64(), &[KeyValue::new("samenzicht.service", service)]);
}

/// A request ended with an error of this code. Codes are few: what is not written like one is counted as `OTHER`.
pub fn refused(service: &'static str, code: &str) {
    let fit =
        (1..=64).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_');
    let attributes = [
        KeyValue::new("samenzicht.service", service),
        KeyValue::new(
            "samenzicht.code",
            if fit { code.to_owned() } else { "OTHER".to_owned() },
        ),
    ];
    INSTRUMENTS.refusals.add(1, &attributes);
}

/// A live stream that is open until this is dropped.
#[derive(Debug)]
pub struct Listening(&'static str);

impl Listening {
    /// One more stream of a service.
    pub fn to(service: &'static str) -> Self {
        INSTRUMENTS
            .listeners
            .add(1, &[KeyValue::new("samenzicht.service", service)]);
        Self(service)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        INSTRUMENTS
            .listeners
            .add(-1, &[KeyValue::new("samenzicht.service", self.0)]);
    }
}

/// Watches how full a pool is: how many connections it may have, and (of all, idle) how many it has now.
pub fn pool(name: &'static str, most: u32, now: impl Fn() -> (u32, usize) + Send + Sync + 'static) {
    let pool = KeyValue::new("db.client.connection.pool.name", name);
    let of = move |state: &'static str| [pool.clone(), KeyValue::new("db.client.connection.state", state)];
    let most_of = of("idle")[0].clone();
    meter()
        .i64_observable_up_down_counter("db.client.connection.count")
        .with_unit("{connection}")
        .with_description("Connections of a pool, by state.")
        .with_callback(move |observer| {
            let (all, idle) = now();
            let idle = i64::try_from(idle).unwrap_or(i64::MAX);
            observer.observe(idle, &of("idle"));
            observer.observe((i64::from(all) - idle).max(0), &of("used"));
        })
        .build();
    meter()
        .i64_observable_up_down_counter("db.client.connection.max")
        .with_unit("{connection}")
        .with_description("Most connections of a pool.")
        .with_callback(move |observer| observer.observe(i64::from(most), std::slice::from_ref(&most_of)))
        .build();
}

/// Watches how many requests wait for their log lines; `None` once the queue is gone.
pub fn log_queue(service: &'static str, waiting: impl Fn() -> Option<usize> + Send + Sync + 'static) {
    meter()
        .i64_observable_up_down_counter("samenzicht.log.queue")
        .with_unit("{request}")
        .with_description("Requests that wait for their log lines.")
        .with_callback(move |observer| {
            if let Some(waiting) = waiting() {
                let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
                observer.observe(waiting, &[KeyValue::new("samenzicht.service", service)]);
            }
        })
        .build();
}

/// Watches how many spans were dropped.
pub(crate) fn dropped(spans: impl Fn() -> u64 + Send + Sync + 'static) {
    meter()
        .u64_observable_counter("samenzicht.telemetry.dropped")
        .with_unit("{span}")
        .with_description("Spans that the collector did not take in time.")
        .with_callback(move |observer| observer.observe(spans(), &[]))
        .build();
}
