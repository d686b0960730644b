//! Moments as files write them: local times in a declared zone, in one of the declared formats.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::serial::{self, EXCEL_1900, EXCEL_1904};

/// The format name for moments that carry their own offset.
pub const RFC3339: &str = "rfc3339";

/// Format names that are no patterns.
pub const WORDS: [&str; 3] = [RFC3339, EXCEL_1900, EXCEL_1904];

/// How a column's moments are written.
#[derive(Clone, Debug)]
pub struct Clock {
    formats: Vec<String>,
    zone: TimeZone,
}

/// A moment, and whether the clock showed it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant; of two, the first: summer time.
    pub at: Timestamp,
    /// The second instant at which the clock showed the same, at the end of summer time.
    pub second: Option<Timestamp>,
}

impl Clock {
    /// Moments in any of these formats (of `strptime`, or `rfc3339`), in this zone unless they say otherwise.
    pub fn new(formats: Vec<String>, zone: TimeZone) -> Self {
        Self { formats, zone }
    }

    /// Reads a moment.
    ///
    /// # Errors
    /// A sentence: unreadable, or a local time that never was.
    pub fn moment(&self, text: &str) -> Result<Moment, String> {
        for format in &self.formats {
            if format == RFC3339 {
                if let Ok(at) = text.parse::<Timestamp>() {
                    return Ok(Moment { at, second: None });
                }
                continue;
            }
            if let Some(local) = serial::read(format, text) {
                return self.in_zone(local?);
            }
            if WORDS.contains(&format.as_str()) {
                continue;
            }
            let Ok(parts) = strtime::parse(format, text) else {
                continue;
            };
            if parts.offset().is_some() {
                let at = parts
                    .to_timestamp()
                    .map_err(|error| format!("`{text}` is not a moment: {error}"))?;
                return Ok(Moment { at, second: None });
            }
            let local = match parts.hour() {
                Some(_) => parts.to_datetime(),
                None => parts.to_date().map(|date| date.at(0, 0, 0, 0)),
            };
            return self.in_zone(local.map_err(|error| format!("`{text}` is not a moment: {error}"))?);
        }
        // As ISO 8601 writes it there is no doubt, whatever else was declared.
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Moment { at, second: None });
        }
        if let Ok(local) = text.parse::<DateTime>()
            && (text.len() == 10 || matches!(text.as_bytes().get(10), Some(b'T' | b' ')))
        {
            return self.in_zone(local);
        }
        Err(format!(
            "`{text}` is in none of the formats {}",
            self.formats.join(" · ")
        ))
    }

    /// Reads a date; a time beside it is left out.
    ///
    /// # Errors
    /// A sentence.
    pub fn date(&self, text: &str) -> Result<Date, String> {
        if let Ok(date) = text.parse::<Date>() {
            return Ok(date);
        }
        for format in &self.formats {
            if let Some(local) = serial::read(format, text) {
                return local.map(DateTime::date);
            }
            if !WORDS.contains(&format.as_str())
                && let Ok(date) = strtime::parse(format, text).and_then(|parts| parts.to_date())
            {
                return Ok(date);
            }
        }
        if let Ok(local) = text.parse::<DateTime>() {
            return Ok(local.date());
        }
        Err({
            format!(
                "`{text}` is no date: write it as 2026-12-31 or in {}",
                self.formats.join(" · ")
            )
        })
    }

    fn in_zone(&self, local: DateTime) -> Result<Moment, String> {
        let there = self.zone.to_ambiguous_timestamp(local);
        let beyond = |error| format!("{local} is out of range: {error}");
        match there.offset() {
            AmbiguousOffset::Unambiguous { .. } => Ok(Moment {
                at: there.compatible().map_err(beyond)?,
                second: None,
            }),
            AmbiguousOffset::Fold { .. } => Ok(Moment {
                at: there.earlier().map_err(beyond)?,
                second: Some(there.later().map_err(beyond)?),
            }),
            AmbiguousOffset::Gap { .. } => Err(format!(
                "{local} never was: the clock skipped that hour when summer time began. Correct the time"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(formats: &[&str]) -> Clock {
        let zone = TimeZone::get("Europe/Amsterdam").expect("known");
        Clock::new(formats.iter().map(|format| (*format).to_owned()).collect(), zone)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn local_times_become_instants() {
        let clock = clock(&["%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", RFC3339]);
        for (text, instant) in [
            ("2020-07-01 12:00:00", "2020-07-01T10:00:00Z"),
            ("2020-01-01 12:00:00", "2020-01-01T11:00:00Z"),
            ("01-07-2020 12:30", "2020-07-01T10:30:00Z"),
            ("01-07-2020", "2020-06-30T22:00:00Z"),
            ("2020-07-01T12:00:00+05:00", "2020-07-01T07:00:00Z"),
        ] {
            assert_eq!(
                clock.moment(text),
                Ok(Moment {
                    at: at(instant),
                    second: None
                }),
                "{text}"
            );
        }
        assert!(clock.moment("yesterday").expect_err("unreadable").contains("%d-%m-%Y"));
        assert!(clock.moment("2020-13-01 12:00:00").is_err());
    }

    #[test]
    fn the_double_hour_is_summer_time_and_says_so() {
        let moment = clock(&["%Y-%m-%d %H:%M:%S"])
            .moment("2020-10-25 02:33:04")
            .expect("a moment");
        assert_eq!(moment.at, at("2020-10-25T00:33:04Z"));
        assert_eq!(moment.second, Some(at("2020-10-25T01:33:04Z")));
    }

    #[test]
    fn the_skipped_hour_never_was() {
        let reason = clock(&["%Y-%m-%d %H:%M:%S"])
            .moment("2021-03-28 02:30:00")
            .expect_err("never was");
        assert!(reason.contains("never was"), "{reason}");
    }

    #[test]
    fn dates_are_read_in_their_formats() {
        let clock = clock(&["%d-%m-%Y", "%d-%m-%Y %H:%M"]);
        for text in ["2036-12-31", "31-12-2036", "31-12-2036 10:00"] {
            assert_eq!(clock.date(text).expect("a date").to_string(), "2036-12-31");
        }
        assert!(clock.date("31/12/2036").is_err());
    }
}
