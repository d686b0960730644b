//! The outermost layer: every answer names its request, and even a crash inside is an answer.

use std::fmt;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use hive_router::ntex;
use ntex::http::header::{HeaderName, HeaderValue};
use ntex::http::{HeaderMap, StatusCode};
use ntex::service::{Service, ServiceCtx};
use ntex::web::{self, DefaultError, WebRequest, WebResponse, WebResponseError};
use ntex::{Middleware, SharedCfg};
use serde_json::json;

use crate::errors::MASKED;
use crate::headers::{REQUEST_ID, text};

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
        // The router's planner panics on some documents; the client would see its connection break.
        let inner = context.call(&self.service, request);
        let Ok(response) = AssertUnwindSafe(inner).catch_unwind().await else {
            tracing::error!(request_id = ?id, "the router panicked");
            return Err(Crash { id }.into());
        };
        let mut response = response?;
        response.headers_mut().insert(name, id);
        Ok(response)
    }
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
