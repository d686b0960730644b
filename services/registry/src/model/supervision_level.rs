//! Supervision level (toezichtniveau): how closely an inspectorate looks at a party. Each step is a record of its own,
//! with its reason; the history is those records.

use foundation::check::required;
use foundation::sensitive::state_secret;
use foundation::{Code, Fault};

/// How closely an inspectorate looks at a party (toezichtniveau, the pyramid of Inspectie JenV).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Level {
    /// Regulier: signaleren.
    Regular = 1,
    /// Verdiepend: stimuleren.
    InDepth = 2,
    /// Intensief: interveniëren.
    Intensive = 3,
}

impl Level {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Regular, Self::InDepth, Self::Intensive]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// Where a step leads, compared with the level before it (stap).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum Step {
    /// The first level that the inspectorate recorded of the party.
    First = 1,
    /// Omhoog.
    Up = 2,
    /// Omlaag.
    Down = 3,
    /// Hetzelfde niveau, met een nieuwe reden.
    Same = 4,
}

impl Step {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::First, Self::Up, Self::Down, Self::Same]
            .into_iter()
            .find(|value| *value as i16 == number)
    }

    /// The step from one level to another.
    pub fn between(before: Option<Level>, level: Level) -> Self {
        match before {
            None => Self::First,
            Some(before) if level > before => Self::Up,
            Some(before) if level < before => Self::Down,
            Some(_) => Self::Same,
        }
    }

    /// What the log and the outbox call it. A step up is what partners are told.
    pub fn change(self) -> &'static str {
        match self {
            Self::First | Self::Same => "set",
            Self::Up => "stepped_up",
            Self::Down => "stepped_down",
        }
    }
}

/// Checks the reason of a step, at most 5,000 characters.
pub fn check(reason: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("reason", reason, 5_000, &mut faults);
    if state_secret(reason) {
        faults.push(Fault::new(Code::StateSecret).at("reason"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_up_only_when_the_level_rises() {
        use Level::{InDepth, Intensive, Regular};
        assert_eq!(Step::between(None, Intensive), Step::First);
        assert_eq!(Step::between(Some(Regular), InDepth), Step::Up);
        assert_eq!(Step::between(Some(Intensive), Regular), Step::Down);
        assert_eq!(Step::between(Some(InDepth), InDepth), Step::Same);
        assert_eq!(Step::between(Some(Regular), Intensive).change(), "stepped_up");
    }

    #[test]
    fn a_step_has_a_reason() {
        let codes = |reason: &str| check(reason).iter().map(Fault::code).collect::<Vec<_>>();
        assert_eq!(codes("Drie incidenten in een half jaar."), []);
        assert_eq!(codes(" "), [Code::Required]);
        assert_eq!(codes("staatsgeheim"), [Code::StateSecret]);
    }
}
