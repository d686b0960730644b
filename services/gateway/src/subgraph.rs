//! How a fetch reaches a subgraph: in this process or over HTTP, in both cases not longer than allowed.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use hive_router::async_trait;
use hive_router::executor::executors::common::{SubgraphExecutionRequest, SubgraphExecutor, SubgraphExecutorBoxedArc};
use hive_router::executor::executors::error::SubgraphExecutorError;
use hive_router::executor::executors::http::build_request_body;
use hive_router::executor::plugins::plugin_context::PluginRequestState;
use hive_router::executor::response::subgraph_response::SubgraphResponse;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A subgraph of this process. It does what its HTTP handler does (token, purpose, session), without the socket.
pub trait InProcessSubgraph: Send + Sync + 'static {
    /// Answers one query or mutation. Runs on the tokio runtime that called [`crate::start`]; dropped when the caller
    /// goes away or the time is up.
    fn execute(&self, headers: http::HeaderMap, request: Request) -> BoxFuture<'static, InProcessReply>;
}

/// What an in-process subgraph answers.
#[derive(Debug)]
pub struct InProcessReply {
    /// As over HTTP; 500, 502, 503 and 504 count as failures for the circuit breaker.
    pub status: http::StatusCode,
    /// Response headers; none of them reaches the client.
    pub headers: http::HeaderMap,
    /// The GraphQL response.
    pub body: ReplyBody,
}

/// A GraphQL response, as text or as a value.
#[derive(Debug)]
pub enum ReplyBody {
    /// JSON.
    Json(Vec<u8>),
    /// Written as JSON by the gateway.
    Response(Box<Response>),
}

impl From<Response> for InProcessReply {
    fn from(response: Response) -> Self {
        Self {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: ReplyBody::Response(Box::new(response)),
        }
    }
}

/// How long a fetch may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For queries.
    pub(crate) fetch: Duration,
    /// For changes.
    pub(crate) change: Duration,
}

impl Patience {
    fn with(self, request: &SubgraphExecutionRequest<'_>) -> Duration {
        if request.query.trim_start().starts_with("mutation") {
            self.change
        } else {
            self.fetch
        }
    }
}

/// The span of a fetch, within the request's trace; the subgraph finds it in its headers.
fn span(subgraph: &str, request: &mut SubgraphExecutionRequest<'_>) -> Span {
    let span = tracing::info_span!(
        target: telemetry::SPANS,
        parent: None,
        "fetch",
        otel.name = format!("fetch {subgraph}"),
        otel.kind = "client",
        otel.status_code = Empty,
        samenzicht.service = subgraph,
    );
    let headers = &mut request.headers;
    let came_with = headers
        .get(telemetry::TRACEPARENT)
        .and_then(|value| value.to_str().ok());
    // Without a subscriber that keeps spans there is nothing to set.
    let _ = span.set_parent(telemetry::parent(came_with));
    if let Some(trace) = telemetry::traceparent(&span).and_then(|trace| http::HeaderValue::from_str(&trace).ok()) {
        headers.insert(telemetry::TRACEPARENT, trace);
    }
    span
}

/// Says on its span when a fetch failed.
fn told<T, E>(span: &Span, outcome: Result<T, E>) -> Result<T, E> {
    outcome.inspect_err(|_| {
        span.record("otel.status_code", "ERROR");
    })
}

/// Calls an [`InProcessSubgraph`]: over from the router's runtime to tokio's and back.
pub(crate) struct InProcess {
    pub(crate) name: String,
    pub(crate) endpoint: http::Uri,
    pub(crate) subgraph: Arc<dyn InProcessSubgraph>,
    pub(crate) runtime: Handle,
    pub(crate) patience: Patience,
}

