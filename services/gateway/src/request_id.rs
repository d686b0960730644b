//! Every answer names its request: `x-request-id`, kept from the client if it is a UUID, else made here.

use hive_router::ntex;
use ntex::http::HeaderMap;
use ntex::http::header::{HeaderName, HeaderValue};
use ntex::service::{Service, ServiceCtx};
use ntex::web::{self, DefaultError, WebRequest, WebResponse};
use ntex::{Middleware, SharedCfg};

use crate::headers::{REQUEST_ID, text};

/// The outermost layer: it sees refusals of all others too.
pub(crate) struct RequestId;

impl<S> Middleware<S, SharedCfg> for RequestId {
    type Service = RequestIdService<S>;

    fn create(&self, service: S, _config: SharedCfg) -> Self::Service {
        RequestIdService { service }
    }
}

pub(crate) struct RequestIdService<S> {
    service: S,
}

impl<S> Service<WebRequest<DefaultError>> for RequestIdService<S>
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
        let mut response = context.call(&self.service, request).await?;
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
