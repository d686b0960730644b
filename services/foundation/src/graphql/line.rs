//! The line that says what a request was and what it cost, and the span that it is answered in.
//!
//! Both name the operation in the schema's words: what a client calls it, and what it sends, could be anything.

use std::collections::HashSet;
use std::time::Duration;

use ::http::HeaderMap;
use tracing::Span;
use tracing::field::{Empty, display};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Uuid;

use super::asked::Asked;
use crate::fault::Code;
use crate::log::Outcome;
use crate::session::Session;

/// The most root fields that are named.
const NAMED: usize = 5;

/// What was asked, in words that may be told.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// `query`, `mutation` or `subscription`.
    pub(super) kind: &'static str,
    /// The fields at the root.
    pub(super) operation: String,
}

impl Line {
    /// What this request asks, in the schema's words; what is none of them is `unknown`.
    pub(super) fn of(asked: &Asked, words: &HashSet<String>) -> Self {
        let mut named: Vec<&str> = Vec::new();
        for root in &asked.roots {
            let root = if words.contains(root) { root.as_str() } else { "unknown" };
            if !named.contains(&root) {
                named.push(root);
            }
        }
        let further = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        let mut operation = named.join(",");
        if further > 0 {
            operation.push_str(",more");
        }
        if operation.is_empty() {
            operation.push_str("unknown");
        }
        Self {
            kind: asked.kind,
            operation,
        }
    }

    /// The span in which a request is answered; it belongs to the trace that its headers name.
    pub(super) fn span(&self, service: &'static str, request: Uuid, headers: &HeaderMap) -> Span {
        let span = tracing::info_span!(
            target: telemetry::SPANS,
            parent: None,
            "request",
            otel.name = format!("{} {}", self.kind, self.operation),
            otel.kind = "server",
            otel.status_code = Empty,
            graphql.operation.type = self.kind,
            samenzicht.service = service,
            samenzicht.operation = self.operation,
            samenzicht.request = %request,
            samenzicht.purpose = Empty,
            samenzicht.organisation = Empty,
            samenzicht.code = Empty,
            samenzicht.statements = Empty,
            samenzicht.database_ms = Empty,
            samenzicht.records = Empty,
        );
        let came_with = headers
            .get(telemetry::TRACEPARENT)
            .and_then(|value| value.to_str().ok());
        // Without a subscriber that keeps spans there is nothing to set.
        let _ = span.set_parent(telemetry::parent(came_with));
        span
    }

    /// Says how the request ended: on its span, in one line, and in the count of refusals.
    pub(super) fn told(&self, session: &Session, outcome: Outcome, trace: Option<&str>) {
        let (cost, caller) = (session.cost(), session.caller());
        let service = session.platform().service;
        let code = match outcome {
            Outcome::Done => "DONE",
            Outcome::Refused(code) => {
                telemetry::metrics::refused(service, code);
                code
            }
        };
        let purpose = caller.as_ref().map(|caller| caller.purpose.code.as_str());
        let organisation = caller.as_ref().map(|caller| display(caller.organisation));
        let (statements, records) = (number(cost.statements()), number(session.records()));
        let database_ms = milliseconds(cost.database());
        let span = Span::current();
        if failed(code) {
            span.record("otel.status_code", "ERROR");
        }
        span.record("samenzicht.code", code)
            .record("samenzicht.purpose", purpose)
            .record("samenzicht.organisation", organisation.as_ref())
            .record("samenzicht.statements", statements)
            .record("samenzicht.database_ms", database_ms)
            .record("samenzicht.records", records);
        tracing::info!(
            target: telemetry::REQUEST,
            service,
            kind = self.kind,
            operation = self.operation,
            code,
            ms = milliseconds(cost.age()),
            statements,
            database_ms,
            records,
            purpose,
            organisation,
            request = %session.stated().request,
            trace,
        );
    }
}

/// Whether a request that ended so failed inside: a refusal is no failure.
fn failed(code: &str) -> bool {
    [Code::Internal, Code::Busy, Code::LogUnavailable]
        .iter()
        .any(|inside| inside.name() == code)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// With two decimals.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_the_schema_are_told() {
        let words = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).into_iter().collect();
        let told = |roots: &[&str]| {
            let roots = roots.iter().map(|&root| root.to_owned()).collect();
            let asked = Asked {
                kind: "query",
                live: false,
                roots,
            };
            Line::of(&asked, &words).operation
        };
        assert_eq!(told(&["a", "b"]), "a,b");
        assert_eq!(told(&["a", "a", "Kanarie", "Melder"]), "a,unknown");
        assert_eq!(told(&["a", "b", "c", "d", "e", "f"]), "a,b,c,d,e,more");
        assert_eq!(told(&[]), "unknown");
    }
}
