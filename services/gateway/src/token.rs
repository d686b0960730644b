//! The early check of the caller's token, and what a refused caller gets.

use futures::future::BoxFuture;
use hive_router::ntex;
use serde_json::json;

/// Decides whether the token among a request's headers is good; the same function that every subgraph asks.
pub trait TokenCheck: Send + Sync + 'static {
    /// `Ok` lets the request through. Runs on the tokio runtime that called [`crate::start`].
    fn check(&self, headers: http::HeaderMap) -> BoxFuture<'static, Result<(), TokenRefusal>>;
}

/// Why a caller was not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRefusal {
    /// 401, or 503 when nothing can be said about the token now.
    pub status: http::StatusCode,
    /// Stable code, such as `TOKEN_MISSING`.
    pub code: String,
    /// How to mend it, in the caller's language.
    pub message: String,
}

impl TokenRefusal {
    /// The GraphQL-shaped body: `errors` only, nothing was executed.
    pub(crate) fn body(&self) -> String {
        json!({ "errors": [{ "message": self.message, "extensions": { "code": self.code } }] }).to_string()
    }

    /// The refusal over HTTP, a 401 with the challenge of RFC 6750; `accept` decides between the two media types of GraphQL over HTTP.
    pub(crate) fn response(&self, accept: &str) -> ntex::http::Response {
        let media = if accept.contains("application/graphql-response+json") {
            "application/graphql-response+json; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        };
        let status = ntex::http::StatusCode::from_u16(self.status.as_u16());
        let mut response = ntex::http::Response::build(status.unwrap_or(ntex::http::StatusCode::UNAUTHORIZED));
        if self.status == http::StatusCode::UNAUTHORIZED {
            response.header("www-authenticate", "Bearer");
        }
        response
            .header("cache-control", "no-store")
            .content_type(media)
            .body(self.body())
    }
}
