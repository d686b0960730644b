//! Asking a provider: one GET, bounded in time and size, that follows no redirect.

use std::time::Duration;

use http::header::{ACCEPT, DATE};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;

use super::settings::is_loopback;

/// The largest answer that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// A client for the provider at this address. It follows no redirects: what is asked and what is sent stays there.
///
/// # Errors
/// When this machine has no usable certificates.
pub fn provider_client(address: &Url, timeout: Duration) -> Result<reqwest::Client, String> {
    super::install_cryptography();
    let mut client = reqwest::Client::builder()
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        // A kept connection would belong to the runtime that opened it; fetches are rare.
        .pool_max_idle_per_host(0);
    if is_loopback(address) {
        client = client.no_proxy();
    }
    client
        .build()
        .map_err(|error| format!("no TLS client can be made, check the certificates of this machine: {error}"))
}

/// What a provider answered.
pub(super) struct Fetched<T> {
    pub body: T,
    /// When the provider says that it is.
    pub date: Option<Timestamp>,
}

/// Why there is no answer.
pub(super) enum Setback {
    /// Nobody answers.
    Unreachable(String),
    /// Something else answers than was meant.
    Strange(String),
}

impl From<Setback> for String {
    fn from(setback: Setback) -> Self {
        match setback {
            Setback::Unreachable(reason) | Setback::Strange(reason) => reason,
        }
    }
}

/// Fetches a JSON document.
pub(super) async fn json<T: DeserializeOwned>(client: &reqwest::Client, address: Url) -> Result<Fetched<T>, Setback> {
    let unreachable = |error: reqwest::Error| Setback::Unreachable(chain(error.without_url()));
    let asked = client
        .get(address)
        .header(ACCEPT, "application/json, application/jwk-set+json");
    let mut answer = asked.send().await.map_err(unreachable)?;
    if answer.status() != http::StatusCode::OK {
        return Err(Setback::Strange(format!("it answered {}", answer.status())));
    }
    let date = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
    let date = date
        .and_then(|text| jiff::fmt::rfc2822::parse(text).ok())
        .map(|date| date.timestamp());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Setback::Strange(format!("its answer is larger than {MAX_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    let body = serde_json::from_slice(&body).map_err(|error| Setback::Strange(error.to_string()))?;
    Ok(Fetched { body, date })
}

/// An error with what caused it; the library's own text leaves that out.
fn chain(error: reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
