//! The sections of the configuration as types. What each key means stands in `config.default.toml`.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::secret::DatabaseUrl;
use crate::pseudonym::{KEY_MINIMUM, PseudonymKey};

/// `[database]`: where the data is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// SQLite file or PostgreSQL server.
    pub url: DatabaseUrl,
    /// SQLite: read-only connections beside the one writer.
    pub read_connections: u32,
    /// PostgreSQL: connections per service.
    pub pool_size: u32,
}

/// `[gateway]`: the federated front door.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Address and port of the API.
    pub listen: SocketAddr,
    /// Origins of web pages that may call.
    #[serde(deserialize_with = "list")]
    pub cors_origins: Vec<String>,
    /// Whether the schema may be asked for.
    pub introspection: bool,
    /// Seconds after which one call to a service ends.
    pub subgraph_timeout_seconds: u64,
    /// What one query may be.
    pub limits: QueryLimits,
    /// Where the services are.
    pub subgraphs: Subgraphs,
}

/// `[gateway.limits]`: what one query may be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryLimits {
    /// Deepest nesting.
    pub depth: usize,
    /// Most tokens in the query's text.
    pub tokens: usize,
    /// Most aliases.
    pub aliases: usize,
    /// Most directives.
    pub directives: usize,
    /// Largest body in bytes.
    pub body_bytes: usize,
}

/// `[gateway.subgraphs]`: address of each service as the gateway calls it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subgraphs {
    /// Registry's GraphQL endpoint.
    pub registry: String,
    /// Signals' GraphQL endpoint.
    pub signals: String,
}

/// `[services]`: each service as a process of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// Inspectorates, accounts, parties.
    pub registry: Service,
    /// Signals.
    pub signals: Service,
}

/// `[services.<name>]`: one service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Address and port of its GraphQL endpoint.
    pub listen: SocketAddr,
}

/// `[demo]`: the platform with synthetic data on one machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Address and port of the front door.
    pub listen: SocketAddr,
    /// Address and port of the demo's identity provider.
    pub provider_listen: SocketAddr,
    /// Folder with its database and keys.
    pub data: PathBuf,
}

/// `[client]`: commands that are clients of a running platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The API's address.
    pub api: Option<String>,
    /// The identity provider that issues its tokens.
    pub issuer: Option<String>,
    /// The client that people sign in with.
    pub client_id: String,
    /// Where the browser comes back to, on this machine; a port that is left out is any free one.
    pub redirect: String,
    /// The scopes that people ask for.
    #[serde(deserialize_with = "list")]
    pub scopes: Vec<String>,
    /// What the provider is asked to show a person (`prompt`).
    pub prompt: Option<String>,
    /// To whom programs address the proof of who they are.
    pub assertion_audience: AssertionAudience,
    /// The scopes that programs ask for.
    #[serde(deserialize_with = "list")]
    pub program_scopes: Vec<String>,
    /// The resource that tokens are asked for (RFC 8707).
    pub resource: Option<String>,
    /// Folder with `<account>.pem`.
    pub keys: Option<PathBuf>,
    /// The client id of a program, where it is not its account's name.
    pub client_ids: HashMap<String, String>,
    /// Folder in which people's sign-ins are kept.
    pub sign_ins: Option<PathBuf>,
}

/// To whom a program's assertion is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The token endpoint (NL GOV Assurance profile for OAuth 2.0).
    TokenEndpoint,
    /// The issuer (OpenID Connect Core 1.0 with its later errata).
    Issuer,
}

// By hand, as [`LogFormat`].
impl<'de> Deserialize<'de> for AssertionAudience {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match String::deserialize(from)?.as_str() {
            "token_endpoint" => Ok(Self::TokenEndpoint),
            "issuer" => Ok(Self::Issuer),
            other => Err(D::Error::unknown_variant(other, &["token_endpoint", "issuer"])),
        }
    }
}

/// `[pseudonyms]`: persons told apart without saying who they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pseudonyms {
    /// The secret from which they are made; without it there are none.
    #[serde(deserialize_with = "pseudonym_key")]
    pub key: Option<PseudonymKey>,
}

/// `[log]`: what the process says about itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// A tracing filter, such as `info,signals=debug`.
    pub filter: String,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

// By hand, because the `config` crate's own refusal does not say which values are valid.
impl<'de> Deserialize<'de> for LogFormat {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match String::deserialize(from)?.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(D::Error::unknown_variant(other, &["text", "json"])),
        }
    }
}

/// `[telemetry]`: what the process tells a collector.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The collector's base address; empty sends nothing.
    pub endpoint: String,
    /// The share of requests that are traced, 0 to 1.
    pub sampled: f64,
    /// Seconds between two deliveries of metrics.
    pub metrics_seconds: u64,
}

/// `[retention]`: how what has expired is erased.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Minutes between two rounds.
    pub sweep_minutes: u32,
}

impl Retention {
    /// The time between two rounds.
    pub fn every(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.sweep_minutes))
    }
}

/// `[limits]`: how much one request may ask or bring.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Most items of one import batch, at most 500.
    pub import_batch: u32,
}

/// A secret that is long enough, or none. The error does not repeat it.
fn pseudonym_key<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PseudonymKey>, D::Error> {
    let secret = String::deserialize(from)?;
    if secret.is_empty() {
        return Ok(None);
    }
    let short = || D::Error::custom(format!("a secret of at least {KEY_MINIMUM} characters is needed"));
    PseudonymKey::read(&secret).map(Some).ok_or_else(short)
}

/// A list, or (from the environment) a text with commas.
pub(crate) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct Words;
    impl<'de> Visitor<'de> for Words {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts")
        }
        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(text
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let mut words = Vec::new();
            while let Some(word) = from.next_element()? {
                words.push(word);
            }
            Ok(words)
        }
    }
    from.deserialize_any(Words)
}
