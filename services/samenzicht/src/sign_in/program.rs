//! How a program signs in: client credentials with `private_key_jwt`.
//!
//! From the issuer's address alone: discovery names the token endpoint, a short-lived assertion
//! signed with the client's own key proves who asks (RFC 7523, NL GOV Assurance profile for OAuth
//! 2.0), and the token is kept until shortly before it expires, so that a long import asks rarely.

use foundation::config::AssertionAudience;
use foundation::token::{Clock, describe, install_cryptography};
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, CsrfToken, EndpointNotSet, EndpointSet, Scope, TokenUrl};
use serde::Serialize;
use tokio::sync::Mutex;

use super::{AccessToken, HEADROOM, SignInError, http_client, told};

/// The form field with which the demo's command line names an account; see `demo::provider`.
const DEMO_SUBJECT: &str = demo::provider::DEMO_SUBJECT;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is good, in seconds: long enough to arrive.
const ASSERTION_LIFETIME: i64 = 60;

/// Who signs in, and where.
#[derive(Clone)]
pub struct Credentials {
    /// The provider's `iss`; discovery hangs below it.
    pub issuer: String,
    /// The client's `client_id`.
    pub client_id: String,
    /// The client's RSA private key in PEM (PKCS#8).
    pub private_key_pem: String,
    /// To whom the assertion is addressed.
    pub assertion_audience: AssertionAudience,
    /// The scopes to ask for; most providers need none.
    pub scopes: Vec<String>,
    /// What the token is for (RFC 8707), where the provider wants to be told.
    pub resource: Option<String>,
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
        let found = describe(&http, &credentials.issuer).await?;
        let endpoint = found.endpoint("token_endpoint", found.token_endpoint.as_deref())?;
        let client = BasicClient::new(ClientId::new(credentials.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(endpoint));
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
            .add_scopes(self.credentials.scopes.iter().cloned().map(Scope::new))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion(now)?);
        if let Some(resource) = &self.credentials.resource {
            request = request.add_extra_param("resource", resource);
        }
        if let Some(subject) = &self.credentials.demo_subject {
            request = request.add_extra_param(DEMO_SUBJECT, subject);
        }
        let given = request
            .request_async(&self.http)
            .await
            .map_err(|error| told(self.client.token_uri().as_str(), error))?;
        Ok(AccessToken::of(&given, now))
    }

    /// The proof of who asks; new for each request, since a provider takes each only once.
    fn assertion(&self, now: Timestamp) -> Result<String, SignInError> {
        let id = CsrfToken::new_random_len(32);
        let client_id = self.credentials.client_id.as_str();
        let claims = Assertion {
            iss: client_id,
            sub: client_id,
            aud: match self.credentials.assertion_audience {
                AssertionAudience::TokenEndpoint => self.client.token_uri().as_str(),
                AssertionAudience::Issuer => &self.credentials.issuer,
            },
            iat: now.as_second(),
            exp: now.as_second() + ASSERTION_LIFETIME,
            jti: id.secret(),
        };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|error| SignInError::Key(error.to_string()))
    }
}
