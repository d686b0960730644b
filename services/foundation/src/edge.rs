//! Edges beside the graph: plain HTTP under `/v1`, by the NL API Design Rules. An edge asks its own subgraph what a
//! caller of the graph would ask, so that access, masks, log and codes are the same; this is what all edges share.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fault::{Code, Fault};
use crate::graphql::Subgraph;
use crate::graphql::executor::{REQUEST_ID_HEADER, refusal, stated};
use crate::token::Verified;

/// The version of the edges, in every answer and in their description.
pub const VERSION: &str = "1.0.0";

/// What went wrong, as RFC 9457 writes it: all faults of one request at once.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Each fault: `code`, `detail`, and `field` where there is one.
    pub errors: Vec<Value>,
    /// Our own id of the request.
    pub request: Option<Uuid>,
}

impl Problem {
    /// A fault in the words of whoever asks.
    pub fn of(fault: &Fault, headers: &HeaderMap) -> Self {
        let stated = stated(headers);
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(fault.code().name()));
        let sentence = fault.clone().with("request", stated.request).sentence(stated.language);
        error.insert("detail".to_owned(), json!(sentence));
        if let Some(field) = fault.field() {
            error.insert("field".to_owned(), json!(field));
        }
        Self {
            status: status(fault.code().name()),
            errors: vec![Value::Object(error)],
            request: Some(stated.request),
        }
    }

    /// The errors of an answer of the graph; none where there are none.
    pub fn in_answer(answer: &Value, request: Uuid) -> Option<Self> {
        let errors = answer["errors"].as_array().filter(|errors| !errors.is_empty())?;
        let error = |error: &Value| {
            let mut told = json!({ "code": error["extensions"]["code"], "detail": error["message"] });
            if let Some(field) = error["extensions"].get("field") {
                told["field"] = field.clone();
            }
            told
        };
        let errors: Vec<Value> = errors.iter().map(error).collect();
        let code = errors
            .first()
            .and_then(|error| error["code"].as_str())
            .unwrap_or_default();
        Some(Self {
            status: status(code),
            errors,
            request: Some(request),
        })
    }

    /// The code of the first fault.
    pub fn code(&self) -> &str {
        self.errors
            .first()
            .and_then(|error| error["code"].as_str())
            .unwrap_or_default()
    }

    /// As JSON, for a body or for the last line of a stream.
    pub fn json(&self) -> Value {
        let detail = self.errors.first().map(|error| error["detail"].clone());
        json!({
            "type": "about:blank",
            "status": self.status.as_u16(),
            "title": self.status.canonical_reason().unwrap_or_default(),
            "detail": detail,
            "code": self.code(),
            "errors": self.errors,
            "requestId": self.request.map(|id| id.to_string()),
        })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.json().to_string();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        named(response, self.request)
    }
}

/// The status that a code is told with.
fn status(code: &str) -> StatusCode {
    match code {
        "TOKEN_MISSING" | "TOKEN_MALFORMED" | "TOKEN_EXPIRED" | "TOKEN_INVALID" => StatusCode::UNAUTHORIZED,
        "ACCOUNT_UNKNOWN"
        | "ACCOUNT_SUSPENDED"
        | "PURPOSE_NOT_HELD"
        | "FORBIDDEN"
        | "NOT_OWNER"
        | "PROFILE_NOT_APPROVED" => StatusCode::FORBIDDEN,
        "NOT_FOUND" => StatusCode::NOT_FOUND,
        "STALE_VERSION" | "WRONG_STATE" | "DUPLICATE_REFERENCE" | "IDEMPOTENCY_KEY_REUSED" => StatusCode::CONFLICT,
        "CURSOR_EXPIRED" => StatusCode::GONE,
        "BUSY" | "LOG_UNAVAILABLE" | "STORE_UNAVAILABLE" | "TOKEN_UNVERIFIABLE" => StatusCode::SERVICE_UNAVAILABLE,
        "INTERNAL" | "OUTCOME_UNKNOWN" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// An answer that names its request.
pub fn named(mut response: Response, request: Option<Uuid>) -> Response {
    if let Some(value) = request.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    response
}

/// What every answer of an edge carries.
pub async fn headers(mut response: Response) -> Response {
    let all = [
        ("api-version", VERSION),
        ("cache-control", "no-store"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in all {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A caller who was let in: whom the token names, and what the request says of itself.
#[derive(Clone)]
pub struct Caller {
    subgraph: Arc<dyn Subgraph>,
    who: Verified,
    headers: HeaderMap,
}

impl Caller {
    /// Verifies the token.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn let_in(subgraph: &Arc<dyn Subgraph>, headers: &HeaderMap) -> Result<Self, Problem> {
        match subgraph.verifier().verify(headers).await {
            Ok(who) => Ok(Self::verified(subgraph, who, headers)),
            Err(refused) => {
                let (status, fault) = refusal(&refused);
                Err(Problem {
                    status,
                    ..Problem::of(&fault, headers)
                })
            }
        }
    }

    /// A caller whom somebody verified already.
    pub fn verified(subgraph: &Arc<dyn Subgraph>, who: Verified, headers: &HeaderMap) -> Self {
        Self {
            subgraph: subgraph.clone(),
            who,
            headers: headers.clone(),
        }
    }

    /// The part of the graph that is asked.
    pub fn subgraph(&self) -> &Arc<dyn Subgraph> {
        &self.subgraph
    }

    /// Whom the token names.
    pub fn who(&self) -> &Verified {
        &self.who
    }

    /// A fault in the caller's words.
    pub fn problem(&self, fault: &Fault) -> Problem {
        Problem::of(fault, &self.headers)
    }

    /// What the request says of itself.
    pub fn stated(&self) -> crate::session::Stated {
        stated(&self.headers)
    }

    /// Asks the graph: its data and the request's id.
    ///
    /// # Errors
    /// What the graph says is wrong; `TOKEN_EXPIRED` when the token has run out since it was let in.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<(Value, Uuid), Problem> {
        if self.who.expires_at <= self.subgraph.platform().clock.now() {
            return Err(self.problem(&Fault::new(Code::TokenExpired)));
        }
        let request = Request::new(query).variables(Variables::from_json(variables));
        let reply = self.subgraph.execute_as(self.who.clone(), &self.headers, request).await;
        let answer = serde_json::to_value(reply.response);
        let mut answer = answer.map_err(|error| self.problem(&Fault::internal(error)))?;
        match Problem::in_answer(&answer, reply.request) {
            Some(problem) => Err(problem),
            None => Ok((answer["data"].take(), reply.request)),
        }
    }
}
