//! `/token`: a code or an assertion in, a token out.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Shared;
use super::answer::{OAuthError, Parameters, not_stored};
use super::assertion::unknown_client;
use super::codes::{Grant, proves};
use super::parties::Client;
use super::tokens::Issue;

/// The form field with which the demo's command line names an account.
pub(super) const DEMO_SUBJECT: &str = "demo_subject";

#[derive(Serialize)]
struct Given {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// Answers a token request (RFC 6749, sections 4.1.3 and 4.4.2).
pub(super) async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    match give(&shared, &headers, &body) {
        Ok(given) => (not_stored(), Json(given)).into_response(),
        Err(error) => {
            tracing::info!(code = error.code, reason = %error.description, "no token given");
            error.into_response()
        }
    }
}

fn give(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Given, OAuthError> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let sentence = "send a form: Content-Type: application/x-www-form-urlencoded";
        return Err(OAuthError::invalid_request(sentence));
    }
    if headers.contains_key(AUTHORIZATION) {
        let sentence = "no passwords here: case systems use private_key_jwt, people use PKCE";
        return Err(OAuthError::invalid_client(sentence));
    }
    let form = Parameters::read(body)?;
    match form.require("grant_type")? {
        "authorization_code" => by_code(shared, &form),
        "client_credentials" => by_assertion(shared, &form),
        other => {
            let sentence = format!("{other} is not offered: use authorization_code or client_credentials");
            Err(OAuthError::new("unsupported_grant_type", sentence))
        }
    }
}

fn by_code(shared: &Shared, form: &Parameters) -> Result<Given, OAuthError> {
    let client_id = form.require("client_id")?;
    match shared.parties.client(client_id) {
        None => return Err(unknown_client()),
        Some(Client::Person { .. }) => {}
        Some(_) => return Err(wrong_grant_type("client_credentials")),
    }
    let redirect_uri = form.require("redirect_uri")?;
    let verifier = form.require("code_verifier")?;
    let now = (shared.clock)();
    let code = form.require("code")?;
    let grant = shared
        .codes
        .take(code, now)
        .ok_or_else(|| OAuthError::invalid_grant("this code is not known, has expired or was used before"))?;
    if grant.client_id != client_id {
        return Err(OAuthError::invalid_grant("this code was given to another client"));
    }
    if grant.redirect_uri != redirect_uri {
        return Err(OAuthError::invalid_grant(
            "redirect_uri is not that of the sign-in request",
        ));
    }
    if !proves(verifier, &grant.code_challenge) {
        return Err(OAuthError::invalid_grant(
            "code_verifier does not fit the code_challenge",
        ));
    }
    let id_token = identity(shared, &grant)?;
    given(shared, &grant.subject, client_id, id_token)
}

fn identity(shared: &Shared, grant: &Grant) -> Result<Option<String>, OAuthError> {
    if !grant.openid {
        return Ok(None);
    }
    let issue = issue(shared, &grant.subject, &grant.client_id);
    let key = shared.keys.current();
    Ok(Some(issue.identity_token(
        &key,
        grant.nonce.as_deref(),
        grant.chosen_at,
    )?))
}

fn by_assertion(shared: &Shared, form: &Parameters) -> Result<Given, OAuthError> {
    let named = form.get("client_id").and_then(|id| shared.parties.client(id));
    if let Some(Client::Person { .. }) = named {
        return Err(wrong_grant_type("authorization_code"));
    }
    let now = (shared.clock)().as_second();
    let endpoint = shared.endpoint("token");
    let (client_id, client) = shared.assertions.client(form, &shared.parties, &endpoint, now)?;
    let subject = match (client, form.get(DEMO_SUBJECT)) {
        (Client::System { subject, .. }, None) => subject,
        (Client::CommandLine { .. }, Some(subject)) => subject,
        (Client::CommandLine { .. }, None) => {
            let sentence = format!("{DEMO_SUBJECT} is missing: name a demo account");
            return Err(OAuthError::invalid_request(sentence));
        }
        _ => {
            let sentence = format!("{DEMO_SUBJECT} is for the demo's command line only");
            return Err(OAuthError::invalid_request(sentence));
        }
    };
    if shared.parties.account(subject).is_none() {
        return Err(OAuthError::invalid_request("there is no such demo account"));
    }
    given(shared, subject, &client_id, None)
}

fn given(shared: &Shared, subject: &str, client_id: &str, id_token: Option<String>) -> Result<Given, OAuthError> {
    let access_token = issue(shared, subject, client_id).access_token(&shared.keys.current())?;
    let expires_in = shared.token_lifetime.as_secs();
    Ok(Given {
        access_token,
        token_type: "Bearer",
        expires_in,
        id_token,
    })
}

/// A token of this provider, as of now.
pub(super) fn issue<'a>(shared: &'a Shared, subject: &'a str, client_id: &'a str) -> Issue<'a> {
    Issue {
        issuer: &shared.issuer,
        subject,
        client_id,
        now: (shared.clock)(),
        lifetime: shared.token_lifetime,
    }
}

fn wrong_grant_type(own: &str) -> OAuthError {
    let sentence = format!("this client may use {own} only");
    OAuthError::new("unauthorized_client", sentence)
}
