//! What a token says, checked after its signature.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Number;

use super::settings::Issuer;
use super::{Refusal, Verified};

/// The longest `sub` (OpenID Connect Core, section 2).
const MAX_SUBJECT_CHARS: usize = 255;
/// The last second of the year 9999: a time after it is a mistake.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// The claims that we use (NL GOV Assurance profile for OAuth 2.0, RFC 9068); the others are not read.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Option<Audience>,
    azp: Option<String>,
    /// RFC 9068's name for what NL GOV calls `azp`.
    client_id: Option<String>,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &HashSet<String>) -> bool {
        match self {
            Self::One(name) => wanted.contains(name),
            Self::Several(names) => names.iter().any(|name| wanted.contains(name)),
        }
    }
}

impl Claims {
    /// Turns claims with a good signature into a caller. `now` and `leeway` in seconds.
    pub fn accept(self, issuer: &Issuer, now: i64, leeway: i64) -> Result<Verified, Refusal> {
        if self.iss != issuer.issuer {
            return Err(Refusal::WrongIssuer);
        }
        if !self.aud.as_ref().is_some_and(|aud| aud.names(&issuer.audiences)) {
            return Err(Refusal::WrongAudience);
        }
        let party = self.party(&issuer.authorised_parties)?;
        let expires = self.check_times(now, leeway)?;
        if self.sub.is_empty() || self.sub.chars().count() > MAX_SUBJECT_CHARS || self.sub.chars().any(char::is_control)
        {
            return Err(Refusal::Malformed);
        }
        Ok(Verified {
            issuer: self.iss,
            subject: self.sub,
            authorised_party: party,
            token_id: self.jti,
            expires_at: expires.saturating_mul(1_000_000),
        })
    }

    fn party(&self, allowed: &HashSet<String>) -> Result<Option<String>, Refusal> {
        let party = match (&self.azp, &self.client_id) {
            (Some(azp), Some(client)) if azp != client => return Err(Refusal::WrongParty),
            (azp, client) => azp.as_ref().or(client.as_ref()),
        };
        match party {
            _ if allowed.is_empty() => Ok(party.cloned()),
            Some(name) if allowed.contains(name) => Ok(party.cloned()),
            _ => Err(Refusal::WrongParty),
        }
    }

    /// Returns `exp` in seconds when the token is valid now.
    fn check_times(&self, now: i64, leeway: i64) -> Result<i64, Refusal> {
        let expires = seconds(&self.exp)?;
        if now >= expires.saturating_add(leeway) {
            return Err(Refusal::Expired);
        }
        for begin in [&self.nbf, &self.iat].into_iter().flatten() {
            if seconds(begin)? > now.saturating_add(leeway) {
                return Err(Refusal::NotYetValid);
            }
        }
        Ok(expires)
    }
}

/// A NumericDate (RFC 7519), whole seconds.
fn seconds(number: &Number) -> Result<i64, Refusal> {
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        Some(value) if (0.0..=MAX_SECONDS).contains(&value) => Ok(value.floor() as i64),
        _ => Err(Refusal::Malformed),
    }
}
