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
use tracing::Instrument;

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

/// Calls an [`InProcessSubgraph`]: over from the router's runtime to tokio's and back.
pub(crate) struct InProcess {
    pub(crate) name: String,
    pub(crate) endpoint: http::Uri,
    pub(crate) subgraph: Arc<dyn InProcessSubgraph>,
    pub(crate) runtime: Handle,
    pub(crate) patience: Patience,
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
        execution_request: SubgraphExecutionRequest<'a>,
        _timeout: Option<Duration>,
        _plugin_req_state: Option<&'a PluginRequestState<'a>>,
    ) -> Result<SubgraphResponse<'static>, SubgraphExecutorError> {
        let limit = self.patience.with(&execution_request);
        let body = build_request_body(&execution_request)?;
        let scalars = execution_request.custom_scalar_paths;
        let headers = execution_request.headers;
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
        execution_request: SubgraphExecutionRequest<'a>,
        _timeout: Option<Duration>,
        plugin_req_state: Option<&'a PluginRequestState<'a>>,
    ) -> Result<SubgraphResponse<'static>, SubgraphExecutorError> {
        let limit = self.patience.with(&execution_request);
        let fetch = self.inner.execute(execution_request, Some(limit), plugin_req_state);
        tokio::time::timeout(limit, fetch).await?
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
