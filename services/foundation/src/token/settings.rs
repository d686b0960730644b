//! Which issuers are trusted, and for what; checked once, before anything listens.

use std::collections::HashSet;
use std::str::FromStr;

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

/// The longest clock difference that may be configured, in seconds.
const MAX_LEEWAY_SECONDS: u64 = 300;

/// The explicit list of issuers whose access tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// The trusted issuers; at least one.
    pub issuers: Vec<IssuerSettings>,
    /// How many seconds the clocks of issuer and platform may differ; at most 300.
    #[serde(default = "default_leeway")]
    pub leeway_seconds: u64,
}

/// One trusted issuer and what its tokens must look like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// The exact value of `iss`.
    pub issuer: String,
    /// Where the issuer publishes its keys: https, or http on a loopback address.
    pub jwks_uri: String,
    /// The values of `aud` that mean this platform; one of them must be in the token.
    pub audiences: Vec<String>,
    /// The signature algorithms allowed; never `none` and never a shared secret (HS…).
    #[serde(default = "default_algorithms")]
    pub algorithms: Vec<String>,
    /// The clients (`azp`) that may bring this issuer's tokens; empty = any.
    #[serde(default)]
    pub authorised_parties: Vec<String>,
}

fn default_leeway() -> u64 {
    30
}

fn default_algorithms() -> Vec<String> {
    vec!["RS256".into(), "PS256".into()]
}

/// A setting that cannot be used, with its key and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key}: {mend}")]
pub struct SettingsError {
    /// The key of the setting, such as `issuers[0].jwks_uri`.
    pub key: String,
    /// What is wrong with it and what to write instead.
    pub mend: String,
}

/// An [`IssuerSettings`] that was checked.
#[derive(Debug)]
pub(super) struct Issuer {
    pub issuer: String,
    pub jwks_uri: Url,
    pub audiences: HashSet<String>,
    pub algorithms: Vec<Algorithm>,
    pub authorised_parties: HashSet<String>,
}

/// Checks everything that can be checked without a network.
pub(super) fn check(settings: TokenSettings) -> Result<Vec<Issuer>, SettingsError> {
    let refuse = |key: &str, mend: String| SettingsError {
        key: key.to_owned(),
        mend,
    };
    if settings.leeway_seconds > MAX_LEEWAY_SECONDS {
        let mend = format!("use at most {MAX_LEEWAY_SECONDS}: more keeps expired tokens alive");
        return Err(refuse("leeway_seconds", mend));
    }
    if settings.issuers.is_empty() {
        return Err(refuse(
            "issuers",
            "name at least one issuer, or nobody can sign in".into(),
        ));
    }
    let mut seen = HashSet::new();
    let mut issuers = Vec::with_capacity(settings.issuers.len());
    for (index, issuer) in settings.issuers.into_iter().enumerate() {
        if !seen.insert(issuer.issuer.clone()) {
            let mend = format!("{} is listed twice: keep one", issuer.issuer);
            return Err(refuse(&format!("issuers[{index}].issuer"), mend));
        }
        issuers.push(check_issuer(issuer).map_err(|(name, mend)| SettingsError {
            key: format!("issuers[{index}].{name}"),
            mend,
        })?);
    }
    Ok(issuers)
}

fn check_issuer(settings: IssuerSettings) -> Result<Issuer, (&'static str, String)> {
    if settings.issuer.trim().is_empty() {
        return Err(("issuer", "write the exact `iss` of the provider's tokens".into()));
    }
    let jwks_uri = fetchable(&settings.jwks_uri).map_err(|mend| ("jwks_uri", mend))?;
    if settings.audiences.is_empty() || settings.audiences.iter().any(|one| one.is_empty()) {
        let mend = "name the audience of this platform, or tokens for others would do here";
        return Err(("audiences", mend.into()));
    }
    if settings.algorithms.is_empty() {
        return Err(("algorithms", "name at least one, such as RS256".into()));
    }
    let algorithms = settings
        .algorithms
        .iter()
        .map(|name| allowed_algorithm(name).map_err(|mend| ("algorithms", mend)))
        .collect::<Result<_, _>>()?;
    Ok(Issuer {
        issuer: settings.issuer,
        jwks_uri,
        audiences: settings.audiences.into_iter().collect(),
        algorithms,
        authorised_parties: settings.authorised_parties.into_iter().collect(),
    })
}

fn allowed_algorithm(name: &str) -> Result<Algorithm, String> {
    match Algorithm::from_str(name) {
        Ok(algorithm) if algorithm.family() == AlgorithmFamily::Hmac => Err(format!(
            "{name} is a shared secret: whoever can check it can forge it; use RS256 or PS256"
        )),
        Ok(algorithm) => Ok(algorithm),
        Err(_) => Err(format!(
            "{name:?} is not a known signature algorithm; use RS256 or PS256"
        )),
    }
}

/// Parses an address that may be fetched: https anywhere, http on loopback only.
///
/// # Errors
/// A sentence that says what is wrong and what to write instead.
pub fn fetchable(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| format!("{address:?} is no address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave user and password out of the address".into());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(format!("{url} is plain http, which only loopback may use: write https")),
        other => Err(format!("{other} is not supported: write https")),
    }
}

/// Whether the address is on this machine: 127.0.0.0/8, ::1 or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
