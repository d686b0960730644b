//! Which issuers are trusted, and for what; checked once, before anything listens.

use std::collections::HashSet;
use std::str::FromStr;
use std::time::Duration;

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use crate::config::list;

/// The longest clock difference that may be configured, in seconds.
const MAX_LEEWAY_SECONDS: u64 = 300;

/// The explicit list of issuers whose access tokens are accepted: `[identity]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// The trusted issuers; without any nobody can sign in.
    pub issuers: Vec<IssuerSettings>,
    /// How many seconds the clocks of issuer and platform may differ; at most 300.
    #[serde(default = "default_leeway")]
    pub leeway_seconds: u64,
    /// How fresh the issuers' keys must be.
    #[serde(default)]
    pub keys: KeySettings,
}

/// `[[identity.issuers]]`: one trusted issuer and what its tokens must look like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// The exact value of `iss`.
    pub issuer: String,
    /// Where the issuer publishes its keys: https, or http on a loopback address. None: as its discovery document says.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// The values of `aud` that mean this platform; one of them must be in the token.
    #[serde(deserialize_with = "list")]
    pub audiences: Vec<String>,
    /// The signature algorithms allowed; never `none` and never a shared secret (HS…).
    #[serde(deserialize_with = "list", default = "default_algorithms")]
    pub algorithms: Vec<String>,
    /// The clients that may bring this issuer's tokens; empty = any.
    #[serde(deserialize_with = "list", default)]
    pub authorised_parties: Vec<String>,
    /// What `typ` in a token's header may say: `at+jwt`, `JWT`, or `untyped` for a header without it.
    #[serde(deserialize_with = "list", default = "default_types")]
    pub token_types: Vec<String>,
    /// The names of the claims, where they are not the standard's.
    #[serde(default)]
    pub claims: ClaimNames,
}

/// `[identity.issuers.claims]`: which claim says what.
///
/// `iss`, `aud` and the times are not here: they have their names everywhere, and a token that does not say for whom it
/// is would be good anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimNames {
    /// Says who calls, for good: never given to somebody else, never changed by the person.
    pub subject: String,
    /// Say which client asked for the token; those that are there must agree.
    #[serde(deserialize_with = "list")]
    pub authorised_party: Vec<String>,
}

/// `[identity.keys]`: how fresh the issuers' keys must be, and how often they may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Keys older than this are fetched again at their next use; so a withdrawn key is dead after this long.
    pub max_age_seconds: u64,
    /// While the provider is down, keys up to this age stay in use.
    pub max_stale_seconds: u64,
    /// The least time between two fetches because of an unknown key.
    pub search_pause_seconds: u64,
    /// The least time between a failed fetch and the next.
    pub retry_pause_seconds: u64,
    /// How long one fetch may take.
    pub timeout_seconds: u64,
}

impl IssuerSettings {
    /// An issuer by its name and the audience that means this platform, and everything else as it is by default.
    #[must_use]
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: None,
            audiences: vec![audience.to_owned()],
            algorithms: default_algorithms(),
            authorised_parties: Vec::new(),
            token_types: default_types(),
            claims: ClaimNames::default(),
        }
    }
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            subject: "sub".to_owned(),
            // NL GOV's name, and RFC 9068's.
            authorised_party: vec!["azp".to_owned(), "client_id".to_owned()],
        }
    }
}

impl Default for KeySettings {
    fn default() -> Self {
        Self {
            max_age_seconds: 600,
            max_stale_seconds: 3600,
            search_pause_seconds: 5,
            retry_pause_seconds: 2,
            timeout_seconds: 3,
        }
    }
}

impl KeySettings {
    /// How long one fetch may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

fn default_leeway() -> u64 {
    30
}

fn default_algorithms() -> Vec<String> {
    vec!["RS256".into(), "PS256".into()]
}

fn default_types() -> Vec<String> {
    vec!["at+jwt".into(), "JWT".into()]
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
    pub jwks_uri: Option<Url>,
    pub audiences: HashSet<String>,
    pub algorithms: Vec<Algorithm>,
    pub authorised_parties: HashSet<String>,
    pub token_types: Vec<String>,
    pub claims: ClaimNames,
}

impl TokenSettings {
    /// Checks everything that can be checked without a network. No issuer at all is allowed here: the demo brings its
    /// own.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), SettingsError> {
        check(self).map(drop)
    }
}

