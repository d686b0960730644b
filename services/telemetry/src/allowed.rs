//! What of a span may leave: the attributes of one list, in short and plain values. Everything else is taken off on the
//! way out, whoever put it there: a new attribute leaves only when it has a line here.

use std::borrow::Cow;

use opentelemetry::trace::{SpanContext, Status, TraceState};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

/// The attributes that leave, with what each says. All of them are numbers, words of our own code, or ids of what is not
/// a person.
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("http.request.method", "the method"),
    ("http.response.status_code", "the status"),
    ("http.route", "the path, of those that exist"),
    ("graphql.operation.type", "query, mutation or subscription"),
    ("db.system.name", "which of the two databases"),
    ("db.operation.name", "the statement's first word"),
    ("db.query.summary", "the statement's first word and table"),
    ("db.query.text", "the statement's text without values"),
    ("samenzicht.service", "the service"),
    ("samenzicht.operation", "the fields at the root, in the schema's words"),
    ("samenzicht.request", "our own id of the request"),
    ("samenzicht.purpose", "the purpose, once the caller is found to hold it"),
    ("samenzicht.organisation", "the caller's organisation"),
    ("samenzicht.code", "how it ended"),
    ("samenzicht.statements", "how many statements it took"),
    ("samenzicht.database_ms", "how long the database took for them"),
    ("samenzicht.records", "how many records were seen"),
];

/// The attribute whose value is a text with punctuation.
const QUERY: &str = "db.query.text";
/// The longest value of any other attribute, and of a span's name.
const LONGEST: usize = 200;

/// The span as it leaves.
pub fn strip(mut span: SpanData) -> SpanData {
    span.attributes.retain(allowed);
    span.name = match plain(&span.name) {
        true => span.name,
        false => Cow::Borrowed("unnamed"),
    };
    span.events = SpanEvents::default();
    let mut links = SpanLinks::default();
    links.links = span.links.iter().cloned().collect();
    for link in &mut links.links {
        link.attributes.clear();
        link.span_context = without_state(&link.span_context);
    }
    span.links = links;
    span.span_context = without_state(&span.span_context);
    if let Status::Error { .. } = span.status {
        span.status = Status::error("");
    }
    span
}

fn allowed(attribute: &KeyValue) -> bool {
    let key = attribute.key.as_str();
    ATTRIBUTES.iter().any(|(name, _)| *name == key)
        && match &attribute.value {
            Value::Bool(_) | Value::I64(_) | Value::F64(_) => true,
            Value::String(text) => key == QUERY || plain(text.as_str()),
            _ => false,
        }
}

/// Letters, digits and the few signs that our own words have.
fn plain(text: &str) -> bool {
    text.len() <= LONGEST
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-./:, ".contains(letter))
}

fn without_state(context: &SpanContext) -> SpanContext {
    SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags(),
        context.is_remote(),
        TraceState::NONE,
    )
}
