//! A signal (signaal): something may be wrong. Its content, how it is checked, and how it moves through its life.

use access::Instant;
use foundation::{Code, Fault, clock};

pub use foundation::root::Subjects;
pub use foundation::root::check::{Marks, SUBJECTS_MAXIMUM, at_most, labels, retention};
use foundation::sensitive::state_secret;

use super::provenance::{self, Provenance};
use super::reliability::{Credibility, Reliability};
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
    /// How a machine came by it.
    pub provenance: Option<Provenance>,
    /// How reliable the source is.
    pub reliability: Option<Reliability>,
    /// How credible the information is.
    pub credibility: Option<Credibility>,
    /// Until when it holds, exclusive: past that it is outdated.
    pub valid_until: Option<Instant>,
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
    if content.valid_until.is_some_and(|until| until <= content.observed_from) {
        faults.push(Fault::new(Code::InvalidPeriod).at("validUntil"));
    }
    let texts = [
        ("title", Some(content.title.as_str())),
        ("narrative", Some(content.narrative.as_str())),
        ("place", content.place.as_deref()),
        ("note", content.note.as_deref()),
    ];
    for (field, text) in texts {
        no_state_secret(field, text, &mut faults);
    }
    if content.origin == Origin::Web {
        faults.extend(provenance::deidentified(texts));
    }
    faults.extend(check_provenance(content, now));
    faults
}

/// Checks the provenance, which only a signal from the web has.
fn check_provenance(content: &Content, now: Instant) -> Vec<Fault> {
    let Some(found) = &content.provenance else {
        return Vec::new();
    };
    let mut faults = provenance::check(found, now);
    if content.origin != Origin::Web {
        let (dutch, english) = ("alleen bij origin WEB", "only with origin WEB");
        let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        faults.push(fault.at("provenance"));
    }
    let product = found.product_category.as_deref();
    faults.extend(provenance::deidentified([("provenance.productCategory", product)]));
    faults
}

/// Refuses a text that carries a state-secret marking.
pub fn no_state_secret(field: &str, text: Option<&str>, faults: &mut Vec<Fault>) {
    if text.is_some_and(state_secret) {
        faults.push(Fault::new(Code::StateSecret).at(field));
    }
}

/// Checks the personal part. What comes from the web has none.
pub fn check_personal(personal: &Personal, origin: Origin) -> Vec<Fault> {
    let mut faults = Vec::new();
    if origin == Origin::Web {
        let refused = || provenance::identified("hier horen persoonsgegevens", "personal data belong here");
        if personal.reporter_name.is_some() || personal.reporter_contact.is_some() {
            faults.push(refused().at("reporter"));
        }
        if !personal.persons_involved.is_empty() {
            faults.push(refused().at("personsInvolved"));
        }
    }
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
            provenance: None,
            reliability: None,
            credibility: None,
            valid_until: None,
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
    fn what_comes_from_the_web_is_refused_where_elsewhere_is_a_warning() {
        let found = Content {
            narrative: "Verkoper: dhr. Canarie, canarie@example.nl".to_owned(),
            ..content()
        };
        assert_eq!(codes(&found), []);
        let web = Content {
            origin: Origin::Web,
            ..found
        };
        assert_eq!(codes(&web), [(Code::NotDeidentified, "narrative".to_owned())]);
        let involved = Personal {
            persons_involved: vec!["Canarie".to_owned()],
            ..Personal::default()
        };
        let refused = check_personal(&involved, Origin::Web);
        assert_eq!(refused[0].field(), Some("personsInvolved"));
        assert!(check_personal(&involved, Origin::Report).is_empty());
    }

    #[test]
    fn numbers_are_citable() {
        assert_eq!(number("ilt", 2026, 123), "ILT-2026-00123");
    }
}
