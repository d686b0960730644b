//! Asking over HTTP: one question, or as many as fit in a time from several clients at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Somebody who asks one thing over and over on connections that stay open.
#[derive(Clone)]
pub struct Asker {
    client: reqwest::Client,
    url: String,
    token: String,
    purpose: String,
    body: Arc<Vec<u8>>,
}

/// What came of asking for a while.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// Good answers a second.
    pub per_second: f64,
    /// How long each good answer took, in microseconds, shortest first.
    pub micros: Vec<u64>,
    /// Answers with an error in them, or none at all.
    pub failed: u64,
}

impl Asker {
    /// Asks this of an endpoint as the bearer of a token.
    pub fn new(url: &str, token: &str, purpose: &str, query: &str, variables: &Value) -> Self {
        foundation::token::install_cryptography();
        let body = json!({ "query": query, "variables": variables }).to_string();
        Self {
            client: reqwest::Client::builder().no_proxy().build().expect("a client"),
            url: url.to_owned(),
            token: token.to_owned(),
            purpose: purpose.to_owned(),
            body: Arc::new(body.into_bytes()),
        }
    }

    /// The same with other variables, on the same connections.
    #[must_use]
    pub fn with(&self, query: &str, variables: &Value) -> Self {
        let body = json!({ "query": query, "variables": variables }).to_string();
        Self {
            body: Arc::new(body.into_bytes()),
            ..self.clone()
        }
    }

    /// The same with a body that somebody else wrote, on the same connections.
    #[must_use]
    pub fn saying(&self, body: Vec<u8>) -> Self {
        Self {
            body: Arc::new(body),
            ..self.clone()
        }
    }

    /// Asks once; the bytes of the answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self) -> Result<Vec<u8>, reqwest::Error> {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .header("samenzicht-purpose", &self.purpose)
            .body(self.body.as_ref().clone());
        Ok(request.send().await?.bytes().await?.to_vec())
    }

    /// Asks once and expects an answer without errors; its data.
    pub async fn data(&self) -> Value {
        let bytes = self.send().await.expect("an answer");
        let mut answer: Value = serde_json::from_slice(&bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)));
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// Asks from so many clients at once for so long.
    pub async fn often(&self, clients: usize, time: Duration) -> Answered {
        let began = Instant::now();
        let asking = (0..clients).map(|_| {
            let asker = self.clone();
            tokio::spawn(async move {
                let (mut micros, mut failed) = (Vec::new(), 0);
                while began.elapsed() < time {
                    let asked = Instant::now();
                    match asker.send().await {
                        Ok(bytes) if !bytes.starts_with(b"{\"errors") && !contains(&bytes, b"\"errors\":[") => {
                            micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
                        }
                        _ => failed += 1,
                    }
                }
                (micros, failed)
            })
        });
        let mut answered = Answered::default();
        for client in futures::future::join_all(asking).await {
            let (micros, failed) = client.expect("a client asks to the end");
            answered.micros.extend(micros);
            answered.failed += failed;
        }
        let seconds = began.elapsed().as_secs_f64();
        answered.per_second = float(answered.micros.len()) / seconds;
        answered.micros.sort_unstable();
        answered
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// A count as a number to reckon with.
pub fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The value below which so many of a hundred are; the values in order.
pub fn share(values: &[u64], of_hundred: usize) -> u64 {
    let place = (values.len() * of_hundred / 100).min(values.len().saturating_sub(1));
    values.get(place).copied().unwrap_or_default()
}

/// The one in the middle.
pub fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
