//! A signal (signaal): something may be wrong. Its content, how it is checked, and how it moves through its life.

use access::{Instant, Labels, Rank, Tlp, UseLimit};
use foundation::clock;
use foundation::sensitive::state_secret;
use foundation::{Code, Fault};
use jiff::civil;
use uuid::Uuid;

pub use foundation::check::{optional, required, same_version};

/// How serious it is (ernst).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Severity {
    /// Gering.
    Minor = 1,
    /// Matig.
    Moderate = 2,
    /// Ernstig.
    Serious = 3,
    /// Zeer ernstig.
    Critical = 4,
}

impl Severity {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Minor, Self::Moderate, Self::Serious, Self::Critical]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// How soon somebody should look at it (urgentie).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Urgency {
    /// Regulier.
    Routine = 1,
    /// Spoedig.
    Soon = 2,
    /// Onmiddellijk.
    Immediate = 3,
}

impl Urgency {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Routine, Self::Soon, Self::Immediate]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// Where it comes from (herkomst).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Origin {
    /// Eigen waarneming.
    Own = 1,
    /// Melding.
    Report = 2,
    /// Partner.
    Partner = 3,
    /// Internet.
    Web = 4,
    /// Zaaksysteem.
    CaseSystem = 5,
}

impl Origin {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Own, Self::Report, Self::Partner, Self::Web, Self::CaseSystem]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// What a signal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its title, at most 200 characters.
    pub title: String,
    /// Its narrative (toelichting), at most 20,000 characters; business-sensitive, never personal.
    pub narrative: String,
    /// The code of its category.
    pub category: String,
    /// How serious.
    pub severity: Severity,
    /// How urgent.
    pub urgency: Urgency,
    /// From when it was observed.
    pub observed_from: Instant,
    /// Until when it was observed.
    pub observed_until: Option<Instant>,
    /// Where, in words, at most 200 characters.
    pub place: Option<String>,
    /// A note on the record itself, such as a doubt about its times, at most 1,000 characters.
    pub note: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The personal part, kept in a table of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Personal {
    /// Who reported it.
    pub reporter_name: Option<String>,
    /// How to reach the reporter.
    pub reporter_contact: Option<String>,
    /// Who is involved.
    pub persons_involved: Vec<String>,
}

impl Personal {
    /// Whether there is nothing personal.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The record's key in the system it came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct External {
    /// The system, at most 100 characters.
    pub system: String,
    /// The key in it, at most 200 characters.
    pub reference: String,
}

/// What a signal is about; every reference known to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Supervised parties.
    pub parties: Vec<Uuid>,
    /// Sites.
    pub sites: Vec<Uuid>,
    /// Safety regions.
    pub regions: Vec<Uuid>,
}

impl Subjects {
    /// Each subject with the number of its kind: 1 party, 2 site, 3 region.
    pub fn numbered(&self) -> impl Iterator<Item = (i16, Uuid)> + '_ {
        let kind = |number: i16| move |id: &Uuid| (number, *id);
        self.parties
            .iter()
            .map(kind(1))
            .chain(self.sites.iter().map(kind(2)))
            .chain(self.regions.iter().map(kind(3)))
    }
}

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

/// How many subjects, or persons, one signal may name.
pub const SUBJECTS_MAXIMUM: usize = 100;

/// The marks of a signal of which its maker says nothing.
pub const DEFAULT_LABELS: Labels = Labels {
    rank: Rank::Vertrouwelijk,
    tlp: Tlp::Amber,
    use_limit: UseLimit::Supervision,
};

/// For how many years a signal is kept when its maker says nothing, and at most.
pub const RETENTION_YEARS: i16 = 5;

