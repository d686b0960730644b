//! What is read from a token before its signature is known: as little as possible.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::settings::UNTYPED;
use super::{MAX_TOKEN_BYTES, Refusal};

/// The longest `kid` that is looked up.
const MAX_KID_BYTES: usize = 256;

/// Takes the one bearer token out of the headers; nothing else of a request is ever looked at.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::SeveralHeaders);
    }
    let value = value.to_str().map_err(|_| Refusal::Malformed)?.trim();
    if value.is_empty() {
        return Err(Refusal::Missing);
    }
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::Malformed);
    }
    Ok(token.trim_start())
}

/// The header of a token whose signature has not been checked.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    pub alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
}

/// The one claim that is needed to find the keys.
#[derive(Deserialize)]
struct Issued {
    iss: String,
}

impl Unchecked {
    /// The key's name; required, since keys are found by nothing else.
    pub fn kid(&self) -> Result<&str, Refusal> {
        match &self.kid {
            Some(kid) if kid.len() <= MAX_KID_BYTES => Ok(kid),
            _ => Err(Refusal::UnknownKey),
        }
    }

    /// What the token says that it is, as it is compared: in lower case, without `application/`.
    pub fn kind(&self) -> String {
        let typ = self.typ.as_deref().unwrap_or(UNTYPED).to_ascii_lowercase();
        typ.strip_prefix("application/").map_or(typ.clone(), str::to_owned)
    }

    /// Refuses headers that choose their own key (RFC 8725, 3.10).
    fn check(&self) -> Result<(), Refusal> {
        let foreign = [
            &self.crit, &self.jku, &self.jwk, &self.x5u, &self.x5c, &self.b64, &self.zip, &self.enc,
        ];
        match foreign.iter().any(|parameter| parameter.is_some()) {
            true => Err(Refusal::HeaderRefused),
            false => Ok(()),
        }
    }
}

/// Splits a token into its unchecked header and its claimed issuer.
pub(super) fn unchecked(token: &str) -> Result<(Unchecked, String), Refusal> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refusal::TooLong);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(Refusal::Malformed);
    };
    let header: Unchecked = part(header)?;
    URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
    header.check()?;
    let issued: Issued = part(claims)?;
    Ok((header, issued.iss))
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