impl InProcess {
    async fn answer(
        &self,
        request: SubgraphExecutionRequest<'_>,
    ) -> Result<SubgraphResponse<'static>, SubgraphExecutorError> {
        let limit = self.patience.with(&request);
        let body = build_request_body(&request)?;
        let scalars = request.custom_scalar_paths;
        let headers = request.headers;
        let request: Request = serde_json::from_slice(&body).map_err(|error| {
            tracing::error!(subgraph = self.name, %error, "the router built an unreadable request");
            SubgraphExecutorError::MalformedResponse(None)
        })?;
        let work = self.subgraph.execute(headers, request).in_current_span();
        let work = AbortOnDrop(self.runtime.spawn(work));
        let reply = tokio::time::timeout(limit, work).await?;
        let reply = reply.map_err(|error| {
            tracing::error!(subgraph = self.name, %error, "in-process subgraph panicked");
            SubgraphExecutorError::MalformedResponse(None)
        })?;
        let bytes = match reply.body {
            ReplyBody::Json(bytes) => bytes,
            ReplyBody::Response(response) => serde_json::to_vec(&response).map_err(|error| {
                tracing::error!(subgraph = self.name, %error, "reply cannot be written as JSON");
                SubgraphExecutorError::MalformedResponse(None)
            })?,
        };
        let mut response = SubgraphResponse::deserialize_from_bytes(bytes.into(), scalars)?;
        response.headers = Some(Arc::new(reply.headers));
        response.status = Some(reply.status);
        Ok(response)
    }
}

#[async_trait]
impl SubgraphExecutor for InProcess {
    fn executor_name(&self) -> &str {
        "in-process"
    }

    fn endpoint(&self) -> &http::Uri {
        &self.endpoint
    }

    async fn execute<'a>(
        &self,
        mut execution_request: SubgraphExecutionRequest<'a>,
        _timeout: Option<Duration>,
        _plugin_req_state: Option<&'a PluginRequestState<'a>>,
    ) -> Result<SubgraphResponse<'static>, SubgraphExecutorError> {
        let span = span(&self.name, &mut execution_request);
        let answer = self.answer(execution_request).instrument(span.clone());
        told(&span, answer.await)
    }

    async fn subscribe<'a>(
        &self,
        _execution_request: SubgraphExecutionRequest<'a>,
        _timeout: Option<Duration>,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse<'static>, SubgraphExecutorError>>, SubgraphExecutorError>
    {
        // The router offers subscriptions to no hook: they go to the address in `SubgraphAt`, never here.
        Err(SubgraphExecutorError::HttpCallbackNotConfigured)
    }
}

/// Bounds a fetch over HTTP as a whole. The router's own timeout ends when the response's head has arrived: a subgraph
/// that stalls in the body would hold the request.
pub(crate) struct Bounded {
    pub(crate) name: String,
    pub(crate) inner: SubgraphExecutorBoxedArc,
    pub(crate) patience: Patience,
}

#[async_trait]
impl SubgraphExecutor for Bounded {
    fn executor_name(&self) -> &str {
        self.inner.executor_name()
    }

    fn endpoint(&self) -> &http::Uri {
        self.inner.endpoint()
    }

    async fn execute<'a>(
        &self,
        mut execution_request: SubgraphExecutionRequest<'a>,
        _timeout: Option<Duration>,
        plugin_req_state: Option<&'a PluginRequestState<'a>>,
    ) -> Result<SubgraphResponse<'static>, SubgraphExecutorError> {
        let limit = self.patience.with(&execution_request);
        let span = span(&self.name, &mut execution_request);
        let fetch = self.inner.execute(execution_request, Some(limit), plugin_req_state);
        let answer = tokio::time::timeout(limit, fetch).instrument(span.clone()).await;
        told(&span, answer.map_err(SubgraphExecutorError::from).flatten())
    }

    async fn subscribe<'a>(
        &self,
        execution_request: SubgraphExecutionRequest<'a>,
        timeout: Option<Duration>,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse<'static>, SubgraphExecutorError>>, SubgraphExecutorError>
    {
        self.inner.subscribe(execution_request, timeout).await
    }
}

/// A task on another runtime that ends with whoever waits for it.
pub(crate) struct AbortOnDrop<T>(pub(crate) JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
