//! Which headers travel, and the step from the router's header type to everybody's.

use hive_router::ntex;
use telemetry::TRACEPARENT;

/// What a subgraph gets of a client's headers; everything else, identity headers above all, stays outside.
pub(crate) const TO_SUBGRAPHS: [&str; 5] = [
    "authorization",
    "samenzicht-purpose",
    "accept-language",
    "x-request-id",
    TRACEPARENT,
];

/// The request's name in every log line and answer.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The header of an answer that names its trace, in the form of `traceparent` (W3C Trace Context Level 2).
pub(crate) const TRACE_RESPONSE: &str = "traceresponse";

/// What pages of other origins may read of an answer's headers.
pub(crate) const EXPOSED: &str = "x-request-id, traceresponse";

/// A copy in the type of the `http` crate; a value that is no valid header cannot occur, and would be left out.
pub(crate) fn to_http(from: &ntex::http::HeaderMap) -> http::HeaderMap {
    let mut to = http::HeaderMap::with_capacity(from.len());
    for (name, value) in from {
        if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
            to.append(name.clone(), value);
        }
    }
    to
}

/// A header as text; absent and unreadable are both empty.
pub(crate) fn text<'a>(headers: &'a ntex::http::HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
