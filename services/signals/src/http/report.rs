//! One signal (`GET /v1/signals/{id}`), and what comes of it (`POST /v1/signals/{id}/follow-ups`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use foundation::check::no_json;
use foundation::edge::{Caller, Problem, named};
use foundation::graphql::Subgraph;
use foundation::{Code, Fault};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::SIGNAL;

const FOLLOW_UP: &str = "followUp { id state text at takenUpAt ownerOnly handedTo { id } }";

fn body(status: StatusCode, value: &Value, request: uuid::Uuid) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    named((status, kind, value.to_string()).into_response(), Some(request))
}

/// `GET /v1/signals/{id}`: the signal as it is now. Hidden and absent are the same answer.
pub async fn one(
    State(subgraph): State<Arc<dyn Subgraph>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    let query = format!("query signal($id: ID!) {{ signal(id: $id) {{ {SIGNAL} }} }}");
    let (data, request) = caller.ask(&query, json!({ "id": id })).await?;
    match &data["signal"] {
        Value::Null => Err(caller.problem(&Fault::new(Code::NotFound))),
        signal => Ok(body(StatusCode::OK, signal, request)),
    }
}

/// `POST /v1/signals/{id}/follow-ups`: what the own inspectorate does with it; its owner hears.
pub async fn follow_up(
    State(subgraph): State<Arc<dyn Subgraph>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    let input: Map<String, Value> = serde_json::from_slice(&sent).map_err(|error| caller.problem(&no_json(&error)))?;
    let plain = input.keys().all(|name| ["state", "ownerOnly"].contains(&name.as_str()));
    let (query, name, variables) = if plain && input.get("state") == Some(&json!("TAKEN_UP")) {
        let query = format!(
            "mutation takeUpSignal($id: ID!, $ownerOnly: Boolean!) {{ takeUpSignal(id: $id, ownerOnly: $ownerOnly) {{ {FOLLOW_UP} }} }}"
        );
        let alone = input.get("ownerOnly").cloned().unwrap_or(json!(false));
        (query, "takeUpSignal", json!({ "id": id, "ownerOnly": alone }))
    } else {
        let query = format!(
            "mutation reportOutcome($id: ID!, $input: OutcomeInput!) {{ reportOutcome(id: $id, input: $input) {{ {FOLLOW_UP} }} }}"
        );
        (query, "reportOutcome", json!({ "id": id, "input": input }))
    };
    let (data, request) = caller.ask(&query, variables).await?;
    Ok(body(StatusCode::CREATED, &data[name]["followUp"], request))
}
