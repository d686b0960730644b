//! The tokens that the provider gives out.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::key_pair::{KeyError, KeyPair, random_text};

/// The audience of access tokens: the platform.
pub(super) const AUDIENCE: &str = "samenzicht";

/// What an access token says (RFC 9068, NL GOV Assurance profile for OAuth 2.0).
#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    azp: &'a str,
    client_id: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

/// What an identity token says (OpenID Connect Core, section 2). It is for the client only.
#[derive(Serialize)]
struct IdentityClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    azp: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// For whom and for how long.
pub(super) struct Issue<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub client_id: &'a str,
    pub now: Timestamp,
    pub lifetime: Duration,
}

impl Issue<'_> {
    fn expires(&self) -> i64 {
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        self.now.as_second().saturating_add(lifetime)
    }

    pub fn access_token(&self, key: &KeyPair) -> Result<String, KeyError> {
        let now = self.now.as_second();
        let claims = AccessClaims {
            iss: self.issuer,
            sub: self.subject,
            aud: AUDIENCE,
            azp: self.client_id,
            client_id: self.client_id,
            iat: now,
            nbf: now,
            exp: self.expires(),
            jti: random_text()?,
        };
        key.sign("at+jwt", &claims)
    }

    pub fn identity_token(&self, key: &KeyPair, nonce: Option<&str>, chosen_at: Timestamp) -> Result<String, KeyError> {
        let claims = IdentityClaims {
            iss: self.issuer,
            sub: self.subject,
            aud: self.client_id,
            azp: self.client_id,
            iat: self.now.as_second(),
            exp: self.expires(),
            auth_time: chosen_at.as_second(),
            nonce,
        };
        key.sign("JWT", &claims)
    }
}
