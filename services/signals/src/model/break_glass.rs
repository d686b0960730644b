//! Break-glass (noodinzage): a signal opened to one account in acute danger to people, and reviewed afterwards.

use access::Instant;
use foundation::clock::SECOND;
use foundation::{Fault, working_days};
use uuid::Uuid;

use foundation::check::required;

/// How long it stays open.
pub const OPEN_FOR: Instant = 4 * 3600 * SECOND;
/// How often one account may try in one hour of the clock, found or not.
pub const ATTEMPTS_PER_HOUR: i16 = 10;
/// The code of the legal basis: vital interest, GDPR article 6(1)(d).
pub const BASIS: &str = "avg-6-1-d";

/// Which signal, as far as somebody outside can name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By what may be known of it.
    Discovery(Uuid),
    /// By its citable number, told by telephone.
    Number(String),
}

/// The hour of the clock that a moment lies in.
pub fn hour(now: Instant) -> i64 {
    now.div_euclid(3600 * SECOND)
}

/// Until when it is to be reviewed, exclusive: the end of the next Dutch working day.
pub fn review_due(opened: Instant) -> Instant {
    working_days::end_of_working_day(opened, 1)
}

/// Everything that is wrong with the words that open it.
pub fn check(danger: &str, reason: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("danger", danger, 1_000, &mut faults);
    required("reason", reason, 1_000, &mut faults);
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_friday_is_reviewed_on_monday() {
        let friday = "2026-06-05T20:00:00Z".parse::<jiff::Timestamp>().expect("a moment");
        let due = jiff::Timestamp::from_microsecond(review_due(friday.as_microsecond())).expect("in range");
        assert_eq!(
            due.to_string(),
            "2026-06-08T22:00:00Z",
            "Monday has ended in the Netherlands"
        );
    }

    #[test]
    fn danger_and_reason_are_both_told() {
        let fields = |danger: &str, reason: &str| -> Vec<String> {
            let faults = check(danger, reason);
            faults
                .iter()
                .filter_map(|fault| fault.field().map(str::to_owned))
                .collect()
        };
        assert_eq!(fields("Gaslek in een woning", "Adres is nodig"), Vec::<String>::new());
        assert_eq!(fields(" ", ""), ["danger", "reason"]);
        assert_eq!(fields(&"x".repeat(1_001), "Adres is nodig"), ["danger"]);
    }
}
