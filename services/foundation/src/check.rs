//! Checks of what clients hand in that every noun needs: texts and versions, each fault at its field.

use crate::fault::{Code, Fault};

/// Checks a text that must be there.
pub fn required(field: &str, text: &str, maximum: usize, faults: &mut Vec<Fault>) {
    if text.trim().is_empty() {
        faults.push(Fault::new(Code::Required).at(field));
    }
    optional(field, Some(text), maximum, faults);
}

/// Checks a text that may be absent.
pub fn optional(field: &str, text: Option<&str>, maximum: usize, faults: &mut Vec<Fault>) {
    let Some(text) = text else { return };
    let length = text.chars().count();
    if length > maximum {
        faults.push(
            Fault::new(Code::TooLong)
                .with("length", length)
                .with("maximum", maximum)
                .at(field),
        );
    }
    if text
        .chars()
        .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
    {
        let (dutch, english) = (
            "er staan stuurtekens in; haal ze weg",
            "it has control characters; remove them",
        );
        faults.push(
            Fault::new(Code::InvalidInput)
                .with_words("reason", dutch, english)
                .at(field),
        );
    }
}

/// Refuses a change on a version that is no longer the latest.
///
/// # Errors
/// `STALE_VERSION`.
pub fn same_version(given: i32, current: i32) -> Result<(), Fault> {
    if given == current {
        return Ok(());
    }
    Err(Fault::new(Code::StaleVersion)
        .with("given", given)
        .with("current", current)
        .at("version"))
}

/// A date that no clock here can hold.
pub fn far_date() -> Fault {
    let (dutch, english) = (
        "hij ligt te ver weg; neem een jaar van 1900 tot en met 2200",
        "it is too far away; take a year from 1900 to 2200",
    );
    Fault::new(Code::InvalidDate).with_words("reason", dutch, english)
}

/// What is no JSON, and where it stops being so.
pub fn no_json(error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    Fault::new(Code::InvalidInput).with_words(
        "reason",
        format!("dit is geen JSON vanaf regel {line}, teken {column}"),
        format!("this is no JSON from line {line}, column {column} on"),
    )
}