/// Checks the content. Every fault at once, each at its field.
pub fn check(content: &Content, now: Instant) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("title", &content.title, 200, &mut faults);
    required("narrative", &content.narrative, 20_000, &mut faults);
    optional("place", content.place.as_deref(), 200, &mut faults);
    optional("note", content.note.as_deref(), 1_000, &mut faults);
    if content
        .observed_until
        .is_some_and(|until| until <= content.observed_from)
    {
        faults.push(Fault::new(Code::InvalidPeriod).at("observedUntil"));
    }
    // A day of grace for clocks that differ; what lies further ahead was not observed.
    if content.observed_from > now + 86_400 * clock::SECOND {
        let future =
            Fault::new(Code::InvalidDate).with_words("reason", "hij ligt in de toekomst", "it lies in the future");
        faults.push(future.at("observedFrom"));
    }
    let texts = [
        ("title", Some(&content.title)),
        ("narrative", Some(&content.narrative)),
        ("place", content.place.as_ref()),
        ("note", content.note.as_ref()),
    ];
    for (field, text) in texts {
        if text.is_some_and(|text| state_secret(text)) {
            faults.push(Fault::new(Code::StateSecret).at(field));
        }
    }
    faults
}

/// Checks the personal part.
pub fn check_personal(personal: &Personal) -> Vec<Fault> {
    let mut faults = Vec::new();
    optional("reporter.name", personal.reporter_name.as_deref(), 200, &mut faults);
    optional(
        "reporter.contact",
        personal.reporter_contact.as_deref(),
        200,
        &mut faults,
    );
    at_most("personsInvolved", personal.persons_involved.len(), &mut faults);
    for (index, person) in personal.persons_involved.iter().enumerate() {
        required(&format!("personsInvolved.{index}"), person, 200, &mut faults);
    }
    faults
}

/// Checks the key from another system.
pub fn check_external(external: &External) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("externalReference.system", &external.system, 100, &mut faults);
    required("externalReference.reference", &external.reference, 200, &mut faults);
    faults
}

/// Refuses more than a signal can hold.
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

/// Until when a signal is kept, exclusive: the end of the given Dutch date, or five years from now.
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
            "een signaal blijft hoogstens vijf jaar bewaard",
            "a signal is kept for at most five years",
        ));
    }
    clock::end_of(date).ok_or_else(|| wrong("hij is niet voor te stellen", "it cannot be represented"))
}

/// A citable number: `ILT-2026-00123`.
pub fn number(organisation: &str, year: i16, sequence: i32) -> String {
    format!("{}-{year}-{sequence:05}", organisation.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            title: "Lekkende tank".to_owned(),
            narrative: "Damp boven de kade.".to_owned(),
            category: "chemicals".to_owned(),
            severity: Severity::Serious,
            urgency: Urgency::Soon,
            observed_from: 0,
            observed_until: None,
            place: None,
            note: None,
            origin: Origin::Own,
        }
    }

    fn codes(content: &Content) -> Vec<(Code, String)> {
        check(content, 0)
            .iter()
            .map(|fault| (fault.code(), fault.field().unwrap_or_default().to_owned()))
            .collect()
    }

    #[test]
    fn good_content_passes() {
        assert_eq!(codes(&content()), []);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let wrong = Content {
            title: " ".to_owned(),
            narrative: "x".repeat(20_001),
            observed_until: Some(0),
            place: Some("a\0b".to_owned()),
            ..content()
        };
        let expected = [
            (Code::Required, "title"),
            (Code::TooLong, "narrative"),
            (Code::InvalidInput, "place"),
            (Code::InvalidPeriod, "observedUntil"),
        ];
        assert_eq!(codes(&wrong), expected.map(|(code, field)| (code, field.to_owned())));
    }

    #[test]
    fn state_secrets_are_refused_however_they_are_written() {
        for text in ["Stg. GEHEIM bijlage", "dit is staatsgeheim", "STG.CONFIDENTIEEL"] {
            let secret = Content {
                narrative: text.to_owned(),
                ..content()
            };
            assert_eq!(codes(&secret), [(Code::StateSecret, "narrative".to_owned())], "{text}");
        }
        let innocent = Content {
            narrative: "De portier hield de deur geheim open.".to_owned(),
            ..content()
        };
        assert_eq!(codes(&innocent), []);
    }

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
    fn numbers_are_citable() {
        assert_eq!(number("ilt", 2026, 123), "ILT-2026-00123");
    }
}
