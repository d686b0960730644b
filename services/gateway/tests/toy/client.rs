//! What a caller does: post a query, look at status, headers and body.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Client {
    url: String,
    headers: Vec<(String, String)>,
}

/// An answer, read to the end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Value,
}

impl Client {
    pub fn new(url: String) -> Self {
        Self {
            url,
            headers: Vec::new(),
        }
    }

    /// The same caller with a header more, or another value of it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn post(&self, body: &Value) -> RequestBuilder {
        let mut request = plain().post(&self.url).json(body);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }

    pub async fn ask(&self, query: &str) -> Reply {
        self.ask_with(query, json!({})).await
    }

    pub async fn ask_with(&self, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        Reply::of(self.post(&body).send().await.expect("an answer")).await
    }
}

/// Without proxies: everything is on loopback.
pub fn plain() -> reqwest::Client {
    // Built per call: a pooled connection would outlive the gateway that a test stops.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Reply {
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// The data of an answer that has no errors.
    pub fn data(&self) -> &Value {
        assert_eq!(self.body.get("errors"), None, "{}", self.body);
        &self.body["data"]
    }

    /// The codes of its errors.
    pub fn codes(&self) -> Vec<&str> {
        self.body["errors"]
            .as_array()
            .map(|errors| {
                errors
                    .iter()
                    .map(|error| error["extensions"]["code"].as_str().unwrap_or("none"))
                    .collect()
            })
            .unwrap_or_default()
    }
}
