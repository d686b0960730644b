//! How a case system proves who it is: `private_key_jwt` (RFC 7523, NL GOV Assurance profile for
//! OAuth 2.0).

use std::collections::HashMap;
use std::sync::Mutex;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::answer::{OAuthError, Parameters};
use super::parties::{Client, Parties};

/// The one type of assertion.
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion may live, in seconds.
const MAX_LIFETIME: i64 = 600;
/// How much clocks may differ, in seconds.
const LEEWAY: i64 = 30;
/// The fewest characters that can hold 128 bits, and the most that we remember.
const JTI_CHARS: std::ops::RangeInclusive<usize> = 22..=256;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claimed {
    sub: String,
}

/// Checks assertions and remembers their ids until they have expired.
#[derive(Default)]
pub(super) struct Assertions {
    /// (client, jti) → when it may be forgotten, in seconds since 1970.
    used: Mutex<HashMap<(String, String), i64>>,
}

impl Assertions {
    /// The client that the assertion of this form proves. `endpoint` is the token endpoint, `now` in
    /// seconds.
    pub fn client<'a>(
        &self,
        form: &Parameters,
        parties: &'a Parties,
        endpoint: &str,
        now: i64,
    ) -> Result<(String, &'a Client), OAuthError> {
        if form.get("client_assertion_type") != Some(TYPE) {
            let sentence = format!("sign in with private_key_jwt: client_assertion_type={TYPE}");
            return Err(OAuthError::invalid_client(sentence));
        }
        let assertion = form
            .get("client_assertion")
            .ok_or_else(|| OAuthError::invalid_client("client_assertion is missing"))?;
        let (client_id, client) = claimed(assertion, parties)?;
        if form.get("client_id").is_some_and(|id| id != client_id) {
            return Err(OAuthError::invalid_client("client_id is not the assertion's sub"));
        }
        let key = match client {
            Client::System { key, .. } | Client::CommandLine { key } => key,
            Client::Person { .. } => {
                return Err(OAuthError::invalid_client("this client has no key"));
            }
        };
        let claims = signed(assertion, key)?;
        claims.check(endpoint, now)?;
        self.use_once(&claims, now)?;
        Ok((client_id, client))
    }

    fn use_once(&self, claims: &Claims, now: i64) -> Result<(), OAuthError> {
        let mut used = self.used.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        used.retain(|_, forget_at| *forget_at >= now);
        let id = (claims.sub.clone(), claims.jti.clone());
        if used.insert(id, claims.exp + LEEWAY).is_some() {
            return Err(OAuthError::invalid_client(
                "this assertion was used before: its jti is known",
            ));
        }
        Ok(())
    }
}

impl Claims {
    fn check(&self, endpoint: &str, now: i64) -> Result<(), OAuthError> {
        let for_us = match &self.aud {
            Audience::One(aud) => aud == endpoint,
            Audience::Several(all) => matches!(&all[..], [aud] if aud == endpoint),
        };
        let refuse = |sentence: &str| Err(OAuthError::invalid_client(sentence));
        if self.iss != self.sub {
            return refuse("iss and sub must both be the client_id");
        }
        if !for_us {
            return refuse("aud must be the token endpoint and nothing else");
        }
        if now >= self.exp.saturating_add(LEEWAY) {
            return refuse("the assertion has expired");
        }
        if self.exp > now + MAX_LIFETIME + LEEWAY {
            return refuse("exp lies more than ten minutes ahead");
        }
        if self.iat > now + LEEWAY || self.nbf.is_some_and(|nbf| nbf > now + LEEWAY) {
            return refuse("iat or nbf lies in the future");
        }
        if !JTI_CHARS.contains(&self.jti.len()) {
            return refuse("jti must hold at least 128 random bits: 22 to 256 characters");
        }
        Ok(())
    }
}

/// Which client the assertion claims to be of; nothing is believed yet.
fn claimed<'a>(assertion: &str, parties: &'a Parties) -> Result<(String, &'a Client), OAuthError> {
    let unreadable = |_| OAuthError::invalid_client("client_assertion is not a JWT");
    let claimed: Claimed = jsonwebtoken::dangerous::insecure_decode_claims(assertion).map_err(unreadable)?;
    let client = parties.client(&claimed.sub).ok_or_else(unknown_client)?;
    Ok((claimed.sub, client))
}

fn signed(assertion: &str, key: &DecodingKey) -> Result<Claims, OAuthError> {
    let refuse = |sentence: &str| OAuthError::invalid_client(sentence);
    let header = jsonwebtoken::decode_header(assertion)
        .map_err(|_| refuse("client_assertion is not a JWT signed with RS256 or PS256"))?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::PS256) {
        return Err(refuse("sign the assertion with RS256 or PS256"));
    }
    if header.crit.is_some() {
        return Err(refuse("crit is not supported in the assertion's header"));
    }
    let mut validation = Validation::new(header.alg);
    // The times and the audience are checked on our own clock and more strictly, in `Claims::check`.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode::<Claims>(assertion, key, &validation).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::Json(reason) => {
            OAuthError::invalid_client(format!("the assertion's claims: {reason}"))
        }
        _ => refuse("the assertion's signature is not that of the client's key"),
    })?;
    Ok(decoded.claims)
}

pub(super) fn unknown_client() -> OAuthError {
    OAuthError::invalid_client("this client is not known here")
}
