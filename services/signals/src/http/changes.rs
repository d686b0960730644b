//! Taking a copy (`GET /v1/signals`) and keeping it in step (`GET /v1/changes`, by waiting or as events).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use foundation::edge::{Caller, Problem, named};
use foundation::graphql::Subgraph;
use foundation::{Code, Fault, Session};
use futures::{StreamExt, stream};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{SIGNAL, number, parameters};
use crate::store::change;

/// Changes of one page of a snapshot or of an event.
const PAGE: u64 = 100;
/// The most that one answer may have.
const PAGE_MAXIMUM: u64 = 200;
/// The longest that an answer waits for a change, in seconds.
const WAIT_MAXIMUM: u64 = 55;
/// How often a reader who waits is looked at without a bell: what the clock does rings none.
const LOOK: Duration = Duration::from_secs(1);
/// How often a silent event stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

fn query() -> String {
    format!(
        "query changes($first: Int, $after: String) {{ changes(first: $first, after: $after) {{
           nodes {{ kind id signal {{ {SIGNAL} }} }} cursor hasMore }} }}"
    )
}

/// A page of changes after a cursor.
async fn page(caller: &Caller, after: Option<&str>, first: u64) -> Result<(Value, uuid::Uuid), Problem> {
    let asked = json!({ "first": first, "after": after });
    let (mut data, request) = caller.ask(&query(), asked).await?;
    Ok((data["changes"].take(), request))
}

/// Whether there is anything to tell, and where the copy stands if there is not. Nothing is shown by it, so that a reader
/// who waits leaves no line for each look.
async fn idle(caller: &Caller, after: &str) -> Result<Option<String>, Fault> {
    if caller.who().expires_at <= caller.subgraph().platform().clock.now() {
        return Err(Fault::new(Code::TokenExpired));
    }
    let session = Session::open(caller.subgraph().platform(), caller.who().clone(), caller.stated());
    let looked = match session.reader().await {
        Ok(reader) => change::after(&reader, Some(after), 1).await,
        Err(fault) => Err(fault),
    };
    session.end().await;
    let changes = looked?;
    Ok((changes.changes.is_empty() && !changes.more).then_some(changes.cursor))
}

/// Waits until there is something to tell after a cursor, or until this moment; where the copy stands then. What is wrong
/// is told by whoever asks next.
async fn wait(caller: &Caller, mut after: String, until: Instant) -> String {
    let mut bell = caller.subgraph().platform().doorbell.hear();
    while Instant::now() < until {
        match idle(caller, &after).await {
            Ok(Some(cursor)) => after = cursor,
            Ok(None) | Err(_) => return after,
        }
        let pause = LOOK.min(until.saturating_duration_since(Instant::now()));
        let _ = tokio::time::timeout(pause, bell.changed()).await;
    }
    after
}

/// `GET /v1/changes`: a page, at once or as soon as there is one; as events for whoever accepts them.
pub async fn changes(
    State(subgraph): State<Arc<dyn Subgraph>>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    let asked = parameters(asked.as_deref(), &["after", "first", "wait"], &headers)?;
    let first = number(&asked, "first", 1..=PAGE_MAXIMUM, &headers)?.unwrap_or(PAGE);
    let patience = number(&asked, "wait", 0..=WAIT_MAXIMUM, &headers)?.unwrap_or(0);
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let accepts = text("accept").is_some_and(|accept| accept.contains("text/event-stream"));
    // A client that reconnects says where it was.
    let after = text("last-event-id")
        .filter(|_| accepts)
        .or_else(|| asked.get("after").and_then(Value::as_str));
    if accepts {
        return events(caller, after.map(str::to_owned), first).await;
    }
    let (mut told, mut request) = page(&caller, after, first).await?;
    let nothing = told["nodes"].as_array().is_none_or(Vec::is_empty) && told["hasMore"] == false;
    if nothing && patience > 0 {
        let stands = told["cursor"].as_str().unwrap_or_default().to_owned();
        let until = Instant::now() + Duration::from_secs(patience);
        let after = wait(&caller, stands, until).await;
        (told, request) = page(&caller, Some(&after), first).await?;
    }
    let body = json!({ "changes": told["nodes"], "cursor": told["cursor"], "hasMore": told["hasMore"] });
    let response = ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    Ok(named(response, Some(request)))
}

/// Where an event stream stands.
struct Events {
    caller: Caller,
    after: Option<String>,
    first: u64,
    /// A page that was fetched already.
    ready: Option<Value>,
    ended: bool,
}

async fn events(caller: Caller, after: Option<String>, first: u64) -> Result<Response, Problem> {
    // Whoever may not listen hears so with a status.
    let (ready, request) = page(&caller, after.as_deref(), first).await?;
    let events = Events {
        caller,
        after,
        first,
        ready: Some(ready),
        ended: false,
    };
    let stream = stream::unfold(events, |mut events| async move {
        let text = events.next().await?;
        Some((Ok::<_, std::convert::Infallible>(text), events))
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    Ok(named((kind, Body::from_stream(stream)).into_response(), Some(request)))
}

impl Events {
    async fn next(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let told = match self.ready.take() {
            Some(ready) => Ok(ready),
            None => {
                let stands = self.after.clone().unwrap_or_default();
                let after = wait(&self.caller, stands, Instant::now() + HEARTBEAT).await;
                self.after = Some(after);
                page(&self.caller, self.after.as_deref(), self.first)
                    .await
                    .map(|(page, _)| page)
            }
        };
        match told {
            Err(problem) => {
                self.ended = true;
                Some(format!("event: problem\ndata: {}\n\n", problem.json()))
            }
            Ok(page) => {
                let cursor = page["cursor"].as_str().unwrap_or_default().to_owned();
                self.after = Some(cursor.clone());
                if page["nodes"].as_array().is_none_or(Vec::is_empty) {
                    // An id without data: a client keeps it, and is told nothing.
                    return Some(format!(": still here\nid: {cursor}\n\n"));
                }
                let data = json!({ "changes": page["nodes"], "cursor": cursor, "hasMore": page["hasMore"] });
                Some(format!("event: changes\nid: {cursor}\ndata: {data}\n\n"))
            }
        }
    }
}

/// `GET /v1/signals`: all that the caller may see, a line each, with lines in between that say from where to go on.
pub async fn snapshot(
    State(subgraph): State<Arc<dyn Subgraph>>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    let asked = parameters(asked.as_deref(), &["after"], &headers)?;
    let after = asked.get("after").and_then(Value::as_str);
    let (first, request) = page(&caller, after, PAGE).await?;
    let pages = stream::unfold(Some((caller, first)), |state| async move {
        let (caller, told) = state?;
        let text = as_lines(&told);
        if told["hasMore"] == false {
            return Some((text, None));
        }
        let after = told["cursor"].as_str().unwrap_or_default().to_owned();
        match page(&caller, Some(&after), PAGE).await {
            Ok((next, _)) => Some((text, Some((caller, next)))),
            Err(problem) => Some((format!("{text}{}\n", json!({ "problem": problem.json() })), None)),
        }
    });
    let body = Body::from_stream(pages.map(Ok::<_, std::convert::Infallible>));
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok(named((kind, body).into_response(), Some(request)))
}

/// A page as lines, its cursor last.
fn as_lines(page: &Value) -> String {
    let mut text = String::new();
    for node in page["nodes"].as_array().into_iter().flatten() {
        text.push_str(&node.to_string());
        text.push('\n');
    }
    let whole = page["hasMore"] == false;
    text.push_str(&json!({ "cursor": page["cursor"], "complete": whole }).to_string());
    text.push('\n');
    text
}