/// Checks everything that can be checked without a network.
pub(super) fn check(settings: &TokenSettings) -> Result<Vec<Issuer>, SettingsError> {
    if settings.leeway_seconds > MAX_LEEWAY_SECONDS {
        let mend = format!("use at most {MAX_LEEWAY_SECONDS}: more keeps expired tokens alive");
        return Err(refuse("leeway_seconds", mend));
    }
    check_keys(&settings.keys)?;
    let mut seen = HashSet::new();
    let mut issuers = Vec::with_capacity(settings.issuers.len());
    for (index, issuer) in settings.issuers.iter().enumerate() {
        if !seen.insert(&issuer.issuer) {
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

fn refuse(key: &str, mend: impl Into<String>) -> SettingsError {
    SettingsError {
        key: key.to_owned(),
        mend: mend.into(),
    }
}

fn check_keys(keys: &KeySettings) -> Result<(), SettingsError> {
    let bounds = [
        ("max_age_seconds", keys.max_age_seconds, 1..=3600),
        ("max_stale_seconds", keys.max_stale_seconds, 1..=86_400),
        ("search_pause_seconds", keys.search_pause_seconds, 1..=300),
        ("retry_pause_seconds", keys.retry_pause_seconds, 1..=300),
        ("timeout_seconds", keys.timeout_seconds, 1..=10),
    ];
    for (name, value, bounds) in bounds {
        if !bounds.contains(&value) {
            let mend = format!("use {} to {} seconds", bounds.start(), bounds.end());
            return Err(refuse(&format!("keys.{name}"), mend));
        }
    }
    if keys.max_stale_seconds < keys.max_age_seconds {
        let mend = "use at least keys.max_age_seconds: keys cannot be too old before they are due";
        return Err(refuse("keys.max_stale_seconds", mend));
    }
    Ok(())
}

fn check_issuer(settings: &IssuerSettings) -> Result<Issuer, (&'static str, String)> {
    if settings.issuer.trim().is_empty() {
        return Err(("issuer", "write the exact `iss` of the provider's tokens".into()));
    }
    let jwks_uri = match &settings.jwks_uri {
        Some(address) => Some(fetchable(address).map_err(|mend| ("jwks_uri", mend))?),
        // Its discovery document hangs below its name.
        None => fetchable(&settings.issuer).map(|_| None).map_err(|mend| {
            let mend = format!("{mend}; or say where its keys are in jwks_uri");
            ("issuer", mend)
        })?,
    };
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
    check_claims(&settings.claims)?;
    let token_types = check_types(settings)?;
    Ok(Issuer {
        issuer: settings.issuer.clone(),
        jwks_uri,
        audiences: settings.audiences.iter().cloned().collect(),
        algorithms,
        authorised_parties: settings.authorised_parties.iter().cloned().collect(),
        token_types,
        claims: settings.claims.clone(),
    })
}

/// What a person can change, or what another person can get later: who calls would then be a matter of choice.
const CHANGEABLE: [&str; 9] = [
    "email",
    "preferred_username",
    "upn",
    "unique_name",
    "username",
    "name",
    "nickname",
    "given_name",
    "phone_number",
];
/// What has one meaning in every token, and does not say who calls.
const TAKEN: [&str; 9] = ["iss", "aud", "exp", "nbf", "iat", "jti", "typ", "scope", "acr"];

fn check_claims(claims: &ClaimNames) -> Result<(), (&'static str, String)> {
    let subject = claims.subject.as_str();
    if subject.trim().is_empty() {
        return Err((
            "claims.subject",
            "name the claim that says who calls, such as `sub`".into(),
        ));
    }
    if CHANGEABLE.contains(&subject) {
        let mend = format!(
            "`{subject}` can change hands: whoever gets it would be the person who had it. Name one that is given once \
             and for good, such as `sub` (or `oid` of Entra ID)"
        );
        return Err(("claims.subject", mend));
    }
    if TAKEN.contains(&subject) {
        return Err((
            "claims.subject",
            format!("`{subject}` does not say who calls: name `sub` or such"),
        ));
    }
    if claims.authorised_party.is_empty() || claims.authorised_party.iter().any(|name| name.trim().is_empty()) {
        let mend = "name the claims that say which client asked, such as `azp` and `client_id`";
        return Err(("claims.authorised_party", mend.into()));
    }
    if let Some(name) = claims
        .authorised_party
        .iter()
        .find(|name| TAKEN.contains(&name.as_str()))
    {
        let mend = format!("`{name}` does not say which client asked: name `azp`, `client_id` or such");
        return Err(("claims.authorised_party", mend));
    }
    Ok(())
}

/// `typ` of an access token (RFC 9068), in lower case as it is compared.
pub(super) const ACCESS_TOKEN: &str = "at+jwt";
/// What stands in a list of types for a header without `typ`.
pub(super) const UNTYPED: &str = "untyped";

fn check_types(settings: &IssuerSettings) -> Result<Vec<String>, (&'static str, String)> {
    let types: Vec<String> = settings
        .token_types
        .iter()
        .map(|one| one.to_ascii_lowercase())
        .collect();
    if types.is_empty()
        || types
            .iter()
            .any(|one| ![ACCESS_TOKEN, "jwt", UNTYPED].contains(&one.as_str()))
    {
        let mend = format!("name one or more of `{ACCESS_TOKEN}`, `JWT` and `{UNTYPED}`");
        return Err(("token_types", mend));
    }
    // An identity token is addressed to its client. Where that is also our audience, only `typ` tells them apart.
    let both = settings
        .audiences
        .iter()
        .find(|one| settings.authorised_parties.contains(one));
    if let Some(client) = both
        && types.iter().any(|one| one != ACCESS_TOKEN)
    {
        let mend = format!(
            "`{client}` is an audience and an authorised party, so that its identity tokens would do as access tokens: \
             give the platform an audience of its own, or set token_types = [\"{ACCESS_TOKEN}\"]"
        );
        return Err(("audiences", mend));
    }
    Ok(types)
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
