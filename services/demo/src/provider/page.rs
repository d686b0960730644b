//! The two pages that a visitor sees, in Dutch or English, without any script.

use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Shared;
use super::answer::{OAuthError, not_stored};
use super::authorize::Request;

const STYLE: &str = "
:root { color-scheme: light; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0 auto; padding: 1.5rem; max-width: 42rem; }
.demo { border-left: .5rem solid #9a4a00; background: #fff4e5; padding: .75rem 1rem; }
.problem { border-left: .5rem solid #a4001d; background: #fdecee; padding: .75rem 1rem; }
fieldset { border: 1px solid #595959; padding: .5rem 1rem 1rem; margin: 1.5rem 0; }
legend { font-weight: 700; padding: 0 .5rem; }
label { display: block; padding: .5rem 0; min-height: 1.5rem; cursor: pointer; }
input { width: 1.25rem; height: 1.25rem; vertical-align: text-bottom; margin: 0 .5rem 0 0; }
small { color: #595959; font-size: .9375rem; }
button { font: inherit; padding: .625rem 1.25rem; border: 2px solid #154273; background: #154273; color: #fff; cursor: pointer; margin-right: .75rem; }
button.second { background: #fff; color: #154273; }
:focus-visible { outline: 3px solid #1b1b1b; outline-offset: 3px; }
";

/// The language of a page; Dutch unless the visitor prefers English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Dutch,
    English,
}

impl Language {
    /// The first of `nl` and `en` in `Accept-Language`.
    pub fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut tags = wanted
            .unwrap_or_default()
            .split(',')
            .map(|tag| tag.trim().to_lowercase());
        match tags.find(|tag| tag.starts_with("nl") || tag.starts_with("en")) {
            Some(tag) if tag.starts_with("en") => Self::English,
            _ => Self::Dutch,
        }
    }

    fn text(self, dutch: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

/// The page on which the visitor chooses an account; `problem` names the field that is wrong.
pub(super) fn choose(shared: &Shared, request: &Request, language: Language, problem: Option<&str>) -> Response {
    let title = language.text("Aanmelden bij de demo", "Sign in to the demo");
    let body = format!(
        r#"<h1>{title}</h1>
<p class="demo"><strong>{}</strong> {}</p>
{}<p>{} <strong>{}</strong></p>
<form method="post" action="{}">
{}<fieldset><legend>{}</legend>
{}</fieldset>
<button type="submit" name="decision" value="choose">{}</button>
<button type="submit" name="decision" value="cancel" class="second" formnovalidate>{}</button>
</form>"#,
        language.text("Dit is een demo.", "This is a demo."),
        language.text(
            "Er zijn geen wachtwoorden en alle gegevens zijn verzonnen. Voer hier nooit echte gegevens in.",
            "There are no passwords and all data are made up. Never enter real data here.",
        ),
        problem_text(language, problem),
        language.text("U meldt zich aan bij:", "You are signing in to:"),
        escape(&request.client_id),
        escape(&shared.endpoint("authorize")),
        hidden_fields(request),
        language.text("Kies een demo-account", "Choose a demo account"),
        accounts(shared),
        language.text("Aanmelden", "Sign in"),
        language.text("Annuleren", "Cancel"),
    );
    let status = if problem.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    // Browsers apply form-action to the redirect that follows the form, too.
    let back = Url::parse(&request.redirect_uri)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    shown(status, language, title, &body, &format!("'self' {back}"))
}

/// The page that says why a sign-in goes no further.
pub(super) fn stopped(error: &OAuthError, language: Language) -> Response {
    let title = language.text("Aanmelden is niet mogelijk", "Signing in is not possible");
    let body = format!(
        "<h1>{title}</h1>\n<p>{}</p>\n<p lang=\"en\"><code>{}</code>: {}</p>",
        language.text(
            "De toepassing stuurde een verzoek dat niet klopt. Ga terug en probeer het opnieuw.",
            "The application sent a request that is not right. Go back and try again.",
        ),
        escape(error.code),
        escape(&error.description),
    );
    shown(StatusCode::BAD_REQUEST, language, title, &body, "'none'")
}

fn problem_text(language: Language, problem: Option<&str>) -> &'static str {
    match (problem, language) {
        (None, _) => "",
        (Some(_), Language::Dutch) => "<p class=\"problem\" role=\"alert\">Kies een account uit de lijst.</p>\n",
        (Some(_), Language::English) => "<p class=\"problem\" role=\"alert\">Choose an account from the list.</p>\n",
    }
}

fn hidden_fields(request: &Request) -> String {
    let fields = [
        ("response_type", Some("code")),
        ("client_id", Some(request.client_id.as_str())),
        ("redirect_uri", Some(request.redirect_uri.as_str())),
        ("state", Some(request.state.as_str())),
        ("code_challenge", Some(request.code_challenge.as_str())),
        ("code_challenge_method", Some("S256")),
        ("nonce", request.nonce.as_deref()),
        ("scope", request.scope.as_deref()),
    ];
    let present = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    present
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value)))
        .collect()
}

fn accounts(shared: &Shared) -> String {
    let accounts = shared.parties.accounts().iter();
    accounts
        .map(|account| {
            let (subject, name) = (escape(&account.subject), escape(&account.name));
            format!(
                "<label><input type=\"radio\" name=\"account\" value=\"{subject}\" required>{name} <small>({subject})</small></label>\n"
            )
        })
        .collect()
}

fn shown(status: StatusCode, language: Language, title: &str, body: &str, form_action: &str) -> Response {
    let tongue = language.text("nl", "en");
    let html = format!(
        "<!doctype html>\n<html lang=\"{tongue}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – Samenzicht</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action {form_action}; \
         base-uri 'none'; frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    let Ok(policy) = HeaderValue::from_str(&policy) else {
        return OAuthError::new("server_error", "the redirect URI is unusable").into_response();
    };
    let mut headers = not_stored();
    headers.extend([
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ]);
    (status, headers, html).into_response()
}

/// Text that cannot become markup, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
