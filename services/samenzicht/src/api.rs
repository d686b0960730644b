//! The platform's API as this client uses it: one GraphQL operation at a time, tried again while trying helps.

use std::collections::HashMap;
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

/// What came of one question of several.
#[derive(Clone, Debug, PartialEq)]
pub enum Each {
    /// Its answer.
    Answered(Value),
    /// It was refused, the others not.
    Refused {
        /// The stable code.
        code: String,
        /// The API's own sentence, with the field that it is about.
        message: String,
    },
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
    path: Vec<Value>,
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
    fn code(&self) -> String {
        self.extensions.code.clone().unwrap_or_else(|| "UNKNOWN".to_owned())
    }

    /// The name of the question that it is about.
    fn question(&self) -> Option<&str> {
        self.path.first().and_then(Value::as_str)
    }

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
        let http = builder(url)?.timeout(patience.limit).build().map_err(no_client)?;
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
        let found = self.patiently(&body, |status, text| read(status, text, field)).await?;
        serde_json::from_value(found).map_err(|error| ApiFault::Unexpected(error.to_string()))
    }

    /// A document that asks several things, each under a name: what was answered to each, and what was refused alone.
    ///
    /// # Errors
    /// As [`Api::call`], when it is refused as a whole.
    pub async fn each(&self, body: String) -> Result<HashMap<String, Each>, ApiFault> {
        self.patiently(&body, each).await
    }

    /// Tries again while trying helps.
    async fn patiently<T>(
        &self,
        body: &str,
        read: impl Fn(StatusCode, &str) -> Result<T, Setback>,
    ) -> Result<T, ApiFault> {
        let mut pause = self.patience.first_pause;
        let mut renew = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let reason = match self
                .once(body, renew)
                .await
                .and_then(|(status, text)| read(status, &text))
            {
                Ok(found) => return Ok(found),
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

    async fn once(&self, body: &str, renew: bool) -> Result<(StatusCode, String), Setback> {
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
        let answer = request
            .send()
            .await
            .map_err(|error| Setback::Passing(with_causes(&error)))?;
        let status = answer.status();
        let text = answer
            .text()
            .await
            .map_err(|error| Setback::Passing(with_causes(&error)))?;
        Ok((status, text))
    }
}

/// A client without a limit on a whole answer, which may be of any size: it may be silent so long.
///
/// # Errors
/// When the address cannot be used.
pub fn client(url: &str, silence: Duration) -> Result<reqwest::Client, ApiFault> {
    let http = builder(url)?.connect_timeout(silence).read_timeout(silence);
    http.build().map_err(no_client)
}

fn no_client(error: reqwest::Error) -> ApiFault {
    ApiFault::Address(format!("no client could be made: {error}"))
}

/// A token travels over https, or stays on this machine; and not on to where an answer points.
fn builder(url: &str) -> Result<reqwest::ClientBuilder, ApiFault> {
    let address = fetchable(url)
        .map_err(|reason| ApiFault::Address(format!("the API's address cannot be used: {reason} (--api)")))?;
    install_cryptography();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    Ok(if is_loopback(&address) { http.no_proxy() } else { http })
}

fn parsed(status: StatusCode, text: &str) -> Result<Answer, Setback> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT {
        return Err(Setback::Passing(format!("HTTP {status}")));
    }
    serde_json::from_str(text).map_err(|_| {
        let fault = ApiFault::Unexpected(format!("HTTP {status} without a GraphQL answer; look at --api"));
        Setback::Lasting(fault)
    })
}

/// What the errors of an answer mean for all of it.
fn setback(status: StatusCode, errors: &[&AnswerError]) -> Option<Setback> {
    let error = errors.first()?;
    let code = error.code();
    if passes(&code) {
        return Some(Setback::Passing(format!("{code}: {}", error.message)));
    }
    let sentences: Vec<String> = errors.iter().map(|error| error.sentence()).collect();
    let fault = ApiFault::Refused {
        code,
        message: sentences.join(" "),
    };
    Some(if status == StatusCode::UNAUTHORIZED {
        Setback::Token(fault)
    } else {
        Setback::Lasting(fault)
    })
}

fn read(status: StatusCode, text: &str, field: &str) -> Result<Value, Setback> {
    let answer = parsed(status, text)?;
    if let Some(setback) = setback(status, &Vec::from_iter(&answer.errors)) {
        return Err(setback);
    }
    match answer.data.and_then(|mut data| data.get_mut(field).map(Value::take)) {
        Some(found) => Ok(found),
        None => Err(Setback::Lasting(ApiFault::Unexpected(format!(
            "HTTP {status} without `{field}`"
        )))),
    }
}

/// What concerns one question is its answer; what concerns the caller, or passes, concerns them all.
fn each(status: StatusCode, text: &str) -> Result<HashMap<String, Each>, Setback> {
    let answer = parsed(status, text)?;
    let of_all = |error: &&AnswerError| error.question().is_none() || passes(&error.code()) || of_caller(&error.code());
    let whole: Vec<&AnswerError> = answer.errors.iter().filter(of_all).collect();
    if let Some(setback) = setback(status, &whole) {
        return Err(setback);
    }
    let Some(Value::Object(data)) = answer.data else {
        let fault = ApiFault::Unexpected(format!("HTTP {status} without data"));
        return Err(Setback::Lasting(fault));
    };
    let mut found: HashMap<String, Each> = data
        .into_iter()
        .map(|(name, value)| (name, Each::Answered(value)))
        .collect();
    for error in &answer.errors {
        if let Some(name) = error.question() {
            let refusal = Each::Refused {
                code: error.code(),
                message: error.sentence(),
            };
            found.insert(name.to_owned(), refusal);
        }
    }
    Ok(found)
}

/// What is refused to the caller whatever is asked.
fn of_caller(code: &str) -> bool {
    code == "FORBIDDEN"
        || ["PURPOSE_", "ACCOUNT_", "TOKEN_"]
            .iter()
            .any(|begin| code.starts_with(begin))
}

/// Faults of the platform's own, which pass.
pub fn passes(code: &str) -> bool {
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
pub fn with_causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
