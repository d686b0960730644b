//! What an administrator wants to know of an issuer before anybody signs in: does it answer, as itself, with keys that
//! fit? `samenzicht doctor` prints it.

use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use url::Url;

use super::discovery::{Description, DiscoveryError, describe};
use super::fetch::provider_client;
use super::jwks::{PublishedKey, published};
use super::settings::{Issuer, IssuerSettings, TokenSettings, check, fetchable};

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Good(String),
    /// Worth knowing.
    Note(String),
    /// Wrong: what, and how to mend it.
    Bad(String, String),
}

/// Examines one issuer of these settings over the network. `now` is the platform's own time.
pub async fn examine(settings: &TokenSettings, issuer: &IssuerSettings, now: Timestamp) -> Vec<Finding> {
    let alone = TokenSettings {
        issuers: vec![issuer.clone()],
        ..settings.clone()
    };
    let (checked, client) = match prepare(&alone) {
        Ok(prepared) => prepared,
        Err(error) => return vec![error],
    };
    let mut findings = Vec::new();
    let description = describe(&client, &checked.issuer).await;
    match &description {
        Ok(description) => {
            findings.push(Finding::Good("it describes itself under its own name".into()));
            findings.extend(said(description, settings.leeway_seconds, now));
        }
        Err(error) => findings.push(undescribed(&checked, error)),
    }
    match key_place(&checked, description.as_ref().ok()) {
        Ok((address, note)) => {
            findings.extend(note);
            match published(&client, address).await {
                Ok(keys) => findings.push(fitting(&checked, &keys)),
                Err(reason) => findings.push(Finding::Bad(
                    format!("its keys cannot be fetched: {reason}"),
                    "without them every token is refused: look whether this machine may reach jwks_uri".into(),
                )),
            }
        }
        Err(finding) => findings.extend(finding),
    }
    findings
}

fn prepare(settings: &TokenSettings) -> Result<(Issuer, reqwest::Client), Finding> {
    let bad = |what: String| Finding::Bad(what, "mend this in the configuration".into());
    let checked = check(settings).map_err(|error| bad(format!("identity.{error}")))?.pop();
    let checked = checked.ok_or_else(|| bad("identity.issuers is empty".into()))?;
    let address = checked.jwks_uri.clone().map_or_else(|| fetchable(&checked.issuer), Ok);
    let client = address.and_then(|address| provider_client(&address, settings.keys.timeout()));
    Ok((checked, client.map_err(bad)?))
}

fn undescribed(issuer: &Issuer, error: &DiscoveryError) -> Finding {
    match (error, &issuer.jwks_uri) {
        // Its keys are where the configuration says; only people who sign in from the command line need more.
        (DiscoveryError::Unreachable { .. } | DiscoveryError::Address(_), Some(_)) => {
            Finding::Note(format!("{error}. Tokens are checked all the same; `sign-in` needs it"))
        }
        (DiscoveryError::NotTheProvider { .. }, _) => Finding::Bad(
            error.to_string(),
            "write identity.issuers[].issuer exactly as the provider writes `issuer` and `iss`".into(),
        ),
        _ => Finding::Bad(error.to_string(), "look at the address, or set jwks_uri".into()),
    }
}

/// What the description tells that matters here.
fn said(description: &Description, leeway: u64, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let has = |list: &Option<Vec<String>>, name: &str| list.as_ref().map(|all| all.iter().any(|one| one == name));
    match has(&description.code_challenge_methods_supported, "S256") {
        Some(true) => findings.push(Finding::Good("people sign in with PKCE (S256)".into())),
        Some(false) => findings.push(Finding::Bad(
            "it does not offer PKCE with S256, so nobody can sign in from the command line".into(),
            "have the provider allow S256".into(),
        )),
        None => findings.push(Finding::Note("it does not say whether it does PKCE (S256)".into())),
    }
    if has(&description.token_endpoint_auth_methods_supported, "private_key_jwt") != Some(true) {
        findings.push(Finding::Note(
            "it does not say that programs sign in by private_key_jwt".into(),
        ));
    }
    if let Some(apart) = description
        .date
        .map(|date| date.duration_since(now).as_secs().unsigned_abs())
        && apart > leeway.max(1)
    {
        findings.push(Finding::Bad(
            format!("its clock and this machine's are {apart} seconds apart, more than identity.leeway_seconds"),
            "set the clocks; tokens would expire too early or not be valid yet".into(),
        ));
    }
    findings
}

/// Where the keys are, and a word when the provider says another place; or why nobody knows.
fn key_place(issuer: &Issuer, description: Option<&Description>) -> Result<(Url, Option<Finding>), Option<Finding>> {
    let described = description.map(Description::keys);
    match (&issuer.jwks_uri, described) {
        (Some(configured), Some(Ok(described))) if *configured != described => {
            let note = format!("jwks_uri is {configured}, the provider says {described}; leave it out to follow it");
            Ok((configured.clone(), Some(Finding::Note(note))))
        }
        (Some(configured), _) => Ok((configured.clone(), None)),
        (None, Some(Ok(described))) => Ok((described, None)),
        (None, Some(Err(error))) => Err(Some(Finding::Bad(error.to_string(), "set jwks_uri".into()))),
        // Why there is no description was said.
        (None, None) => Err(None),
    }
}

fn fitting(issuer: &Issuer, keys: &[PublishedKey]) -> Finding {
    let fits = |key: &PublishedKey| issuer.algorithms.iter().any(|algorithm| key.fits(*algorithm));
    let fitting: Vec<&str> = keys.iter().filter(|key| fits(key)).map(PublishedKey::kid).collect();
    if !fitting.is_empty() {
        return Finding::Good(format!(
            "it publishes {} usable keys: {}",
            fitting.len(),
            fitting.join(", ")
        ));
    }
    if keys.is_empty() {
        let what = "it publishes no key for signatures with a name (kid)".to_owned();
        return Finding::Bad(what, "have the provider publish its signing keys".into());
    }
    let all = [
        Algorithm::RS256,
        Algorithm::PS256,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::EdDSA,
    ];
    let would = all
        .iter()
        .filter(|algorithm| keys.iter().any(|key| key.fits(**algorithm)));
    let would: Vec<String> = would.map(|algorithm| format!("{algorithm:?}")).collect();
    Finding::Bad(
        "none of its keys fits identity.issuers[].algorithms".into(),
        format!(
            "its keys would do for {}: add one of these, if it is meant",
            would.join(", ")
        ),
    )
}
