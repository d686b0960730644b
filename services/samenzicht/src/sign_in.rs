//! How a program without a person signs in: client credentials with `private_key_jwt`.
//!
//! From the issuer's address alone: discovery names the token endpoint, a short-lived assertion
//! signed with the client's own key proves who asks (RFC 7523, NL GOV Assurance profile for OAuth
//! 2.0), and the token is kept until shortly before it expires, so that a long import asks rarely.

use std::time::Duration;

use foundation::token::{Clock, fetchable, install_cryptography, is_loopback};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, CsrfToken, EndpointNotSet, EndpointSet, RequestTokenError, TokenResponse, TokenUrl};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Mutex;

/// The form field with which the demo's command line names an account; see `demo::provider`.
const DEMO_SUBJECT: &str = demo::provider::DEMO_SUBJECT;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is good, in seconds: long enough to arrive.
const ASSERTION_LIFETIME: i64 = 60;
/// A token is replaced this long before it expires.
const HEADROOM: SignedDuration = SignedDuration::from_secs(30);
/// How long one request to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who signs in, and where.
#[derive(Clone)]
pub struct Credentials {
    /// The provider's `iss`; discovery hangs below it.
    pub issuer: String,
    /// The client's `client_id`.
    pub client_id: String,
    /// The client's RSA private key in PEM (PKCS#8).
    pub private_key_pem: String,
    /// The account wanted: for the demo's command line only, `None` for everybody else.
    pub demo_subject: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credentials")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A bearer token and when it ends.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The value for `Authorization: Bearer …`.
    pub secret: String,
    /// From then on it is not accepted any more.
    pub expires_at: Timestamp,
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
}

/// What we use of a provider's description (OpenID Connect Discovery 1.0).
#[derive(Deserialize)]
struct Description {
    issuer: String,
    token_endpoint: String,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
}

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A client that knows its provider and keeps its token fresh.
pub struct SignIn {
    credentials: Credentials,
    client: Client,
    key: EncodingKey,
    kid: String,
    http: reqwest::Client,
    clock: Clock,
    held: Mutex<Option<AccessToken>>,
}

impl SignIn {
    /// Reads the key and asks the issuer for its endpoints; no token yet.
    ///
    /// # Errors
    /// When the key cannot be used, or the issuer does not answer as itself.
    pub async fn discover(credentials: Credentials, clock: Clock) -> Result<Self, SignInError> {
        install_cryptography();
        let refuse = |error: jsonwebtoken::errors::Error| SignInError::Key(error.to_string());
        let key = EncodingKey::from_rsa_pem(credentials.private_key_pem.as_bytes()).map_err(refuse)?;
        let kid = Jwk::from_encoding_key(&key, Algorithm::RS256)
            .and_then(|jwk| jwk.thumbprint(ThumbprintHash::SHA256))
            .map_err(refuse)?;
        let http = http_client(&credentials.issuer)?;
        let endpoint = token_endpoint(&http, &credentials.issuer).await?;
        let client = BasicClient::new(ClientId::new(credentials.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(endpoint);
        Ok(Self {
            credentials,
            client,
            key,
            kid,
            http,
            clock,
            held: Mutex::default(),
        })
    }

    /// A token that is good for a while yet: the one at hand, or a new one.
    ///
    /// # Errors
    /// When the provider does not answer or refuses.
    pub async fn token(&self) -> Result<AccessToken, SignInError> {
        let mut held = self.held.lock().await;
        let now = (self.clock)();
        if let Some(token) = held.as_ref()
            && token.expires_at.duration_since(now) > HEADROOM
        {
            return Ok(token.clone());
        }
        let token = self.ask(now).await?;
        *held = Some(token.clone());
        Ok(token)
    }

    async fn ask(&self, now: Timestamp) -> Result<AccessToken, SignInError> {
        let mut request = self
            .client
            .exchange_client_credentials()
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion(now)?);
        if let Some(subject) = &self.credentials.demo_subject {
            request = request.add_extra_param(DEMO_SUBJECT, subject);
        }
        let given = request
            .request_async(&self.http)
            .await
            .map_err(|error| self.told(error))?;
        // A provider that does not say how long: take the token as good for this use only.
        let lifetime = given.expires_in().unwrap_or_default();
        let expires_at = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        Ok(AccessToken {
            secret: given.access_token().secret().clone(),
            expires_at,
        })
    }

    /// The proof of who asks; new for each request, since a provider takes each only once.
    fn assertion(&self, now: Timestamp) -> Result<String, SignInError> {
        let id = CsrfToken::new_random_len(32);
        let client_id = self.credentials.client_id.as_str();
        let claims = Assertion {
            iss: client_id,
            sub: client_id,
            aud: self.client.token_uri().as_str(),
            iat: now.as_second(),
            exp: now.as_second() + ASSERTION_LIFETIME,
            jti: id.secret(),
        };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|error| SignInError::Key(error.to_string()))
    }

    fn told<E: std::error::Error + 'static>(
        &self,
        error: RequestTokenError<E, oauth2::basic::BasicErrorResponse>,
    ) -> SignInError {
        let address = self.client.token_uri().as_str().to_owned();
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
}

/// A client that follows no redirects: neither an assertion nor a token travels on.
fn http_client(issuer: &str) -> Result<reqwest::Client, SignInError> {
    let address = fetchable(issuer).map_err(SignInError::Address)?;
    let mut client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(&address) {
        client = client.no_proxy();
    }
    client.build().map_err(|error| SignInError::Address(error.to_string()))
}

async fn token_endpoint(http: &reqwest::Client, issuer: &str) -> Result<TokenUrl, SignInError> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let stranger = |reason: String| SignInError::NotTheProvider {
        address: address.clone(),
        reason,
    };
    let answer = http
        .get(&address)
        .send()
        .await
        .map_err(|error| SignInError::Unreachable {
            address: address.clone(),
            reason: error.without_url().to_string(),
        })?;
    if !answer.status().is_success() {
        return Err(stranger(format!("it answered {}", answer.status())));
    }
    let found: Description = answer
        .json()
        .await
        .map_err(|error| stranger(error.without_url().to_string()))?;
    if found.issuer != issuer {
        return Err(stranger(format!("it calls itself {}", found.issuer)));
    }
    let endpoint = fetchable(&found.token_endpoint).map_err(SignInError::Address)?;
    Ok(TokenUrl::from_url(endpoint))
}
