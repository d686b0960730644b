//! A recurring theme (rode draad): what keeps coming back in several signals.
//!
//! The platform proposes (the crate `recurrence`), a human names.

use std::collections::HashSet;

use foundation::check::{optional, required};
use foundation::sensitive::state_secret;
use foundation::{Code, Fault};
use uuid::Uuid;

/// How many signals a theme may have: as many as a proposal.
pub use recurrence::MEMBERS_MAXIMUM;
/// How many it has at least: what was seen once does not recur.
pub const MEMBERS_MINIMUM: usize = 2;

/// What a theme says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Its title, at most 200 characters.
    pub title: String,
    /// What recurs, and why that matters; at most 5,000 characters.
    pub description: String,
}

/// A signal as a member, with the reason that a human gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The signal.
    pub signal: Uuid,
    /// Why it belongs to the theme, at most 500 characters.
    pub reason: Option<String>,
}

/// Checks what a theme says. Every fault at once, each at its field.
pub fn check(naming: &Naming) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("title", &naming.title, 200, &mut faults);
    required("description", &naming.description, 5_000, &mut faults);
    for (field, text) in [("title", &naming.title), ("description", &naming.description)] {
        if state_secret(text) {
            faults.push(Fault::new(Code::StateSecret).at(field));
        }
    }
    faults
}

/// Checks members as they are given: each once.
pub fn check_members(field: &str, members: &[Member]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut known = HashSet::new();
    for (index, member) in members.iter().enumerate() {
        let at = |part: &str| format!("{field}.{index}.{part}");
        if !known.insert(member.signal) {
            let (dutch, english) = (
                "dit signaal staat er al in; noem het één keer",
                "this signal is there already; name it once",
            );
            let twice = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
            faults.push(twice.at(at("signal")));
        }
        let reason = member.reason.as_deref();
        optional(&at("reason"), reason, 500, &mut faults);
        if reason.is_some_and(state_secret) {
            faults.push(Fault::new(Code::StateSecret).at(at("reason")));
        }
    }
    faults
}

/// Checks how many members a theme comes to have.
///
/// # Errors
/// `TOO_MANY`, or `INVALID_INPUT` for too few.
pub fn check_count(field: &str, count: usize) -> Result<(), Fault> {
    if count > MEMBERS_MAXIMUM {
        let fault = Fault::new(Code::TooMany).with("count", count);
        return Err(fault.with("maximum", MEMBERS_MAXIMUM).at(field));
    }
    if count < MEMBERS_MINIMUM {
        let (dutch, english) = (
            "een rode draad loopt door minstens twee signalen; noem er meer",
            "a theme runs through two signals at least; name more",
        );
        let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        return Err(fault.at(field));
    }
    Ok(())
}
