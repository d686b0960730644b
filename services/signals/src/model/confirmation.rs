//! A confirmation (bevestiging): what another inspectorate says of a signal.

use access::Instant;
use foundation::Fault;

use super::beside::{has_been, may_say};

/// What is said (bevestiging).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum ConfirmationKind {
    /// Ook gezien.
    SeenToo = 1,
    /// Niet gezien.
    NotSeen = 2,
    /// Achterhaald.
    Outdated = 3,
}

impl ConfirmationKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::SeenToo, Self::NotSeen, Self::Outdated]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// A confirmation as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is said.
    pub kind: ConfirmationKind,
    /// Why, at most 2,000 characters.
    pub explanation: Option<String>,
    /// When the inspectorate looked.
    pub observed_at: Option<Instant>,
}

/// Checks it. Every fault at once, each at its field.
pub fn check(said: &Said, now: Instant) -> Vec<Fault> {
    let mut faults = Vec::new();
    may_say("explanation", said.explanation.as_deref(), 2_000, &mut faults);
    has_been("observedAt", said.observed_at, now, &mut faults);
    faults
}
