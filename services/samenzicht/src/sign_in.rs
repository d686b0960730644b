//! How a command gets its tokens: as a program with a key of its own ([`program`]), or as a person whose browser signed
//! in ([`person`]). Both know their provider by its issuer alone: the rest is discovered.

pub mod kept;
mod loopback;
pub mod person;
mod program;

use std::path::PathBuf;
use std::time::Duration;

use foundation::token::{DiscoveryError, fetchable, provider_client};
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicErrorResponse, BasicTokenResponse};
use oauth2::{RequestTokenError, TokenResponse};
use thiserror::Error;

pub use program::{Credentials, SignIn};

/// A token is replaced this long before it expires.
const HEADROOM: SignedDuration = SignedDuration::from_secs(30);
/// How long one request to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bearer token and when it ends.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The value for `Authorization: Bearer …`.
    pub secret: String,
    /// From then on it is not accepted any more.
    pub expires_at: Timestamp,
}

impl AccessToken {
    fn of(given: &BasicTokenResponse, now: Timestamp) -> Self {
        // A provider that does not say how long: take the token as good for this use only.
        let lifetime = given.expires_in().unwrap_or_default();
        Self {
            secret: given.access_token().secret().clone(),
            expires_at: now.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
        }
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "AccessToken(until {})", self.expires_at)
    }
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The provider's address cannot be used.
    #[error("the address of the sign-in service: {0}")]
    Address(String),
    /// The private key cannot be used.
    #[error("the client's private key must be RSA in PEM (PKCS#8): {0}")]
    Key(String),
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
    /// The provider refuses.
    #[error("the sign-in service refuses ({code}): {description}")]
    Refused {
        /// Its OAuth error code, such as `invalid_client`.
        code: String,
        /// Its explanation.
        description: String,
    },
    /// The browser cannot come back.
    #[error("client.redirect: {0}")]
    Redirect(String),
    /// The browser did not come back.
    #[error("nobody signed in within {0} seconds: run `samenzicht sign-in` again")]
    TooLate(u64),
    /// Nobody is signed in.
    #[error("nobody is signed in here: run `samenzicht sign-in`, or name a program's account with --as")]
    Nobody,
    /// The sign-in cannot be renewed any more.
    #[error("your sign-in has ended ({0}): run `samenzicht sign-in` again")]
    Ended(String),
    /// The place where sign-ins are kept cannot be used.
    #[error("{path}: {reason}")]
    Kept {
        /// The file.
        path: PathBuf,
        /// What is wrong, and how to mend it.
        reason: String,
    },
}

impl From<DiscoveryError> for SignInError {
    fn from(error: DiscoveryError) -> Self {
        match error {
            DiscoveryError::Address(reason) => Self::Address(reason),
            DiscoveryError::Unreachable { address, reason } => Self::Unreachable { address, reason },
            DiscoveryError::NotTheProvider { address, reason } => Self::NotTheProvider { address, reason },
        }
    }
}

/// A client that follows no redirects: neither an assertion nor a token travels on.
fn http_client(issuer: &str) -> Result<reqwest::Client, SignInError> {
    let address = fetchable(issuer).map_err(SignInError::Address)?;
    provider_client(&address, PATIENCE).map_err(SignInError::Address)
}

/// What the provider's token endpoint said instead of giving a token.
fn told<E: std::error::Error + 'static>(
    endpoint: &str,
    error: RequestTokenError<E, BasicErrorResponse>,
) -> SignInError {
    let address = endpoint.to_owned();
    match error {
        RequestTokenError::ServerResponse(answer) => SignInError::Refused {
            code: answer.error().as_ref().to_owned(),
            description: answer.error_description().cloned().unwrap_or_default(),
        },
        RequestTokenError::Request(error) => SignInError::Unreachable {
            address,
            reason: error.to_string(),
        },
        RequestTokenError::Parse(error, _) => SignInError::NotTheProvider {
            address,
            reason: error.to_string(),
        },
        RequestTokenError::Other(reason) => SignInError::NotTheProvider { address, reason },
    }
}
