//! What holds for every text that an inspectorate writes beside a signal.

use access::Instant;
use foundation::check::{optional, required};
use foundation::{Code, Fault, clock};

use super::signal::no_state_secret;

/// Checks a text that may be absent.
pub fn may_say(field: &str, text: Option<&str>, maximum: usize, faults: &mut Vec<Fault>) {
    optional(field, text, maximum, faults);
    no_state_secret(field, text, faults);
}

/// Checks a text that must be there.
pub fn must_say(field: &str, text: &str, maximum: usize, faults: &mut Vec<Fault>) {
    required(field, text, maximum, faults);
    no_state_secret(field, Some(text), faults);
}

/// Refuses a moment that lies ahead, but for a day of grace for clocks that differ.
pub fn has_been(field: &str, moment: Option<Instant>, now: Instant, faults: &mut Vec<Fault>) {
    if moment.is_some_and(|moment| moment > now + 86_400 * clock::SECOND) {
        let future = Fault::new(Code::InvalidDate);
        let future = future.with_words("reason", "hij ligt in de toekomst", "it lies in the future");
        faults.push(future.at(field));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_beside_a_signal_hold_no_state_secrets_and_moments_have_been() {
        let mut faults = Vec::new();
        may_say("text", Some("Stg. GEHEIM"), 100, &mut faults);
        must_say("reason", " ", 100, &mut faults);
        has_been("observedAt", Some(2 * 86_400 * clock::SECOND), 0, &mut faults);
        has_been("observedAt", Some(1), 0, &mut faults);
        let codes: Vec<Code> = faults.iter().map(Fault::code).collect();
        assert_eq!(codes, [Code::StateSecret, Code::Required, Code::InvalidDate]);
    }
}
