//! A grant (deling): who a record is shared with, for which purpose, on which legal basis, for how long.

use access::{Audience, FOREVER, Instant, Tlp};
use uuid::Uuid;

use crate::fault::{Code, Fault, Language};

/// To whom, by the codes that people use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum To {
    /// Nobody: what `everyone: false` says.
    Nobody,
    /// All participants.
    Everyone,
    /// An inspectorate or partner body, by code.
    Organisation(String),
    /// A circle, by code.
    Circle(String),
    /// An account, by name.
    Account(String),
}

impl To {
    /// How it is told in a sentence.
    pub fn text(&self, language: Language) -> &str {
        match self {
            Self::Nobody => "nobody",
            Self::Everyone if language == Language::Dutch => "iedereen",
            Self::Everyone => "everyone",
            Self::Organisation(code) | Self::Circle(code) | Self::Account(code) => code,
        }
    }
}

/// A grant as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// To whom.
    pub to: To,
    /// The purpose's code.
    pub purpose: Option<String>,
    /// The legal basis's code.
    pub legal_basis: Option<String>,
    /// From when; now where nothing is said.
    pub valid_from: Option<Instant>,
    /// Until when, exclusive; as long as the record is kept where nothing is said.
    pub valid_until: Option<Instant>,
}

/// A grant of which every reference is known to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// To whom.
    pub audience: Audience,
    /// The purpose.
    pub purpose: Uuid,
    /// The legal basis.
    pub legal_basis: Uuid,
    /// From when.
    pub valid_from: Instant,
    /// Until when, exclusive.
    pub valid_until: Instant,
}

/// The period of a grant.
///
/// # Errors
/// `INVALID_PERIOD`.
pub fn period(asked: &Asked, now: Instant) -> Result<(Instant, Instant), Fault> {
    let from = asked.valid_from.unwrap_or(now);
    let until = asked.valid_until.unwrap_or(FOREVER);
    if until <= from {
        return Err(Fault::new(Code::InvalidPeriod).at("validUntil"));
    }
    Ok((from, until))
}

/// Refuses a grant that the traffic light mark forbids.
///
/// # Errors
/// `TLP_FORBIDS_GRANT`.
pub fn permitted(tlp: Tlp, audience: &Audience, to: &To) -> Result<(), Fault> {
    if tlp.permits(audience) {
        return Ok(());
    }
    Err(Fault::new(Code::TlpForbidsGrant)
        .with("tlp", name(tlp))
        .with_words("audience", to.text(Language::Dutch), to.text(Language::English))
        .at("to"))
}

/// A traffic light mark as people write it.
pub fn name(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "CLEAR",
        Tlp::Green => "GREEN",
        Tlp::Amber => "AMBER",
        Tlp::AmberStrict => "AMBER+STRICT",
        Tlp::Red => "RED",
    }
}
