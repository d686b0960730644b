//! Dutch civil weeks, months and years, as people count in them.

use access::Instant;
use foundation::clock;
use jiff::ToSpan;
use jiff::civil::Date;

/// How long a period is (periode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    /// Week, from Monday (ISO 8601).
    Week,
    /// Maand.
    Month,
    /// Jaar.
    Year,
}

/// A week, month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    per: Per,
    first: Date,
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.first.cmp(&other.first)
    }
}

impl Period {
    /// The period in which a moment lies.
    pub fn of(per: Per, moment: Instant) -> Self {
        let date = clock::date_of(moment);
        let first = match per {
            Per::Week => date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days()),
            Per::Month => date.first_of_month(),
            Per::Year => date.first_of_year(),
        };
        Self { per, first }
    }

    /// The one after.
    #[must_use]
    pub fn next(self) -> Self {
        let step = match self.per {
            Per::Week => 1.week(),
            Per::Month => 1.month(),
            Per::Year => 1.year(),
        };
        Self {
            first: self.first.saturating_add(step),
            ..self
        }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.next().first.yesterday().unwrap_or(Date::MAX)
    }

    /// The moment at which it begins.
    pub fn from(self) -> Instant {
        self.first
            .yesterday()
            .ok()
            .and_then(clock::end_of)
            .unwrap_or(Instant::MIN)
    }

    /// The moment at which it has ended.
    pub fn until(self) -> Instant {
        clock::end_of(self.last()).unwrap_or(Instant::MAX)
    }

    /// Its name: `2026-W22`, `2026-05` or `2026`.
    pub fn name(self) -> String {
        match self.per {
            Per::Week => {
                let week = self.first.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Per::Month => format!("{:04}-{:02}", self.first.year(), self.first.month()),
            Per::Year => format!("{:04}", self.first.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Instant {
        text.parse::<jiff::Timestamp>().expect("a moment").as_microsecond()
    }

    #[test]
    fn a_month_begins_at_midnight_in_the_netherlands() {
        let last_of_may = Period::of(Per::Month, moment("2026-05-31T21:59:59Z"));
        assert_eq!(last_of_may.name(), "2026-05");
        let june = Period::of(Per::Month, moment("2026-05-31T22:00:00Z"));
        assert_eq!((june.name().as_str(), last_of_may.next()), ("2026-06", june));
        assert_eq!(june.from(), moment("2026-05-31T22:00:00Z"));
        assert_eq!(june.until(), moment("2026-06-30T22:00:00Z"));
        // The clock goes back within it.
        let october = Period::of(Per::Month, moment("2026-10-15T00:00:00Z"));
        assert_eq!(october.from(), moment("2026-09-30T22:00:00Z"));
        assert_eq!(october.until(), moment("2026-10-31T23:00:00Z"));
    }

    #[test]
    fn a_week_is_named_by_the_year_of_its_thursday() {
        let week = Period::of(Per::Week, moment("2027-01-02T12:00:00Z"));
        assert_eq!(week.name(), "2026-W53");
        assert_eq!(week.first().to_string(), "2026-12-28");
        assert_eq!(week.last().to_string(), "2027-01-03");
        assert_eq!(week.next().name(), "2027-W01");
    }

    #[test]
    fn every_moment_lies_in_its_period_and_in_no_other() {
        let (from, step) = (moment("1899-12-30T00:00:00Z"), 86_400 * clock::SECOND * 5 / 3);
        for place in 0..30_000 {
            let moment = from + place * step;
            for per in [Per::Week, Per::Month, Per::Year] {
                let period = Period::of(per, moment);
                assert!(
                    period.from() <= moment && moment < period.until(),
                    "{period:?}, {moment}"
                );
                assert_eq!(period.next().from(), period.until(), "{period:?}");
            }
        }
    }
}
