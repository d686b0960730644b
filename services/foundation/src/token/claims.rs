//! What a token says, checked after its signature.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::settings::{ClaimNames, Issuer};
use super::{Refusal, Verified};

/// The longest `sub` (OpenID Connect Core, section 2).
const MAX_SUBJECT_CHARS: usize = 255;
/// The last second of the year 9999: a time after it is a mistake.
const MAX_SECONDS: f64 = 253_402_300_799.0;
/// Claims that only identity tokens have (OpenID Connect Core, section 3.3.2.11).
const OF_IDENTITY_TOKENS: [&str; 2] = ["at_hash", "c_hash"];

/// All claims by name (NL GOV Assurance profile for OAuth 2.0, RFC 9068); those that we do not use are not read.
///
/// A name that stands there twice is refused: parsers differ on which one counts, so neither does.
pub(super) struct Claims(HashMap<String, Value>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Claims;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the claims of a token")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Claims, A::Error> {
                let mut claims = HashMap::new();
                while let Some((name, value)) = from.next_entry()? {
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim stands there twice"));
                    }
                }
                Ok(Claims(claims))
            }
        }
        from.deserialize_map(Once)
    }
}

impl Claims {
    /// Turns claims with a good signature into a caller. `now` and `leeway` in seconds.
    pub fn accept(&self, issuer: &Issuer, now: i64, leeway: i64) -> Result<Verified, Refusal> {
        if self.required("iss")? != issuer.issuer {
            return Err(Refusal::WrongIssuer);
        }
        if !self.is_for(issuer)? {
            return Err(Refusal::WrongAudience);
        }
        self.check_kind()?;
        let authorised_party = self.party(issuer)?;
        let expires = self.check_times(now, leeway)?;
        Ok(Verified {
            issuer: issuer.issuer.clone(),
            subject: self.subject(&issuer.claims)?,
            authorised_party,
            token_id: self.text("jti")?.map(str::to_owned),
            expires_at: expires.saturating_mul(1_000_000),
        })
    }

    /// The claim's text; none where it is not there or null.
    fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::Malformed),
        }
    }

    fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or(Refusal::Malformed)
    }

    fn is_for(&self, issuer: &Issuer) -> Result<bool, Refusal> {
        let names = |one: &Value| match one {
            Value::String(name) => Ok(issuer.audiences.contains(name)),
            _ => Err(Refusal::Malformed),
        };
        match self.0.get("aud") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Array(several)) => several.iter().try_fold(false, |found, one| Ok(found || names(one)?)),
            Some(one) => names(one),
        }
    }

    /// Refuses what is not an access token, by its claims: providers that write `typ: JWT` over everything tell their
    /// identity and refresh tokens apart here.
    fn check_kind(&self) -> Result<(), Refusal> {
        let kind = self.text("typ")?;
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Refusal::WrongType);
        }
        match OF_IDENTITY_TOKENS.iter().any(|name| self.0.contains_key(*name)) {
            true => Err(Refusal::WrongType),
            false => Ok(()),
        }
    }

    fn party(&self, issuer: &Issuer) -> Result<Option<String>, Refusal> {
        let mut party = None;
        for name in &issuer.claims.authorised_party {
            match (self.text(name)?, party) {
                (Some(found), Some(before)) if found != before => return Err(Refusal::WrongParty),
                (Some(found), _) => party = Some(found),
                (None, _) => {}
            }
        }
        let allowed = &issuer.authorised_parties;
        if allowed.is_empty() || party.is_some_and(|name| allowed.contains(name)) {
            Ok(party.map(str::to_owned))
        } else {
            Err(Refusal::WrongParty)
        }
    }

    fn subject(&self, names: &ClaimNames) -> Result<String, Refusal> {
        let subject = self.required(&names.subject)?;
        let unusable =
            subject.is_empty() || subject.chars().count() > MAX_SUBJECT_CHARS || subject.chars().any(char::is_control);
        match unusable {
            true => Err(Refusal::Malformed),
            false => Ok(subject.to_owned()),
        }
    }

    /// Returns `exp` in seconds when the token is valid now.
    fn check_times(&self, now: i64, leeway: i64) -> Result<i64, Refusal> {
        let expires = self.seconds("exp")?.ok_or(Refusal::Malformed)?;
        if now >= expires.saturating_add(leeway) {
            return Err(Refusal::Expired);
        }
        for name in ["nbf", "iat"] {
            if self
                .seconds(name)?
                .is_some_and(|begin| begin > now.saturating_add(leeway))
            {
                return Err(Refusal::NotYetValid);
            }
        }
        Ok(expires)
    }

    /// A NumericDate (RFC 7519), whole seconds.
    fn seconds(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_f64() {
                #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
                Some(seconds) if (0.0..=MAX_SECONDS).contains(&seconds) => Ok(Some(seconds.floor() as i64)),
                _ => Err(Refusal::Malformed),
            },
        }
    }
}
