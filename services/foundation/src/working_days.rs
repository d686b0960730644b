//! Dutch working days (werkdagen): Monday to Friday, but for the days that the Algemene termijnenwet names.
//!
//! Its article 3 names New Year's Day, Easter Monday, Whit Monday, both days of Christmas, Ascension Day, the day on
//! which the King's birthday is celebrated and 5 May, and puts Good Friday on a level with them. Days that a decree
//! adds for one year, and Sundays, are not in the list: a Sunday is no working day anyway.

use access::Instant;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use crate::clock;

/// Easter Sunday of a year, by the Gregorian computus of Meeus, Jones and Butcher.
fn easter(year: i16) -> Date {
    let year = i32::from(year);
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon + 15) % 30;
    let to_sunday = (32 + 2 * century_rest + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let day = epact + to_sunday - 7 * late + 114;
    let part = |number: i32| i8::try_from(number).expect("a month or a day of the month");
    let year = i16::try_from(year).expect("a year that came in as such");
    date(year, part(day / 31), part(day % 31 + 1))
}

/// The days of a year that the Algemene termijnenwet puts on a level with Sundays.
pub fn holidays(year: i16) -> [Date; 9] {
    let easter = easter(year);
    let after_easter = |days: i64| easter.saturating_add(days.days());
    let birthday = date(year, 4, 27);
    let kings_day = if birthday.weekday() == Weekday::Sunday {
        date(year, 4, 26)
    } else {
        birthday
    };
    [
        date(year, 1, 1),
        after_easter(-2),
        after_easter(1),
        kings_day,
        date(year, 5, 5),
        after_easter(39),
        after_easter(50),
        date(year, 12, 25),
        date(year, 12, 26),
    ]
}

/// Whether a date is a working day.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays(day.year()).contains(&day)
}

/// The date that comes so many working days after a date, which itself does not count.
pub fn working_days_after(day: Date, count: u32) -> Date {
    let mut day = day;
    for _ in 0..count {
        day = day.saturating_add(1.day());
        while !is_working_day(day) && day < Date::MAX {
            day = day.saturating_add(1.day());
        }
    }
    day
}

/// The exclusive end of the day that comes so many Dutch working days after the day of this moment.
pub fn end_of_working_day(now: Instant, count: u32) -> Instant {
    clock::end_of(working_days_after(clock::date_of(now), count)).unwrap_or(access::FOREVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let known = [
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2030, 4, 21),
            (2038, 4, 25),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn the_holidays_of_2026() {
        let expected = [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 4, 27),
            date(2026, 5, 5),
            date(2026, 5, 14),
            date(2026, 5, 25),
            date(2026, 12, 25),
            date(2026, 12, 26),
        ];
        assert_eq!(holidays(2026), expected);
    }

    #[test]
    fn kings_day_gives_way_to_sunday() {
        assert_eq!(holidays(2025)[3], date(2025, 4, 26));
        assert_eq!(holidays(2031)[3], date(2031, 4, 26));
        assert_eq!(holidays(2030)[3], date(2030, 4, 27));
    }

    #[test]
    fn days_that_do_not_count_are_passed_over() {
        // A plain fortnight.
        assert_eq!(working_days_after(date(2026, 6, 1), 10), date(2026, 6, 15));
        // Asked on a Saturday: the first day is Monday.
        assert_eq!(working_days_after(date(2026, 6, 6), 1), date(2026, 6, 8));
        // Good Friday and Easter Monday.
        assert_eq!(working_days_after(date(2026, 4, 2), 1), date(2026, 4, 7));
        // King's Day, 5 May and Ascension Day within ten working days.
        assert_eq!(working_days_after(date(2026, 4, 24), 10), date(2026, 5, 12));
        // Christmas and New Year; the second day of Christmas is a Saturday.
        assert_eq!(working_days_after(date(2026, 12, 23), 5), date(2026, 12, 31));
        assert_eq!(working_days_after(date(2026, 12, 31), 1), date(2027, 1, 4));
    }

    #[test]
    fn a_term_ends_with_its_last_day_in_the_netherlands() {
        let asked = "2026-06-01T21:59:00Z".parse::<jiff::Timestamp>().expect("a moment");
        let end = |count| jiff::Timestamp::from_microsecond(end_of_working_day(asked.as_microsecond(), count));
        assert_eq!(end(10).expect("in range").to_string(), "2026-06-15T22:00:00Z");
        assert_eq!(end(1).expect("in range").to_string(), "2026-06-02T22:00:00Z");
    }
}
