//! Who calls: the one place where an access token becomes a caller.
//!
//! [`Verifier::verify`] reads the `Authorization` header and nothing else, checks the token against
//! an explicit list of issuers, audiences, algorithms and clients, and fetches the issuers' keys as
//! they rotate. It says *who* calls; what they may do is never read from a token but from the
//! database. Rules: NL GOV Assurance profile for OAuth 2.0 1.1, RFC 8725, RFC 9068, RFC 6750.
//!
//! Start reading at [`Verifier::verify_token`]; the refusals are in [`Refusal`].

mod claims;
mod discovery;
mod examination;
mod fetch;
mod header;
mod jwks;
mod refusal;
mod settings;

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use claims::Claims;
use jwks::KeyCache;
use settings::{ACCESS_TOKEN, Issuer};

pub use discovery::{Description, DiscoveryError, describe};
pub use examination::{Finding, examine};
pub use fetch::provider_client;
pub use refusal::Refusal;
pub use settings::{ClaimNames, IssuerSettings, KeySettings, SettingsError, TokenSettings, fetchable, is_loopback};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Where "now" comes from: the system's clock at the edge, a clock set by hand in tests.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the machine.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// Chooses aws-lc as the one source of cryptography for tokens and TLS; harmless when repeated.
///
/// The router brings `jsonwebtoken` with a second implementation compiled in. With two of them the
/// library panics at first use unless one is chosen, so a binary calls this first thing.
pub fn install_cryptography() {
    // An error says that the choice was made before: that is what is wanted.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// A caller whose token is good. Made by [`Verifier`] only in production code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// `iss`: who says so.
    pub issuer: String,
    /// `sub`: who calls, unique within the issuer.
    pub subject: String,
    /// `azp`: the client that asked for the token.
    pub authorised_party: Option<String>,
    /// `jti`: the token's own id.
    pub token_id: Option<String>,
    /// `exp`: microseconds since 1970.
    pub expires_at: i64,
}

/// Checks access tokens; clones share their keys.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
}

struct Shared {
    issuers: Vec<(Issuer, Arc<KeyCache>)>,
    leeway_seconds: i64,
    clock: Clock,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issuers = self.shared.issuers.iter().map(|(issuer, _)| &issuer.issuer);
        out.debug_list().entries(issuers).finish()
    }
}

impl Verifier {
    /// Checks the settings; fetches nothing yet.
    ///
    /// # Errors
    /// The first setting that cannot be used, by key.
    pub fn new(settings: TokenSettings) -> Result<Self, SettingsError> {
        Self::with_clock(settings, system_clock())
    }

    /// As [`Verifier::new`], with times of one's own choosing.
    ///
    /// # Errors
    /// The first setting that cannot be used, by key.
    pub fn with_clock(settings: TokenSettings, clock: Clock) -> Result<Self, SettingsError> {
        install_cryptography();
        let leeway_seconds = i64::try_from(settings.leeway_seconds).unwrap_or(i64::MAX);
        let issuers = settings::check(&settings)?;
        if issuers.is_empty() {
            return Err(SettingsError {
                key: "issuers".into(),
                mend: "name at least one issuer, or nobody can sign in".into(),
            });
        }
        let issuers = issuers
            .into_iter()
            .map(|issuer| {
                let keys = KeyCache::new(&issuer, settings.keys, clock.clone())?;
                Ok((issuer, Arc::new(keys)))
            })
            .collect::<Result<_, SettingsError>>()?;
        Ok(Self {
            shared: Arc::new(Shared {
                issuers,
                leeway_seconds,
                clock,
            }),
        })
    }

    /// Checks the one bearer token of a request. Needs a tokio runtime (keys may have to be fetched).
    ///
    /// # Errors
    /// Why there is no caller.
    pub async fn verify(&self, headers: &HeaderMap) -> Result<Verified, Refusal> {
        match header::bearer(headers) {
            Ok(token) => self.verify_token(token).await,
            Err(refusal) => Err(refused(refusal)),
        }
    }

    /// Checks a token that did not come in a header, such as that of a WebSocket's `connection_init`.
    ///
    /// # Errors
    /// Why there is no caller.
    pub async fn verify_token(&self, token: &str) -> Result<Verified, Refusal> {
        self.check(token).await.map_err(refused)
    }

    async fn check(&self, token: &str) -> Result<Verified, Refusal> {
        if token.is_empty() {
            return Err(Refusal::Malformed);
        }
        let (header, claimed_issuer) = header::unchecked(token)?;
        let (issuer, keys) = self.issuer(&claimed_issuer)?;
        if !issuer.token_types.contains(&header.kind()) {
            return Err(Refusal::WrongType);
        }
        let algorithm: Algorithm = header.alg.parse().map_err(|_| Refusal::AlgorithmRefused)?;
        if !issuer.algorithms.contains(&algorithm) {
            return Err(Refusal::AlgorithmRefused);
        }
        let key = keys.find(header.kid()?, algorithm).await?;
        let claims = signed_claims(token, key.decoding_key(), algorithm)?;
        let now = (self.shared.clock)().as_second();
        let verified = claims.accept(issuer, now, self.shared.leeway_seconds)?;
        if header.kind() != ACCESS_TOKEN && addressed_to_its_client(issuer, &verified) {
            return Err(Refusal::WrongType);
        }
        Ok(verified)
    }

    fn issuer(&self, claimed: &str) -> Result<(&Issuer, &Arc<KeyCache>), Refusal> {
        let mut issuers = self.shared.issuers.iter();
        let (issuer, keys) = issuers
            .find(|(issuer, _)| issuer.issuer == claimed)
            .ok_or(Refusal::WrongIssuer)?;
        Ok((issuer, keys))
    }
}

/// Whether a token whose header does not say what it is may be an identity token: that is addressed to the client that
/// asked for it, so of an access token we must know that it is not.
fn addressed_to_its_client(issuer: &Issuer, token: &Verified) -> bool {
    let client = token.authorised_party.as_ref();
    client.is_none_or(|client| issuer.audiences.contains(client))
}

fn refused(refusal: Refusal) -> Refusal {
    tracing::debug!(code = refusal.code(), reason = %refusal, "token refused");
    refusal
}

/// Checks the signature and nothing else: the claims are checked by [`Claims::accept`], on our clock.
fn signed_claims(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Claims, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match jsonwebtoken::decode::<Claims>(token, key, &validation) {
        Ok(decoded) => Ok(decoded.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::Json(_) | ErrorKind::Base64(_) | ErrorKind::Utf8(_) => Refusal::Malformed,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => Refusal::AlgorithmRefused,
            _ => Refusal::BadSignature,
        }),
    }
}
