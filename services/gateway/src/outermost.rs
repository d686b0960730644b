//! The outermost layer: every answer names its request and its trace, is measured, and even a crash inside is an answer.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures::FutureExt;
use hive_router::ntex;
use ntex::http::header::{HeaderName, HeaderValue};
use ntex::http::{HeaderMap, StatusCode};
use ntex::service::{Service, ServiceCtx};
use ntex::web::{self, DefaultError, WebRequest, WebResponse, WebResponseError};
use ntex::{Middleware, SharedCfg};
use serde_json::json;
use telemetry::{TRACEPARENT, metrics};
use tracing::field::Empty;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::errors::MASKED;
use crate::headers::{REQUEST_ID, TRACE_RESPONSE, text};

/// Puts `x-request-id` on request and response: kept from the client if it is a UUID, else made here.
pub(crate) struct Outermost;

impl<S> Middleware<S, SharedCfg> for Outermost {
    type Service = OutermostService<S>;

    fn create(&self, service: S, _config: SharedCfg) -> Self::Service {
        OutermostService { service }
    }
}

pub(crate) struct OutermostService<S> {
    service: S,
}

impl<S> Service<WebRequest<DefaultError>> for OutermostService<S>
where
    S: Service<WebRequest<DefaultError>, Response = WebResponse, Error = web::Error>,
{
    type Response = WebResponse;
    type Error = S::Error;

    ntex::forward_ready!(service);

    async fn call(
        &self,
        mut request: WebRequest<DefaultError>,
        context: ServiceCtx<'_, Self>,
    ) -> Result<Self::Response, Self::Error> {
        let id = id_of(request.headers());
        let name = HeaderName::from_static(REQUEST_ID);
        request.headers_mut().insert(name.clone(), id.clone());
        let began = Instant::now();
        let method = metrics::method(request.method().as_str());
        let route = metrics::route(request.path());
        let span = span(method, route, text(request.headers(), REQUEST_ID));
        let trace = hand_on(&span, request.headers_mut());
        let ended = |status: StatusCode| {
            metrics::served(method, route, status.as_u16(), began.elapsed());
            span.record("http.response.status_code", i64::from(status.as_u16()));
            if status.is_server_error() {
                span.record("otel.status_code", "ERROR");
            }
        };
        // The router's planner panics on some documents; the client would see its connection break.
        let inner = context.call(&self.service, request).instrument(span.clone());
        let Ok(response) = AssertUnwindSafe(inner).catch_unwind().await else {
            tracing::error!(request_id = ?id, "the router panicked");
            ended(StatusCode::INTERNAL_SERVER_ERROR);
            return Err(Crash { id }.into());
        };
        let mut response = response.inspect_err(|error| ended(error.as_response_error().status_code()))?;
        ended(response.status());
        response.headers_mut().insert(name, id);
        if let Some(trace) = trace {
            let name = HeaderName::from_static(TRACE_RESPONSE);
            response.headers_mut().insert(name, trace);
        }
        Ok(response)
    }
}

/// The span of a request, within the trace that the client began or in one of its own.
fn span(method: &'static str, route: &'static str, request: &str) -> Span {
    tracing::info_span!(
        target: telemetry::SPANS,
        parent: None,
        "http",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        samenzicht.request = request,
    )
}

/// Puts the span into its trace, and into the headers for whoever is called next; what the answer says of it. What a
/// client says of its own trace beside its number is free text and goes no further.
fn hand_on(span: &Span, headers: &mut HeaderMap) -> Option<HeaderValue> {
    // Without a subscriber that keeps spans there is nothing to set.
    let _ = span.set_parent(telemetry::parent(Some(text(headers, TRACEPARENT))));
    headers.remove("tracestate");
    let trace = telemetry::traceparent(span).and_then(|trace| HeaderValue::from_str(&trace).ok())?;
    headers.insert(HeaderName::from_static(TRACEPARENT), trace.clone());
    Some(trace)
}

fn id_of(headers: &HeaderMap) -> HeaderValue {
    let id = uuid::Uuid::try_parse(text(headers, REQUEST_ID))
        .unwrap_or_else(|_| uuid::Uuid::now_v7())
        .hyphenated()
        .to_string();
    HeaderValue::from_str(&id).expect("a UUID's text is a header value")
}

/// Stands for a request that went down with a panic. Nothing is left of it to answer to, so the server makes the answer
/// from this error: its status and, as the body, its text.
#[derive(Debug)]
struct Crash {
    id: HeaderValue,
}

impl fmt::Display for Crash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.to_str().unwrap_or_default();
        let extensions = json!({ "code": "INTERNAL", "requestId": id });
        let body = json!({ "errors": [{ "message": MASKED, "extensions": extensions }] });
        write!(to, "{body}")
    }
}

impl std::error::Error for Crash {}

impl WebResponseError<DefaultError> for Crash {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
