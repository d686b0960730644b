//! A covenant (convenant): what inspectorates have agreed with supervised parties. How often they inspect, what the
//! parties report themselves, and how inspections treat that.

use foundation::check::{optional, required};
use foundation::sensitive::state_secret;
use foundation::{Code, Fault};
use jiff::civil;

/// What an agreed number of inspections counts for (telperiode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum AgreedPeriod {
    /// Per kalenderjaar.
    Year = 1,
    /// Over de hele looptijd.
    Term = 2,
}

impl AgreedPeriod {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Year, Self::Term]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// How good the parties' safety management system was found to be when the covenant was made (kwaliteit van het VMS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum VmsQuality {
    /// Onvoldoende.
    Insufficient = 1,
    /// Voldoende.
    Sufficient = 2,
    /// Goed.
    Good = 3,
}

impl VmsQuality {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Insufficient, Self::Sufficient, Self::Good]
            .into_iter()
            .find(|value| *value as i16 == number)
    }
}

/// An inspectorate that takes part, by code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Its code, such as `ilt`.
    pub organisation: String,
    /// How many inspections it has agreed to for itself.
    pub inspections: Option<i32>,
}

/// What a covenant says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its title, at most 200 characters.
    pub title: String,
    /// How many inspections all inspectorates together have agreed to.
    pub inspections: Option<i32>,
    /// What the numbers count for.
    pub period: AgreedPeriod,
    /// Whether the parties must report themselves.
    pub report_duty: bool,
    /// What they report themselves, and when, at most 5,000 characters.
    pub report_rule: Option<String>,
    /// How inspections treat what they report themselves, at most 5,000 characters.
    pub report_treatment: Option<String>,
    /// For how many months permits are given.
    pub permit_months: Option<i32>,
    /// How good their safety management system was found to be.
    pub vms_quality: Option<VmsQuality>,
    /// The first Dutch date on which it holds.
    pub starts: civil::Date,
    /// The last Dutch date on which it holds; it goes on without one.
    pub ends: Option<civil::Date>,
}

/// The most inspections that can be agreed.
const INSPECTIONS_MAXIMUM: i32 = 10_000;
/// The longest that a permit can be given for, in months: a century.
const MONTHS_MAXIMUM: i32 = 1_200;
/// The most inspectorates that one covenant may have.
const PARTICIPANTS_MAXIMUM: usize = 50;
/// The longest rule.
const RULE_MAXIMUM: usize = 5_000;

/// Checks what a covenant says. Every fault at once, each at its field.
pub fn check(content: &Content, participants: &[Participant]) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("title", &content.title, 200, &mut faults);
    let texts = [
        ("title", Some(content.title.as_str())),
        ("selfReport.rule", content.report_rule.as_deref()),
        ("selfReport.treatment", content.report_treatment.as_deref()),
    ];
    for (field, text) in &texts[1..] {
        optional(field, *text, RULE_MAXIMUM, &mut faults);
    }
    for (field, text) in texts {
        if text.is_some_and(state_secret) {
            faults.push(Fault::new(Code::StateSecret).at(field));
        }
    }
    if content.report_duty && content.report_rule.as_deref().is_none_or(|rule| rule.trim().is_empty()) {
        faults.push(Fault::new(Code::Required).at("selfReport.rule"));
    }
    within(
        "agreedInspections",
        content.inspections,
        0,
        INSPECTIONS_MAXIMUM,
        &mut faults,
    );
    within("permitMonths", content.permit_months, 1, MONTHS_MAXIMUM, &mut faults);
    if content.ends.is_some_and(|ends| ends < content.starts) {
        faults.push(Fault::new(Code::InvalidPeriod).at("ends"));
    }
    check_participants(content, participants, &mut faults);
    faults
}

