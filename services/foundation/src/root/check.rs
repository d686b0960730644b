//! What is checked of every root: its marks, how much it names, how long it is kept.

use access::{Instant, Labels, Rank, Tlp, UseLimit};
use jiff::civil;

use crate::clock;
use crate::fault::{Code, Fault};

/// Marks as far as somebody says something of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Rank.
    pub rank: Option<Rank>,
    /// Traffic light mark.
    pub tlp: Option<Tlp>,
    /// Use limit.
    pub use_limit: Option<UseLimit>,
    /// The last Dutch date on which it is kept.
    pub retain_until: Option<civil::Date>,
}

/// How many subjects, or persons, one record may name.
pub const SUBJECTS_MAXIMUM: usize = 100;

/// The marks of a record of which its maker says nothing.
pub const DEFAULT_LABELS: Labels = Labels {
    rank: Rank::Vertrouwelijk,
    tlp: Tlp::Amber,
    use_limit: UseLimit::Supervision,
};

/// For how many years a record is kept when its maker says nothing, and at most.
pub const RETENTION_YEARS: i16 = 5;

/// Refuses more than a record can hold.
pub fn at_most(field: &str, count: usize, faults: &mut Vec<Fault>) {
    if count > SUBJECTS_MAXIMUM {
        faults.push(
            Fault::new(Code::TooMany)
                .with("count", count)
                .with("maximum", SUBJECTS_MAXIMUM)
                .at(field),
        );
    }
}

/// Until when a record is kept, exclusive: the end of the given Dutch date, or five years from now.
///
/// # Errors
/// `INVALID_DATE` for a date that has passed or lies more than five years ahead.
pub fn retention(date: Option<civil::Date>, now: Instant) -> Result<Instant, Fault> {
    let today = clock::date_of(now);
    let latest = today
        .checked_add(jiff::Span::new().years(RETENTION_YEARS))
        .unwrap_or(civil::Date::MAX);
    let date = date.unwrap_or(latest);
    let wrong = |dutch: &str, english: &str| {
        Fault::new(Code::InvalidDate)
            .with_words("reason", dutch, english)
            .at("labels.retainUntil")
    };
    if date < today {
        return Err(wrong("hij is al voorbij", "it has passed"));
    }
    if date > latest {
        return Err(wrong(
            "een record blijft hoogstens vijf jaar bewaard",
            "a record is kept for at most five years",
        ));
    }
    clock::end_of(date).ok_or_else(|| wrong("hij is niet voor te stellen", "it cannot be represented"))
}

/// Refuses a rank above the caller's own clearance.
///
/// # Errors
/// `RANK_ABOVE_CLEARANCE`.
pub fn within_clearance(rank: Rank, clearance: Rank) -> Result<(), Fault> {
    if rank > clearance {
        return Err(Fault::new(Code::RankAboveClearance).at("labels.rank"));
    }
    Ok(())
}

/// The marks of a new record, and until when it is kept.
///
/// # Errors
/// `RANK_ABOVE_CLEARANCE`, `INVALID_DATE`: every fault at once.
pub fn labels(marks: &Marks, clearance: Rank, now: Instant) -> Result<(Labels, Instant), Vec<Fault>> {
    let labels = Labels {
        rank: marks.rank.unwrap_or(DEFAULT_LABELS.rank.min(clearance)),
        tlp: marks.tlp.unwrap_or(DEFAULT_LABELS.tlp),
        use_limit: marks.use_limit.unwrap_or(DEFAULT_LABELS.use_limit),
    };
    let cleared = within_clearance(labels.rank, clearance);
    match (cleared, retention(marks.retain_until, now)) {
        (Ok(()), Ok(retain_until)) => Ok((labels, retain_until)),
        (cleared, retained) => Err(cleared.err().into_iter().chain(retained.err()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_ends_with_a_dutch_day_and_has_bounds() {
        let now = "2026-06-01T10:00:00Z"
            .parse::<jiff::Timestamp>()
            .expect("a moment")
            .as_microsecond();
        let end = retention(Some(civil::date(2026, 6, 1)), now).expect("today is allowed");
        assert_eq!(
            jiff::Timestamp::from_microsecond(end).expect("in range").to_string(),
            "2026-06-01T22:00:00Z"
        );
        assert!(retention(Some(civil::date(2026, 5, 31)), now).is_err());
        assert!(retention(Some(civil::date(2031, 6, 2)), now).is_err());
        assert!(retention(Some(civil::date(2031, 6, 1)), now).is_ok());
    }

    #[test]
    fn marks_that_nobody_names_are_within_the_makers_clearance() {
        let (marks, _) = labels(&Marks::default(), Rank::Intern, 0).expect("good marks");
        assert_eq!(marks.rank, Rank::Intern);
        let above = Marks {
            rank: Some(Rank::Vertrouwelijk),
            retain_until: Some(civil::date(1969, 12, 31)),
            ..Marks::default()
        };
        let codes: Vec<Code> = labels(&above, Rank::Intern, 0)
            .expect_err("too high and too late")
            .iter()
            .map(Fault::code)
            .collect();
        assert_eq!(codes, [Code::RankAboveClearance, Code::InvalidDate]);
    }
}
