//! A client of the API over HTTP: sends a document with headers, looks at status, headers and bytes.

use axum::http::HeaderMap;
use serde_json::{Value, json};

/// Somebody who calls one endpoint.
#[derive(Clone, Debug)]
pub struct Caller {
    url: String,
    headers: Vec<(String, String)>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

/// An HTTP client without proxies: everything is on loopback.
pub fn plain() -> reqwest::Client {
    foundation::token::install_cryptography();
    // Built per call: a pooled connection would outlive the process that a test stops.
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

impl Caller {
    /// Nobody yet, at this endpoint.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: Vec::new(),
        }
    }

    /// The same caller with this header, instead of another value of it.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same caller without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same caller with this token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The same caller for this purpose.
    #[must_use]
    pub fn purpose(self, code: &str) -> Self {
        self.header("samenzicht-purpose", code)
    }

    /// The same caller, who reads English.
    #[must_use]
    pub fn english(self) -> Self {
        self.header("accept-language", "en")
    }

    /// The headers, as a WebSocket's `connection_init` carries them.
    pub fn payload(&self) -> Value {
        Value::Object(
            self.headers
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect(),
        )
    }

    /// Where it calls.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The request that is sent, with this body.
    pub fn request(&self, body: Vec<u8>) -> reqwest::RequestBuilder {
        let json = plain().post(&self.url).header("content-type", "application/json");
        self.headers
            .iter()
            .fold(json, |request, (name, value)| request.header(name, value))
            .body(body)
    }

    /// Sends these bytes.
    pub async fn send(&self, body: Vec<u8>) -> Answer {
        self.try_send(body)
            .await
            .unwrap_or_else(|error| panic!("no answer from {}: {error}", self.url))
    }

    /// Sends these bytes to somebody who may be gone.
    ///
    /// # Errors
    /// When nobody answers to the end.
    pub async fn try_send(&self, body: Vec<u8>) -> Result<Answer, reqwest::Error> {
        let response = self.request(body).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            bytes: response.bytes().await?.to_vec(),
        })
    }

    /// Asks.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.send(document(query, &variables)).await
    }

    /// Asks and expects an answer without errors; its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await.json();
        assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
        answer["data"].take()
    }
}

/// The body of a request.
pub fn document(query: &str, variables: &Value) -> Vec<u8> {
    json!({ "query": query, "variables": variables })
        .to_string()
        .into_bytes()
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}, in: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The codes of its errors.
    pub fn codes(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| error["extensions"]["code"].as_str().unwrap_or("none").to_owned())
            .collect()
    }
}
