//! `/authorize`: a visitor chooses an account, and the application gets a code.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use foundation::token::is_loopback;
use url::Url;

use super::Shared;
use super::answer::{OAuthError, Parameters, not_stored};
use super::codes::Grant;
use super::page::{self, Language};
use super::parties::{Client, Parties};

/// The fewest characters that can hold 128 bits.
const MIN_STATE_CHARS: usize = 22;
/// The most that is carried along.
const MAX_CHARS: usize = 512;

/// A sign-in request in which everything is right.
pub(super) struct Request {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: String,
    pub code_challenge: String,
    pub nonce: Option<String>,
    pub scope: Option<String>,
}

/// A request that goes no further.
enum Stopped {
    /// Nobody to send back to: the visitor reads why.
    Here(OAuthError),
    /// The application is told.
    Back {
        redirect_uri: String,
        state: Option<String>,
        error: OAuthError,
    },
}

/// Shows the page on which the visitor chooses.
pub(super) async fn ask(State(shared): State<Arc<Shared>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let language = Language::of(&headers);
    match read(&shared.parties, query.unwrap_or_default().as_bytes()) {
        Ok((request, _)) => page::choose(&shared, &request, language, None),
        Err(stopped) => stopped.answer(&shared, language),
    }
}

/// Takes the visitor's choice and sends them back with a code.
pub(super) async fn choose(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let language = Language::of(&headers);
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        let error = OAuthError::invalid_request("another site may not choose for the visitor");
        return Stopped::Here(error).answer(&shared, language);
    }
    let (request, form) = match read(&shared.parties, &body) {
        Ok(read) => read,
        Err(stopped) => return stopped.answer(&shared, language),
    };
    if form.get("decision") == Some("cancel") {
        let error = OAuthError::new("access_denied", "the visitor cancelled");
        return request.back(error).answer(&shared, language);
    }
    let account = form.get("account").and_then(|subject| shared.parties.account(subject));
    let Some(account) = account else {
        let problem = "account";
        return page::choose(&shared, &request, language, Some(problem));
    };
    let grant = Grant {
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        subject: account.subject.clone(),
        nonce: request.nonce.clone(),
        openid: request
            .scope
            .iter()
            .flat_map(|scope| scope.split(' '))
            .any(|one| one == "openid"),
        chosen_at: (shared.clock)(),
    };
    match shared.codes.give(grant) {
        Ok(code) => {
            let result = [("code", code.as_str()), ("state", request.state.as_str())];
            sent_back(&shared, &request.redirect_uri, &result)
        }
        Err(error) => request.back(error.into()).answer(&shared, language),
    }
}

/// Checks the request: first where an answer may go, then the rest.
fn read(parties: &Parties, encoded: &[u8]) -> Result<(Request, Parameters), Stopped> {
    let all = Parameters::read(encoded).map_err(Stopped::Here)?;
    let (client_id, redirect_uri) = destination(parties, &all).map_err(Stopped::Here)?;
    let redirect_uri = redirect_uri.to_owned();
    let state = all
        .get("state")
        .filter(|state| state.len() <= MAX_CHARS)
        .map(str::to_owned);
    match rest(&all) {
        Ok((code_challenge, nonce)) => {
            let request = Request {
                client_id: client_id.to_owned(),
                redirect_uri,
                state: state.unwrap_or_default(),
                code_challenge,
                nonce,
                scope: all.get("scope").map(str::to_owned),
            };
            Ok((request, all))
        }
        Err(error) => Err(Stopped::Back {
            redirect_uri,
            state,
            error,
        }),
    }
}

fn destination<'a>(parties: &Parties, all: &'a Parameters) -> Result<(&'a str, &'a str), OAuthError> {
    let client_id = all.require("client_id")?;
    let client = parties.client(client_id);
    let Some(Client::Person { redirect_uris }) = client else {
        return Err(OAuthError::new(
            "unauthorized_client",
            "people cannot sign in to this client",
        ));
    };
    let redirect_uri = all.require("redirect_uri")?;
    if !redirect_uris.iter().any(|known| fits(known, redirect_uri)) {
        let sentence = "redirect_uri is not exactly one of the client's";
        return Err(OAuthError::invalid_request(sentence));
    }
    Ok((client_id, redirect_uri))
}

/// Whether it is this address, character by character. Of a client on the visitor's own machine, whose address is known
/// without a port, it may be any port (RFC 8252, section 7.3).
fn fits(known: &str, redirect_uri: &str) -> bool {
    let portless = || {
        let mut known = Url::parse(known)
            .ok()
            .filter(|url| is_loopback(url) && url.port().is_none())?;
        known.set_port(Url::parse(redirect_uri).ok()?.port()).ok()?;
        Some(known.as_str() == redirect_uri)
    };
    known == redirect_uri || portless().unwrap_or(false)
}

/// Returns the PKCE challenge and the nonce.
fn rest(all: &Parameters) -> Result<(String, Option<String>), OAuthError> {
    if all.get("request").is_some() || all.get("request_uri").is_some() {
        return Err(OAuthError::new("request_not_supported", "send plain parameters"));
    }
    match all.require("response_type")? {
        "code" => {}
        other => {
            let sentence = format!("{other} is not offered: use response_type=code");
            return Err(OAuthError::new("unsupported_response_type", sentence));
        }
    }
    if !(MIN_STATE_CHARS..=MAX_CHARS).contains(&all.require("state")?.len()) {
        let sentence = "state must hold at least 128 random bits: 22 to 512 characters";
        return Err(OAuthError::invalid_request(sentence));
    }
    let challenge = all.require("code_challenge")?;
    if all.get("code_challenge_method") != Some("S256") {
        let sentence = "PKCE with code_challenge_method=S256 is required";
        return Err(OAuthError::invalid_request(sentence));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if challenge.len() != 43 || !challenge.bytes().all(allowed) {
        return Err(OAuthError::invalid_request(
            "code_challenge must be base64url of a SHA-256",
        ));
    }
    let nonce = all.get("nonce");
    if nonce.is_some_and(|nonce| nonce.len() > MAX_CHARS) {
        return Err(OAuthError::invalid_request("nonce is longer than 512 characters"));
    }
    Ok((challenge.to_owned(), nonce.map(str::to_owned)))
}

impl Request {
    fn back(self, error: OAuthError) -> Stopped {
        Stopped::Back {
            redirect_uri: self.redirect_uri,
            state: Some(self.state),
            error,
        }
    }
}

impl Stopped {
    fn answer(self, shared: &Shared, language: Language) -> Response {
        match self {
            Self::Here(error) => page::stopped(&error, language),
            Self::Back {
                redirect_uri,
                state,
                error,
            } => {
                let mut result = vec![("error", error.code), ("error_description", error.description.as_str())];
                result.extend(state.as_deref().map(|state| ("state", state)));
                sent_back(shared, &redirect_uri, &result)
            }
        }
    }
}

/// Redirects with the outcome and the issuer's name (RFC 9207).
fn sent_back(shared: &Shared, redirect_uri: &str, outcome: &[(&str, &str)]) -> Response {
    let target = Url::parse(redirect_uri).ok().map(|mut url| {
        url.query_pairs_mut()
            .extend_pairs(outcome)
            .append_pair("iss", &shared.issuer);
        url
    });
    match target.and_then(|url| HeaderValue::from_str(url.as_str()).ok()) {
        Some(location) => (StatusCode::SEE_OTHER, not_stored(), [(LOCATION, location)]).into_response(),
        None => OAuthError::new("server_error", "the redirect URI is unusable").into_response(),
    }
}