fn check_participants(content: &Content, participants: &[Participant], faults: &mut Vec<Fault>) {
    if participants.is_empty() {
        faults.push(Fault::new(Code::Required).at("participants"));
    }
    if participants.len() > PARTICIPANTS_MAXIMUM {
        let many = Fault::new(Code::TooMany).with("count", participants.len());
        faults.push(many.with("maximum", PARTICIPANTS_MAXIMUM).at("participants"));
    }
    for (place, participant) in participants.iter().enumerate() {
        let field = format!("participants.{place}.agreedInspections");
        within(&field, participant.inspections, 0, INSPECTIONS_MAXIMUM, faults);
        let same = |other: &Participant| other.organisation == participant.organisation;
        if participants.iter().take(place).any(same) {
            let words = (
                "elke inspectie staat er één keer in",
                "each inspectorate stands in it once",
            );
            faults.push(wrong(words).at(format!("participants.{place}.organisation")));
        }
    }
    let each: i64 = participants
        .iter()
        .filter_map(|participant| participant.inspections)
        .map(i64::from)
        .sum();
    if content.inspections.is_some_and(|all| i64::from(all) < each) {
        let words = (
            "alle inspecties samen zijn er niet minder dan die van elke inspectie apart",
            "all inspections together are no fewer than those of each inspectorate by itself",
        );
        faults.push(wrong(words).at("agreedInspections"));
    }
}

fn wrong((dutch, english): (&str, &str)) -> Fault {
    Fault::new(Code::InvalidInput).with_words("reason", dutch, english)
}

fn within(field: &str, number: Option<i32>, least: i32, most: i32, faults: &mut Vec<Fault>) {
    if number.is_some_and(|number| !(least..=most).contains(&number)) {
        let dutch = format!("geef een getal van {least} tot en met {most}");
        let english = format!("give a number from {least} to {most}");
        faults.push(wrong((&dutch, &english)).at(field));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            title: "Convenant horizontaal toezicht".to_owned(),
            inspections: Some(4),
            period: AgreedPeriod::Year,
            report_duty: true,
            report_rule: Some("Meldt binnen 24 uur.".to_owned()),
            report_treatment: None,
            permit_months: Some(60),
            vms_quality: Some(VmsQuality::Good),
            starts: civil::date(2026, 1, 1),
            ends: Some(civil::date(2026, 12, 31)),
        }
    }

    fn takes_part(organisation: &str, inspections: i32) -> Participant {
        Participant {
            organisation: organisation.to_owned(),
            inspections: Some(inspections),
        }
    }

    fn codes(content: &Content, participants: &[Participant]) -> Vec<(Code, String)> {
        let told = |fault: &Fault| (fault.code(), fault.field().unwrap_or_default().to_owned());
        check(content, participants).iter().map(told).collect()
    }

    #[test]
    fn a_good_covenant_passes() {
        assert_eq!(codes(&content(), &[takes_part("ilt", 2), takes_part("nla", 2)]), []);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let bad = Content {
            title: String::new(),
            report_rule: Some("Stg. GEHEIM".to_owned()),
            permit_months: Some(0),
            ends: Some(civil::date(2025, 12, 31)),
            ..content()
        };
        let found = codes(&bad, &[takes_part("ilt", 3), takes_part("ilt", -1)]);
        let expected = [
            (Code::Required, "title"),
            (Code::StateSecret, "selfReport.rule"),
            (Code::InvalidInput, "permitMonths"),
            (Code::InvalidPeriod, "ends"),
            (Code::InvalidInput, "participants.1.agreedInspections"),
            (Code::InvalidInput, "participants.1.organisation"),
        ];
        assert_eq!(found, expected.map(|(code, field)| (code, field.to_owned())));
    }

    #[test]
    fn a_duty_has_a_rule_and_the_whole_is_no_less_than_its_parts() {
        let bad = Content {
            report_rule: Some(" ".to_owned()),
            ..content()
        };
        let found = codes(&bad, &[takes_part("ilt", 3), takes_part("nla", 2)]);
        let expected = [
            (Code::Required, "selfReport.rule"),
            (Code::InvalidInput, "agreedInspections"),
        ];
        assert_eq!(found, expected.map(|(code, field)| (code, field.to_owned())));
        assert_eq!(codes(&content(), &[]), [(Code::Required, "participants".to_owned())]);
    }
}
