//! The W3C trace context: which trace a request belongs to, in and out.
//!
//! Of what comes in only `traceparent` is read: numbers. `tracestate` is free text of whoever calls, and stays outside.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header that carries a trace from one process to the next.
pub const TRACEPARENT: &str = "traceparent";

/// The context that a `traceparent` names; none, or one that is malformed, begins a new trace.
pub fn parent(traceparent: Option<&str>) -> Context {
    let Some(text) = traceparent else {
        return Context::new();
    };
    let header = HashMap::from([(TRACEPARENT.to_owned(), text.to_owned())]);
    TraceContextPropagator::new().extract_with_context(&Context::new(), &header)
}

/// The `traceparent` of whoever is called within this span; `None` where spans are not kept.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| {
        let flags = context.trace_flags().to_u8() & 1;
        format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id())
    })
}

/// The id of the trace that is being worked on here, by which a user can ask after it.
pub fn current_trace() -> Option<String> {
    let context = Span::current().context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_parent_is_taken_up() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let context = parent(Some(good));
        let found = context.span().span_context().clone();
        assert_eq!(found.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(found.is_remote() && found.trace_state().header().is_empty());
        for bad in [
            "",
            "Kanarie",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        ] {
            assert!(!parent(Some(bad)).span().span_context().is_valid(), "{bad}");
        }
        assert!(!parent(None).span().span_context().is_valid());
    }
}
