//! A subgraph on a socket: `POST /graphql`, `/ws` (graphql-transport-ws), `/health`, `/readiness`.

use std::sync::Arc;
use std::time::Instant;

use ::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use telemetry::metrics;

use super::executor::{REQUEST_ID_HEADER, Subgraph, refusal, stated};
use super::http::{Answer, accepted, read};

/// The largest body of a request, in bytes: 500 import items of 8 KiB.
const BODY_MAXIMUM: usize = 4 * 1024 * 1024;

/// The routes of a subgraph.
pub fn routes(subgraph: Arc<dyn Subgraph>) -> Router {
    Router::new()
        .route("/graphql", any(graphql))
        .route("/ws", get(super::live::socket))
        .route("/health", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readiness", get(readiness))
        .layer(DefaultBodyLimit::max(BODY_MAXIMUM))
        .layer(axum::middleware::from_fn(timed))
        .with_state(subgraph)
}

async fn timed(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let began = Instant::now();
    let method = metrics::method(request.method().as_str());
    let route = metrics::route(request.uri().path());
    let response = next.run(request).await;
    metrics::served(method, route, response.status().as_u16(), began.elapsed());
    response
}

async fn readiness(State(subgraph): State<Arc<dyn Subgraph>>) -> StatusCode {
    match subgraph.platform().database.begin_read().await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn graphql(
    State(subgraph): State<Arc<dyn Subgraph>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let media = match accepted(&headers) {
        Ok(media) => media,
        Err(answer) => return finished(answer, None),
    };
    // Who is not let in learns nothing about the shape of requests either.
    let who = match subgraph.verifier().verify(&headers).await {
        Ok(who) => who,
        Err(refused) => {
            let ((status, fault), stated) = (refusal(&refused), stated(&headers));
            metrics::refused(subgraph.name(), fault.code().name());
            let answer = Answer::refused(status, media, fault.code().name(), &fault.sentence(stated.language));
            return finished(answer, Some(stated.request));
        }
    };
    let request = match read(&method, &headers, &body, media) {
        Ok(request) => request,
        Err(answer) => return finished(answer, None),
    };
    let reply = subgraph.execute_as(who, &headers, request).await;
    finished(Answer::of(reply.response, media), Some(reply.request))
}

fn finished(answer: Answer, request: Option<uuid::Uuid>) -> Response {
    let status = answer.status;
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answer.media.content_type()),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if let Some(value) = request.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        headers.insert(REQUEST_ID_HEADER, value);
    }
    response
}
