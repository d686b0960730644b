//! What one request costs the database, and under which span its statements are told.
//!
//! A cost travels with a request's connections, not with its tasks: loaders run in tasks of their own, and their
//! statements are the request's all the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, global};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{metrics, statement};

/// The name under which statements' spans are made.
const TRACER: &str = "samenzicht";

/// A counter of one request's statements.
#[derive(Debug)]
pub struct Cost {
    began: Instant,
    statements: AtomicU64,
    microseconds: AtomicU64,
    within: Context,
}

/// A statement that was sent to a database.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// `sqlite` or `postgresql`.
    pub system: &'static str,
    /// Its text; values stand beside it and are not given here.
    pub text: &'a str,
    /// How long it took.
    pub took: Duration,
    /// Whether the database refused it.
    pub failed: bool,
}

impl Cost {
    /// A counter whose statements belong to the span that is open here.
    pub fn here() -> Self {
        Self {
            began: Instant::now(),
            statements: AtomicU64::new(0),
            microseconds: AtomicU64::new(0),
            within: tracing::Span::current().context(),
        }
    }

    /// How long ago the counting began.
    pub fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Counts a statement and tells of it.
    pub fn sent(&self, sent: Sent<'_>) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.took(sent.took);
        metrics::statement(sent);
        tell(&self.within, sent);
    }

    /// Counts time that the database took for something that is no statement of the request, such as a commit.
    pub fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(time, Ordering::Relaxed);
    }

    /// How many statements were sent so far.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How long the database took so far, all statements together.
    pub fn database(&self) -> Duration {
        Duration::from_micros(self.microseconds.load(Ordering::Relaxed))
    }
}

/// Makes the span of a statement that has ended.
#[expect(
    clippy::disallowed_methods,
    reason = "a span stands beside those of other machines: it is timed by the machine, whatever the platform's clock says"
)]
fn tell(within: &Context, sent: Sent<'_>) {
    if !within.span().span_context().is_sampled() {
        return;
    }
    let tracer = global::tracer(TRACER);
    let ended = SystemTime::now();
    let summary = statement::summary(sent.text);
    let mut span = tracer
        .span_builder(summary.clone())
        .with_kind(SpanKind::Client)
        .with_start_time(ended - sent.took)
        .with_attributes([
            KeyValue::new("db.system.name", sent.system),
            KeyValue::new("db.operation.name", statement::operation(sent.text)),
            KeyValue::new("db.query.summary", summary),
            KeyValue::new("db.query.text", statement::text(sent.text)),
        ])
        .start_with_context(&tracer, within);
    if sent.failed {
        span.set_status(Status::error(""));
    }
    span.end_with_timestamp(ended);
}
