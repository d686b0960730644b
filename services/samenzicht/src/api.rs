//! The platform's API as this client uses it: one GraphQL operation at a time, tried again while trying helps.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use foundation::token::{fetchable, install_cryptography, is_loopback};
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::stop::Stop;

/// Where the client's access tokens come from.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid now; with `renew` a new one, because the last was refused.
    async fn token(&self, renew: bool) -> Result<String, String>;
}

/// How often and how patiently a call is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries in all.
    pub tries: u32,
    /// Pause after the first; each further one is twice as long, 30 seconds at most.
    pub first_pause: Duration,
    /// How long one try may take.
    pub limit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 8,
            first_pause: Duration::from_millis(500),
            limit: Duration::from_secs(60),
        }
    }
}

/// Why a call failed for good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiFault {
    /// The API refused it: a stable code and a sentence with the mend.
    #[error("the API refuses: {message}")]
    Refused {
        /// The stable code.
        code: String,
        /// The API's own sentences, each with the field that it is about.
        message: String,
    },
    /// The API could not be reached, or failed each time.
    #[error(
        "the API at {url} failed {tries} times, last: {reason}. Look whether it runs, then run the same command again"
    )]
    Unreachable {
        /// Its address.
        url: String,
        /// How often it was tried.
        tries: u32,
        /// What happened the last time.
        reason: String,
    },
    /// No token could be had.
    #[error("signing in failed: {0}")]
    SignIn(String),
    /// The address cannot be used.
    #[error("{0}")]
    Address(String),
    /// The API answered something else than agreed.
    #[error("the API's answer is not as agreed: {0}. Is this client of the same version?")]
    Unexpected(String),
}

impl ApiFault {
    /// The stable code for people and scripts.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Unreachable { .. } => "API_UNREACHABLE",
            Self::SignIn(_) => "SIGN_IN_FAILED",
            Self::Address(_) => "API_ADDRESS",
            Self::Unexpected(_) => "API_ANSWER",
        }
    }
}

/// The API under one purpose; an empty one is none, under which only `me` and `purposes` answer.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    url: String,
    purpose: String,
    tokens: Arc<dyn TokenSource>,
    patience: Patience,
    stop: Stop,
}

/// Why one try failed.
enum Setback {
    /// Trying again may help.
    Passing(String),
    /// The token is no longer good.
    Token(ApiFault),
    /// Trying again does not help.
    Lasting(ApiFault),
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

impl AnswerError {
    fn sentence(&self) -> String {
        match &self.extensions.field {
            Some(field) => format!("{field}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl Api {
    /// A client of the API at this address. A token travels over https, or stays on this machine.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(
        url: &str,
        purpose: &str,
        tokens: Arc<dyn TokenSource>,
        patience: Patience,
        stop: Stop,
    ) -> Result<Self, ApiFault> {
        let address = fetchable(url)
            .map_err(|reason| ApiFault::Address(format!("the API's address cannot be used: {reason} (--api)")))?;
        install_cryptography();
        // A token does not travel on to where an answer points.
        let redirects = reqwest::redirect::Policy::none();
        let mut http = reqwest::Client::builder().timeout(patience.limit).redirect(redirects);
        if is_loopback(&address) {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| ApiFault::Address(format!("no client could be made: {error}")))?;
        Ok(Self {
            http,
            url: url.to_owned(),
            purpose: purpose.to_owned(),
            tokens,
            patience,
            stop,
        })
    }

    /// Runs one operation and reads the one field of its answer.
    ///
    /// # Errors
    /// When it is refused, or has failed too often.
    pub async fn call<T: DeserializeOwned>(&self, query: &str, variables: Value, field: &str) -> Result<T, ApiFault> {
        self.send(json!({ "query": query, "variables": variables }).to_string(), field)
            .await
    }

    /// The same with a body that is ready.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn send<T: DeserializeOwned>(&self, body: String, field: &str) -> Result<T, ApiFault> {
        let mut pause = self.patience.first_pause;
        let mut renew = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let reason = match self.once(&body, field, renew).await {
                Ok(found) => {
                    return serde_json::from_value(found).map_err(|error| ApiFault::Unexpected(error.to_string()));
                }
                Err(Setback::Token(_)) if !renew => {
                    renew = true;
                    continue;
                }
                Err(Setback::Token(fault) | Setback::Lasting(fault)) => return Err(fault),
                Err(Setback::Passing(reason)) => reason,
            };
            renew = false;
            if tries >= self.patience.tries || self.stop.is_requested() {
                return Err(ApiFault::Unreachable {
                    url: self.url.clone(),
                    tries,
                    reason,
                });
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.requested() => {}
            }
            pause = (pause * 2).min(Duration::from_secs(30));
        }
    }

    async fn once(&self, body: &str, field: &str, renew: bool) -> Result<Value, Setback> {
        let token = self
            .tokens
            .token(renew)
            .await
            .map_err(|reason| Setback::Lasting(ApiFault::SignIn(reason)))?;
        let mut request = self.http.post(&self.url).bearer_auth(token);
        if !self.purpose.is_empty() {
            request = request.header("Samenzicht-Purpose", &self.purpose);
        }
        let request = request
            .header("Accept-Language", "en")
            .header("Accept", "application/graphql-response+json, application/json")
            .header("Content-Type", "application/json")
            .body(body.to_owned());
        let answer = request.send().await.map_err(|error| Setback::Passing(chain(&error)))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| Setback::Passing(chain(&error)))?;
        read(status, &text, field)
    }
}

fn read(status: StatusCode, text: &str, field: &str) -> Result<Value, Setback> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT {
        return Err(Setback::Passing(format!("HTTP {status}")));
    }
    let Ok(answer) = serde_json::from_str::<Answer>(text) else {
        let fault = ApiFault::Unexpected(format!("HTTP {status} without a GraphQL answer; look at --api"));
        return Err(Setback::Lasting(fault));
    };
    if let Some(error) = answer.errors.first() {
        let code = error.extensions.code.clone().unwrap_or_else(|| "UNKNOWN".to_owned());
        if passes(&code) {
            return Err(Setback::Passing(format!("{code}: {}", error.message)));
        }
        let sentences: Vec<String> = answer.errors.iter().map(AnswerError::sentence).collect();
        let fault = ApiFault::Refused {
            code,
            message: sentences.join(" "),
        };
        return Err(if status == StatusCode::UNAUTHORIZED {
            Setback::Token(fault)
        } else {
            Setback::Lasting(fault)
        });
    }
    match answer.data.and_then(|mut data| data.get_mut(field).map(Value::take)) {
        Some(found) => Ok(found),
        None => Err(Setback::Lasting(ApiFault::Unexpected(format!(
            "HTTP {status} without `{field}`"
        )))),
    }
}

/// Faults of the platform's own, which pass.
fn passes(code: &str) -> bool {
    let own = [
        "INTERNAL",
        "TIMEOUT",
        "BUSY",
        "LOG_UNAVAILABLE",
        "STORE_UNAVAILABLE",
        "OUTCOME_UNKNOWN",
        "SERVICE_UNAVAILABLE",
        "TOKEN_UNVERIFIABLE",
    ];
    own.contains(&code)
}

/// An error with what caused it; the library's own text leaves that out.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
