//! Why a token was not accepted, and what the caller is told about it.

use http::StatusCode;
use thiserror::Error;

/// Why a request has no [`Verified`](super::Verified) caller.
///
/// The variant is for our own logs and tests. The caller sees [`Refusal::code`], which tells all
/// forgeries by one name: a forger learns nothing about which check stopped the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Authorization` header, or it is empty.
    #[error("no token")]
    Missing,
    /// The header or the token has not the shape of a bearer JWT.
    #[error("not a bearer token in the form of a JWT")]
    Malformed,
    /// There is more than one `Authorization` header.
    #[error("more than one Authorization header")]
    SeveralHeaders,
    /// The token is longer than [`MAX_TOKEN_BYTES`](super::MAX_TOKEN_BYTES).
    #[error("token too long")]
    TooLong,
    /// `exp` has passed.
    #[error("token expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("token not yet valid")]
    NotYetValid,
    /// `iss` is not one of the configured issuers.
    #[error("issuer not trusted")]
    WrongIssuer,
    /// `aud` does not name this platform.
    #[error("token for another audience")]
    WrongAudience,
    /// `azp` is not one of the clients that may bring tokens here.
    #[error("token for another client")]
    WrongParty,
    /// `typ` is neither `at+jwt` nor `JWT`.
    #[error("not an access token")]
    WrongType,
    /// The header brings its own key, or something critical that we do not know.
    #[error("token header not acceptable")]
    HeaderRefused,
    /// The algorithm is not allowed for this issuer, or does not fit the key.
    #[error("algorithm not allowed")]
    AlgorithmRefused,
    /// The issuer publishes no key with this `kid` (any more).
    #[error("unknown key")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("bad signature")]
    BadSignature,
    /// The issuer's keys could not be fetched, so nothing can be said about the token.
    #[error("the issuer's keys cannot be fetched")]
    Unverifiable,
}

impl Refusal {
    /// The stable code that goes into `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "TOKEN_MISSING",
            Self::Malformed | Self::SeveralHeaders | Self::TooLong => "TOKEN_MALFORMED",
            Self::Expired => "TOKEN_EXPIRED",
            Self::Unverifiable => "TOKEN_UNVERIFIABLE",
            Self::NotYetValid
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::WrongParty
            | Self::WrongType
            | Self::HeaderRefused
            | Self::AlgorithmRefused
            | Self::UnknownKey
            | Self::BadSignature => "TOKEN_INVALID",
        }
    }

    /// 401, or 503 when the fault is not the caller's but the provider cannot be reached.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unverifiable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The value of `WWW-Authenticate` that goes with a 401 (RFC 6750, section 3).
    #[must_use]
    pub fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::Unverifiable => None,
            Self::Missing => Some(r#"Bearer realm="samenzicht""#),
            _ => Some(r#"Bearer realm="samenzicht", error="invalid_token""#),
        }
    }

    /// What happened and how to mend it, in English.
    #[must_use]
    pub fn english(&self) -> &'static str {
        match self.code() {
            "TOKEN_MISSING" => {
                "Sign in first: send the header `Authorization: Bearer <token>`; a token in the address is not read."
            }
            "TOKEN_MALFORMED" => {
                "This is not a usable token: send exactly one header `Authorization: Bearer <token>` with the token unchanged."
            }
            "TOKEN_EXPIRED" => "The token has expired: sign in again, or ask for a new token.",
            "TOKEN_UNVERIFIABLE" => {
                "The sign-in service cannot be reached, so the token cannot be checked: try again in a moment."
            }
            _ => "The token is not accepted here: ask the sign-in service of this platform for a new one.",
        }
    }

    /// What happened and how to mend it, in Dutch.
    #[must_use]
    pub fn dutch(&self) -> &'static str {
        match self.code() {
            "TOKEN_MISSING" => {
                "Meld u eerst aan: stuur de header `Authorization: Bearer <token>` mee; een token in het adres wordt niet gelezen."
            }
            "TOKEN_MALFORMED" => {
                "Dit is geen bruikbaar token: stuur precies één header `Authorization: Bearer <token>` met het token ongewijzigd."
            }
            "TOKEN_EXPIRED" => "Het token is verlopen: meld u opnieuw aan of vraag een nieuw token.",
            "TOKEN_UNVERIFIABLE" => {
                "De aanmeldvoorziening is niet bereikbaar, dus het token kan niet worden gecontroleerd: probeer het zo opnieuw."
            }
            _ => {
                "Het token wordt hier niet geaccepteerd: vraag een nieuw token aan bij de aanmeldvoorziening van dit platform."
            }
        }
    }
}
