//! Signals over plain HTTP (`/v1`), for case systems: bring them in step, take a copy, keep it in step, report back; and
//! for whoever wants what it may see as a file.
//!
//! Every answer comes from this service's own part of the graph, asked as the caller. What stands in a line is what the
//! graph says, word for word.

mod changes;
mod deliver;
mod export;
mod lines;
mod report;
mod spool;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use foundation::edge::{Problem, headers};
use foundation::graphql::Subgraph;
use foundation::{Code, Fault};
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use serde_json::json;

pub use export::{columns as export_columns, exported};

/// What the edge is, by OpenAPI.
pub const DESCRIPTION: &str = include_str!("openapi.json");

/// What is said of a signal: nothing personal, which is asked of the graph where it is needed.
pub(crate) const SIGNAL: &str = "id number version state title narrative category severity urgency observedFrom
    observedUntil validUntil place note origin externalReference { system reference } owner { id } rank tlp useLimit
    retainUntil retraction createdAt updatedAt parties { id } sites { id } regions { code }
    followUps(first: 20) { nodes { organisation { id } state text handedTo { id } takenUpAt at ownerOnly } }
    maskedFields { field reason }";

/// The routes.
pub fn routes(subgraph: Arc<dyn Subgraph>) -> Router {
    let only = |route: MethodRouter<Arc<dyn Subgraph>>| route.fallback(wrong_method);
    Router::new()
        .route("/v1/openapi.json", only(get(description)))
        .route("/v1/signals", only(get(changes::snapshot).post(deliver::take)))
        .route("/v1/signals/{id}", only(get(report::one)))
        .route("/v1/signals/{id}/follow-ups", only(post(report::follow_up)))
        .route("/v1/exports/signals", only(get(export::export)))
        .route("/v1/changes", only(get(changes::changes)))
        .route("/v1/{*rest}", axum::routing::any(nothing_here))
        .layer(axum::middleware::map_response(headers))
        .with_state(subgraph)
}

async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

fn plain(status: StatusCode, code: &str, detail: &str) -> Problem {
    Problem {
        status,
        errors: vec![json!({ "code": code, "detail": detail })],
        request: None,
    }
}

async fn nothing_here(State(_): State<Arc<dyn Subgraph>>, headers: HeaderMap) -> Problem {
    Problem::of(&Fault::new(Code::NotFound), &headers)
}

async fn wrong_method() -> Problem {
    plain(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "/v1/openapi.json names the methods of this path.",
    )
}

/// A query string's values; unknown names and what cannot be read are told, all at once.
fn parameters(
    query: Option<&str>,
    known: &[&str],
    headers: &HeaderMap,
) -> Result<serde_json::Map<String, Value>, Problem> {
    let mut found = serde_json::Map::new();
    let mut wrong = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        if known.contains(&name.as_ref()) && !found.contains_key(name.as_ref()) {
            found.insert(name.into_owned(), Value::String(value.into_owned()));
        } else {
            let fault = Fault::new(Code::InvalidInput).with_words(
                "reason",
                format!("verwacht hoogstens één keer: {}", known.join(", ")),
                format!("expected at most once each: {}", known.join(", ")),
            );
            wrong.push(fault.at(name.into_owned()));
        }
    }
    let mut problems = wrong.iter().map(|fault| Problem::of(fault, headers));
    match problems.next() {
        None => Ok(found),
        Some(mut first) => {
            first.errors.extend(problems.flat_map(|problem| problem.errors));
            Err(first)
        }
    }
}

/// A whole number of a query string, within bounds.
fn number(
    parameters: &serde_json::Map<String, Value>,
    name: &str,
    bounds: std::ops::RangeInclusive<u64>,
    headers: &HeaderMap,
) -> Result<Option<u64>, Problem> {
    let Some(text) = parameters.get(name).and_then(Value::as_str) else {
        return Ok(None);
    };
    match text.parse::<u64>().ok().filter(|number| bounds.contains(number)) {
        Some(number) => Ok(Some(number)),
        None => {
            let (from, to) = (bounds.start(), bounds.end());
            let fault = Fault::new(Code::InvalidInput).with_words(
                "reason",
                format!("verwacht een getal van {from} tot en met {to}"),
                format!("expected a number from {from} to {to}"),
            );
            Err(Problem::of(&fault.at(name), headers))
        }
    }
}
