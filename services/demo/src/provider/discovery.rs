//! What the provider says of itself: its endpoints and its keys.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use foundation::token::is_loopback;
use serde_json::{Value, json};
use url::Url;

use super::Shared;

/// Key sets and endpoints are asked for anew, so that a rotation shows at once.
const FRESH: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-cache")];

/// OpenID Connect Discovery 1.0, section 4.2.
pub(super) async fn configuration(State(shared): State<Arc<Shared>>) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let configuration = json!({
        "issuer": shared.issuer,
        "authorization_endpoint": shared.endpoint("authorize"),
        "token_endpoint": shared.endpoint("token"),
        "jwks_uri": shared.endpoint("jwks"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "nonce"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": false,
    });
    (FRESH, Json(configuration))
}

/// The published keys (RFC 7517).
pub(super) async fn key_set(State(shared): State<Arc<Shared>>) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    (FRESH, Json(shared.keys.published((shared.clock)())))
}

/// Refuses requests that reached loopback under a foreign name: a web page that has its own name
/// point here (DNS rebinding) must not sign in for the visitor.
pub(super) async fn only_by_loopback_name(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    let address = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    if address.is_some_and(|url| is_loopback(&url)) {
        next.run(request).await
    } else {
        let sentence = "The demo's sign-in answers to 127.0.0.1 and localhost only.\n";
        (StatusCode::MISDIRECTED_REQUEST, sentence).into_response()
    }
}
