//! What the records of a random world say and what they are about: by their place, so that every value occurs with
//! every label.

use foundation::clock::SECOND;

use super::facts::NOW;

/// The codes of the categories.
pub const CATEGORIES: [&str; 3] = ["c0", "c1", "c2"];
/// The codes of the regions.
pub const REGIONS: [&str; 2] = ["VR01", "VR02"];

/// What a record says.
#[derive(Clone, Debug)]
pub struct Told {
    pub category: &'static str,
    pub severity: i16,
    pub urgency: i16,
    pub origin: i16,
    pub observed: i64,
    pub reliability: Option<i16>,
    pub valid_until: Option<i64>,
    /// The numbers of the parties.
    pub parties: Vec<usize>,
    /// The codes of the regions.
    pub regions: Vec<&'static str>,
    /// The names of the persons involved.
    pub persons: Vec<&'static str>,
}

/// Moments about the borders of Dutch months, with the month in which they lie: summer and winter time, before 1970,
/// and when the Netherlands kept a time of their own.
pub const MOMENTS: [(&str, &str); 10] = [
    ("2026-05-31T21:59:59.999999Z", "2026-05"),
    ("2026-05-31T22:00:00Z", "2026-06"),
    ("2026-05-03T10:00:00Z", "2026-05"),
    ("2025-12-31T22:59:59Z", "2025-12"),
    ("2025-12-31T23:00:00Z", "2026-01"),
    ("2025-10-26T00:30:00Z", "2025-10"),
    ("1970-01-01T00:30:00Z", "1970-01"),
    ("1969-12-31T23:30:00Z", "1970-01"),
    ("1969-12-31T22:59:59.999999Z", "1969-12"),
    ("1936-05-31T23:45:00Z", "1936-06"),
];

/// A moment by its text.
pub fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("a moment").as_microsecond()
}

/// What the record at this place says.
pub fn told(place: usize) -> Told {
    let number = |sides: usize| i16::try_from(1 + place % sides).expect("few enough");
    let parties = match place % 7 {
        0 => vec![],
        1 => vec![0, 1],
        2 => vec![0, 1, 2],
        other => vec![other % 3],
    };
    let regions = match place % 5 {
        0 => vec![],
        1 => vec!["VR01", "VR02"],
        _ => vec!["VR01"],
    };
    let persons = match place % 6 {
        0 => vec![],
        1 => vec!["Kanarie Een", "KANARIE Twee"],
        2 => vec!["kanarie één"],
        3 => vec!["Kanarie Een", "kanarie een"],
        _ => vec!["Kanarie Drie"],
    };
    Told {
        category: CATEGORIES[place / 2 % 3],
        severity: number(4),
        urgency: number(3),
        origin: number(5),
        observed: moment(MOMENTS[place * 3 % 11 % 10].0),
        reliability: (!place.is_multiple_of(4)).then(|| number(6)),
        valid_until: [None, Some(NOW), Some(NOW + 1), Some(NOW + SECOND)][place / 3 % 4],
        parties,
        regions,
        persons,
    }
}
