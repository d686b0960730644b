//! Follow-up (opvolging): who took a signal up, and what came of it.

use foundation::Fault;

use super::beside::may_say;

/// What an inspectorate does with a signal (stand van de opvolging).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum FollowUpState {
    /// Opgepakt.
    TakenUp = 1,
    /// Inspectie.
    Inspection = 2,
    /// Maatregel.
    Measure = 3,
    /// Overgedragen.
    HandedOn = 4,
    /// Afgesloten zonder actie.
    ClosedWithoutAction = 5,
}

impl FollowUpState {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [
            Self::TakenUp,
            Self::Inspection,
            Self::Measure,
            Self::HandedOn,
            Self::ClosedWithoutAction,
        ]
        .into_iter()
        .find(|value| *value as i16 == number)
    }

    /// Whether nothing more is to come of it, until somebody takes the signal up anew.
    pub fn ends(self) -> bool {
        matches!(self, Self::HandedOn | Self::ClosedWithoutAction)
    }
}

/// A step of a follow-up as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub state: FollowUpState,
    /// What came of it, at most 5,000 characters.
    pub text: Option<String>,
    /// The code of the organisation to which it was handed on.
    pub handed_to: Option<String>,
    /// Whether only the signal's owner hears of it.
    pub owner_only: bool,
}

/// Checks it. Every fault at once, each at its field.
pub fn check(step: &Step) -> Vec<Fault> {
    let mut faults = Vec::new();
    may_say("text", step.text.as_deref(), 5_000, &mut faults);
    faults
}
