//! Dates as spreadsheets keep them: a number of days since a beginning, the time of day behind the point.
//!
//! Excel has two beginnings, and a file does not say which: the mapping must. The 1900 system takes over a mistake of
//! Lotus 1-2-3, for which 1900 was a leap year: its day 60 is a 29 February that never was, and every later day has a
//! number one too high. Days before it are counted from 31 December 1899, days after it from 30 December.

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Span};

/// The system of Excel on Windows: 1 is 1 January 1900.
pub const EXCEL_1900: &str = "excel1900";
/// The system of old Excel on the Macintosh: 0 is 1 January 1904.
pub const EXCEL_1904: &str = "excel1904";

/// The day that Excel has and the calendar has not.
const NEVER: i32 = 60;
const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

/// Reads a serial by this format; nothing where the format is none of ours, or the text is no number.
pub fn read(format: &str, text: &str) -> Option<Result<DateTime, String>> {
    let by_1900 = match format {
        EXCEL_1900 => true,
        EXCEL_1904 => false,
        _ => return None,
    };
    let (days, share) = number(text)?;
    Some(beginning(days, by_1900, text).and_then(|day| at(day, share, text)))
}

/// Whole days and the share of a day behind them; nothing where it is not so written.
fn number(text: &str) -> Option<(i32, f64)> {
    let (days, share) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(days) || !digits(share) || days.len() > 7 {
        return None;
    }
    Some((days.parse().ok()?, format!("0.{share}").parse().ok()?))
}

fn beginning(days: i32, by_1900: bool, text: &str) -> Result<Date, String> {
    let none = |why: &str| Err(format!("`{text}` is no day of a spreadsheet: {why}"));
    let first = match (by_1900, days) {
        (true, 0) => return none("the first is 1, 1 January 1900"),
        (true, NEVER) => {
            return none(
                "60 is 29 February 1900, which never was (Excel counts it by mistake). Correct the date at its source",
            );
        }
        (true, 1..NEVER) => date(1899, 12, 31),
        (true, _) => date(1899, 12, 30),
        (false, _) => date(1904, 1, 1),
    };
    match first.checked_add(Span::new().days(days)) {
        Ok(day) => Ok(day),
        Err(_) => none("it lies beyond the year 9999"),
    }
}

/// The time of day, to the millisecond: spreadsheets keep no more, and show less.
fn at(day: Date, share: f64, text: &str) -> Result<DateTime, String> {
    let time = SignedDuration::from_millis((share * MILLISECONDS_A_DAY).round() as i64);
    day.at(0, 0, 0, 0)
        .checked_add(time)
        .map_err(|_| format!("`{text}` lies beyond the year 9999"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(format: &str, text: &str) -> String {
        read(format, text).expect("a number").expect("a day").to_string()
    }

    #[test]
    fn both_systems_count_from_their_own_beginning() {
        for (format, text, day) in [
            (EXCEL_1900, "1", "1900-01-01T00:00:00"),
            (EXCEL_1900, "59", "1900-02-28T00:00:00"),
            (EXCEL_1900, "61", "1900-03-01T00:00:00"),
            (EXCEL_1900, "44562", "2022-01-01T00:00:00"),
            (EXCEL_1900, "2958465", "9999-12-31T00:00:00"),
            (EXCEL_1904, "0", "1904-01-01T00:00:00"),
            (EXCEL_1904, "60", "1904-03-01T00:00:00"),
            (EXCEL_1904, "43100", "2022-01-01T00:00:00"),
        ] {
            assert_eq!(local(format, text), day, "{format} {text}");
        }
    }

    #[test]
    fn the_time_of_day_stands_behind_the_point_or_comma() {
        assert_eq!(local(EXCEL_1900, "44562.5"), "2022-01-01T12:00:00");
        assert_eq!(local(EXCEL_1900, "44562,708333333336"), "2022-01-01T17:00:00");
        assert_eq!(local(EXCEL_1904, "43100.999999999"), "2022-01-02T00:00:00");
    }

    #[test]
    fn the_29th_of_february_1900_never_was() {
        let never = read(EXCEL_1900, "60").expect("a number").expect_err("no day");
        assert!(never.contains("29 February 1900"), "{never}");
        assert!(read(EXCEL_1900, "60.25").expect("a number").is_err());
        assert!(read(EXCEL_1900, "0.5").expect("a number").is_err());
        assert!(read(EXCEL_1900, "2958466").expect("a number").is_err());
    }

    #[test]
    fn what_is_no_number_is_left_to_other_formats() {
        for text in ["", "2022-01-01", "-1", "1e5", "44562.", "20220101", ".5", "1.2.3"] {
            assert!(read(EXCEL_1900, text).is_none(), "{text}");
        }
        assert!(read("%Y", "2022").is_none());
    }
}
