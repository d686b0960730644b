//! GraphQL over HTTP for an axum handler around async-graphql: everything the specification wants of a server that
//! takes POST, so that `infra/graphql-http-audit` passes all of MUST and SHOULD.
//!
//! Pure functions over method, headers and bytes: the handler in between verifies the token and executes. Order that a
//! handler must keep: [`accepted`] (which media type may I answer in) → token → [`read`] → execute → [`Answer::of`].

use async_graphql::{Request, Response, Value};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value as Json, json};

/// The media type of an answer. It decides the status of a request error too: `application/json` says 200 for a
/// document that does not parse or validate, because older clients read the body only then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`
    Graphql,
    /// `application/json`, also for clients that say nothing
    Json,
}

impl Media {
    /// The `Content-Type` of an answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// A complete HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The media type of the body.
    pub media: Media,
    /// JSON.
    pub body: Vec<u8>,
}

/// Which media type the client takes; `Err` is the finished 406.
pub fn accepted(headers: &HeaderMap) -> Result<Media, Answer> {
    let accept: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    if accept.is_empty() {
        return Ok(Media::Json);
    }
    let mut best: Option<(f32, Media)> = None;
    for range in accept {
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::Graphql,
            "application/json" | "application/*" | "*/*" => Media::Json,
            _ => continue,
        };
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .and_then(|weight| weight.parse().ok())
            .unwrap_or(1.0);
        // Of equal weight the first named wins.
        if weight > 0.0 && best.is_none_or(|(of_best, _)| weight > of_best) {
            best = Some((weight, media));
        }
    }
    best.map(|(_, media)| media).ok_or_else(|| {
        Answer::refused(
            StatusCode::NOT_ACCEPTABLE,
            Media::Json,
            "NOT_ACCEPTABLE",
            "Accept application/graphql-response+json or application/json.",
        )
    })
}

/// The request in a body, or the finished refusal.
pub fn read(method: &Method, headers: &HeaderMap, body: &[u8], media: Media) -> Result<Request, Answer> {
    let refuse = |status, code, message: &str| Err(Answer::refused(status, media, code, message));
    if method != Method::POST {
        return refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "Send the operation with POST.",
        );
    }
    if !is_json(headers) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_CONTENT_TYPE",
            "Send the operation as application/json in UTF-8.",
        );
    }
    let Ok(Json::Object(map)) = serde_json::from_slice(body) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            "The body must be a JSON object with the field \"query\".",
        );
    };
    if let Some(field) = wrong_field(&map) {
        let message = format!("The field \"{field}\" is missing or of the wrong type.");
        return refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST", &message);
    }
    match serde_json::from_value(Json::Object(map)) {
        Ok(request) => Ok(request),
        Err(error) => refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST", &error.to_string()),
    }
}

/// The first parameter that the specification's shape excludes.
fn wrong_field(map: &Map<String, Json>) -> Option<&'static str> {
    let absent_or =
        |name: &str, right: fn(&Json) -> bool| map.get(name).is_none_or(|value| value.is_null() || right(value));
    if !map.get("query").is_some_and(Json::is_string) {
        return Some("query");
    }
    if !absent_or("operationName", Json::is_string) {
        return Some("operationName");
    }
    if !absent_or("variables", Json::is_object) {
        return Some("variables");
    }
    if !absent_or("extensions", Json::is_object) {
        return Some("extensions");
    }
    None
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let utf8 = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    json && utf8
}

impl Answer {
    /// The answer for an execution. Errors found before execution stand alone, without `data`.
    pub fn of(mut response: Response, media: Media) -> Self {
        mend(&mut response);
        let request_error = is_request_error(&response);
        let status = match media {
            Media::Graphql if request_error => StatusCode::BAD_REQUEST,
            Media::Graphql | Media::Json => StatusCode::OK,
        };
        let body = if request_error {
            serde_json::to_vec(&json!({ "errors": response.errors }))
        } else {
            serde_json::to_vec(&response)
        };
        Self {
            status,
            media,
            body: body.expect("a GraphQL response has string keys only"),
        }
    }

    /// A refusal before execution.
    pub fn refused(status: StatusCode, media: Media, code: &str, message: &str) -> Self {
        let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
        Self {
            status,
            media,
            body: body.to_string().into_bytes(),
        }
    }
}

/// Two things that a router in front needs and async-graphql leaves out. For the in-process way too.
///
/// An empty selection (every field skipped) is an empty object, not null: null without an error is no valid answer.
///
/// `INVALID_INPUT` is given to the errors that async-graphql itself finds in a document or its variables: it writes none,
/// and the gateway takes an error without a code for a failure inside and hides its text. The router of this version
/// does not look into input objects in variables, so these errors are ordinary.
pub fn mend(response: &mut Response) {
    if response.data == Value::Null && response.errors.is_empty() {
        response.data = Value::Object(Default::default());
    }
    for error in &mut response.errors {
        let of_input = error.path.is_empty()
            || error.message.starts_with("Failed to parse \"")
            || error.message.starts_with("Invalid value for argument");
        let extensions = error.extensions.get_or_insert_default();
        if of_input && extensions.get("code").is_none() {
            extensions.set("code", "INVALID_INPUT");
        }
    }
}

/// Nothing was executed: no data, and every error is about the document rather than about a field's value.
fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().expect("a header value")))
            .collect()
    }

    #[test]
    fn the_client_says_what_it_reads() {
        let with = |accept| accepted(&headers(&[(header::ACCEPT, accept)])).map_err(|no| no.status);
        assert_eq!(accepted(&HeaderMap::new()), Ok(Media::Json));
        assert_eq!(with("*/*"), Ok(Media::Json));
        assert_eq!(with("application/graphql-response+json"), Ok(Media::Graphql));
        assert_eq!(
            with("application/json;q=0.5, application/graphql-response+json"),
            Ok(Media::Graphql)
        );
        assert_eq!(
            with("application/graphql-response+json, application/json;q=0.9"),
            Ok(Media::Graphql)
        );
        assert_eq!(with("text/html"), Err(StatusCode::NOT_ACCEPTABLE));
    }

    #[test]
    fn a_body_is_read_or_refused() {
        let json = headers(&[(header::CONTENT_TYPE, "application/json")]);
        let status = |headers: &HeaderMap, body: &str| {
            read(&Method::POST, headers, body.as_bytes(), Media::Json)
                .map(|request| request.query)
                .map_err(|no| no.status)
        };
        assert_eq!(status(&json, r#"{"query":"{a}"}"#), Ok("{a}".to_owned()));
        for bad in ["", "[]", "{}", r#"{"query":1}"#, r#"{"query":"{a}","variables":[]}"#] {
            assert_eq!(status(&json, bad), Err(StatusCode::BAD_REQUEST), "{bad}");
        }
        let latin = headers(&[(header::CONTENT_TYPE, "application/json; charset=latin1")]);
        let none = Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status(&latin, r#"{"query":"{a}"}"#), none);
        assert_eq!(status(&HeaderMap::new(), r#"{"query":"{a}"}"#), none);
        let got = read(&Method::GET, &json, b"", Media::Json).map_err(|no| no.status);
        assert_eq!(got.err(), Some(StatusCode::METHOD_NOT_ALLOWED));
    }
}
