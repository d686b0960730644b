//! The way to the collector: a runtime of its own, a bounded queue, and what is said when it does not answer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::Context;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};
use tokio::runtime::Runtime;

use crate::allowed;

/// Spans that may wait for the collector, at most; further ones are dropped and counted.
pub(crate) const QUEUE: usize = 8_192;
/// The target of what is said of the way itself.
const TARGET: &str = "telemetry";

/// How the way is: shared by all who use it.
#[derive(Debug, Default)]
pub(crate) struct State {
    waiting: AtomicUsize,
    dropped: AtomicU64,
    full: AtomicBool,
    down: AtomicBool,
}

impl State {
    /// How many spans were dropped so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn drop_of(&self, spans: usize) {
        self.dropped
            .fetch_add(u64::try_from(spans).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Said once per outage, not once per delivery.
    fn failed(&self, reason: &str) {
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: TARGET,
                reason,
                "the collector does not answer; spans are dropped and counted until it does"
            );
        }
    }

    fn answered(&self) {
        if self.down.swap(false, Ordering::Relaxed) {
            tracing::warn!(target: TARGET, dropped = self.dropped(), "the collector answers again");
        }
        self.full.store(false, Ordering::Relaxed);
    }
}

/// Sends from a runtime of its own: the platform's may be busy, and at the end it is gone.
pub(crate) struct Client {
    /// There until the end.
    runtime: Option<Runtime>,
    http: reqwest::Client,
    state: Arc<State>,
}

impl Client {
    pub(crate) fn new(endpoint: &url::Url, timeout: Duration, state: Arc<State>) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("telemetry")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let mut http = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none());
        if matches!(endpoint.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| error.to_string())?;
        Ok(Self {
            runtime: Some(runtime),
            http,
            state,
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Whoever drops it may be a task, which must not wait for a runtime's end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let runtime = self.runtime.as_ref().ok_or("the way to the collector has ended")?;
        let sent = runtime.spawn(async move {
            let answer = http.execute(request.try_into()?).await?.error_for_status()?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        });
        match sent.await? {
            Ok((status, body)) => {
                self.state.answered();
                Ok(Response::builder().status(status).body(body)?)
            }
            Err(error) => {
                let error = error.without_url();
                self.state.failed(&reason(&error));
                Err(error.into())
            }
        }
    }
}

/// The innermost cause: the outer ones only say that sending failed.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Lets spans into the queue as long as there is room.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) inner: BatchSpanProcessor,
    pub(crate) state: Arc<State>,
}

impl SpanProcessor for Gate {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if self.state.waiting.fetch_add(1, Ordering::Relaxed) < QUEUE {
            return self.inner.on_end(span);
        }
        self.state.waiting.fetch_sub(1, Ordering::Relaxed);
        self.state.drop_of(1);
        if !self.state.full.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: TARGET, waiting = QUEUE, "the collector is too slow; spans are dropped and counted");
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

/// Takes off what may not leave, and counts what did not.
#[derive(Debug)]
pub(crate) struct Stripped<E> {
    pub(crate) inner: E,
    pub(crate) state: Arc<State>,
}

impl<E: SpanExporter> SpanExporter for Stripped<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        self.state.waiting.fetch_sub(spans, Ordering::Relaxed);
        let sent = self.inner.export(batch.into_iter().map(allowed::strip).collect()).await;
        if sent.is_err() {
            self.state.drop_of(spans);
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
