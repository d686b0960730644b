//! What a provider says of itself (OpenID Connect Discovery 1.0; RFC 8414 in OpenID's place).

use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use super::fetch::{self, Setback};
use super::settings::{fetchable, is_loopback};

/// What we use of a provider's own description. Only the issuer is required; who needs more asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Description {
    /// The `iss` of its tokens; it is the one that was asked for.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
    /// Where a person's browser goes to sign in.
    pub authorization_endpoint: Option<String>,
    /// Where tokens are given.
    pub token_endpoint: Option<String>,
    /// Where tokens are taken back (RFC 7009).
    pub revocation_endpoint: Option<String>,
    /// The methods of PKCE; many providers leave the list out.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// How clients prove who they are.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether an answer to a sign-in names its issuer (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// When the provider says that it is.
    #[serde(skip)]
    pub date: Option<Timestamp>,
}

/// Why there is no description to go by.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DiscoveryError {
    /// The provider's address cannot be used.
    #[error("the address of the sign-in service: {0}")]
    Address(String),
    /// The provider does not answer.
    #[error("the sign-in service at {address} does not answer: {reason}; is it running?")]
    Unreachable {
        /// What was asked.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// What answers is not the provider that was meant.
    #[error("{address} is not the sign-in service that was named: {reason}")]
    NotTheProvider {
        /// What was asked.
        address: String,
        /// What it answered.
        reason: String,
    },
}

/// Asks the issuer for its description. Whatever calls itself by another name is not it, or any tenant of a provider
/// could answer for any other.
///
/// # Errors
/// When the issuer does not answer as itself.
pub async fn describe(client: &reqwest::Client, issuer: &str) -> Result<Description, DiscoveryError> {
    fetchable(issuer).map_err(DiscoveryError::Address)?;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let url = fetchable(&address).map_err(DiscoveryError::Address)?;
    let stranger = |reason: String| DiscoveryError::NotTheProvider {
        address: address.clone(),
        reason,
    };
    let fetched = fetch::json::<Description>(client, url)
        .await
        .map_err(|setback| match setback {
            Setback::Strange(reason) => stranger(reason),
            Setback::Unreachable(reason) => DiscoveryError::Unreachable {
                address: address.clone(),
                reason,
            },
        })?;
    let mut found = fetched.body;
    if found.issuer != issuer {
        return Err(stranger(format!("it calls itself {}", found.issuer)));
    }
    found.date = fetched.date;
    Ok(found)
}

impl Description {
    /// One of its endpoints, as an address that may be fetched. A provider elsewhere does not send us to this machine.
    ///
    /// # Errors
    /// When the description lacks it, or it is no address to go to.
    pub fn endpoint(&self, name: &str, address: Option<&str>) -> Result<Url, DiscoveryError> {
        let wrong = |reason: String| DiscoveryError::NotTheProvider {
            address: self.issuer.clone(),
            reason,
        };
        let address = address.ok_or_else(|| wrong(format!("its description has no {name}")))?;
        let url = fetchable(address).map_err(|reason| wrong(format!("{name}: {reason}")))?;
        let at_home = Url::parse(&self.issuer).is_ok_and(|issuer| is_loopback(&issuer));
        match is_loopback(&url) && !at_home {
            true => Err(wrong(format!("its {name} points to this machine"))),
            false => Ok(url),
        }
    }

    /// Where its keys are.
    ///
    /// # Errors
    /// As [`Description::endpoint`].
    pub fn keys(&self) -> Result<Url, DiscoveryError> {
        self.endpoint("jwks_uri", self.jwks_uri.as_deref())
    }
}
