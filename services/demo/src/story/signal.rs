//! Signals of the story, as their file has them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};
use registry::model::code::Code;
use registry::model::region::RegionCode;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A signal as the API takes it, with the account that makes it and what becomes of it. Enumerated values carry the
/// API's names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorySignal {
    /// The key within the story.
    pub key: Code,
    /// The account that records it.
    pub r#as: String,
    /// The purpose that account states.
    pub purpose: Code,
    /// Title.
    pub title: String,
    /// Narrative, without names of persons.
    pub narrative: String,
    /// Category.
    pub category: Code,
    /// `MINOR` to `CRITICAL`.
    pub severity: String,
    /// `ROUTINE`, `SOON` or `IMMEDIATE`.
    #[serde(default = "routine")]
    pub urgency: String,
    /// `OWN`, `REPORT`, `PARTNER`, `WEB` or `CASE_SYSTEM`.
    #[serde(default = "own")]
    pub origin: String,
    /// How many days before the demo's start it was observed; at least one.
    pub days_ago: u16,
    /// The clock time in the Netherlands at which it was observed, `hh:mm`.
    #[serde(deserialize_with = "clock_time")]
    pub at: civil::Time,
    /// How many hours it lasted, where that is known.
    pub lasted_hours: Option<u16>,
    /// Where, in words.
    pub place: Option<String>,
    /// Keys of the parties it is about.
    #[serde(default)]
    pub parties: Vec<Code>,
    /// Keys of the sites it is about.
    #[serde(default)]
    pub sites: Vec<Code>,
    /// The safety regions it is about.
    #[serde(default)]
    pub regions: Vec<RegionCode>,
    /// The marks, where they differ from the platform's.
    #[serde(default)]
    pub labels: StoryLabels,
    /// Who reported it: personal.
    pub reporter: Option<StoryReporter>,
    /// Who is involved: personal.
    #[serde(default)]
    pub persons_involved: Vec<String>,
    /// With whom it is shared.
    #[serde(default)]
    pub grants: Vec<StoryGrant>,
    /// What becomes of it.
    pub then: Ending,
    /// Why it was retracted.
    pub because: Option<String>,
}

fn routine() -> String {
    "ROUTINE".to_owned()
}

fn own() -> String {
    "OWN".to_owned()
}

fn clock_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<civil::Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format!("'{text}' is no clock time: write it as hh:mm, such as 08:15")))
}

impl StorySignal {
    /// When it was observed, and until when where that is known, for a demo that starts at a moment in a zone.
    ///
    /// # Errors
    /// Only when the start lies so far off that its date cannot be represented.
    pub fn observed(&self, start: Timestamp, zone: &TimeZone) -> Result<(Timestamp, Option<Timestamp>), jiff::Error> {
        let day = start
            .to_zoned(zone.clone())
            .date()
            .checked_sub(i32::from(self.days_ago).days())?;
        let from = day.to_datetime(self.at).to_zoned(zone.clone())?.timestamp();
        let until = self
            .lasted_hours
            .map(|hours| from.checked_add(i32::from(hours).hours()))
            .transpose()?;
        Ok((from, until))
    }
}

/// The marks of a signal, by the API's names. What is not given is the platform's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryLabels {
    /// `INTERN`, `VERTROUWELIJK` (default) or `DEPARTEMENTAAL_VERTROUWELIJK`.
    pub rank: Option<String>,
    /// `CLEAR`, `GREEN`, `AMBER` (default), `AMBER_STRICT` or `RED`.
    pub tlp: Option<String>,
    /// `INFORMATION_ONLY`, `SUPERVISION` (default) or `DO_NOT_APPROACH`.
    pub use_limit: Option<String>,
    /// How long it is kept, from the demo's start.
    pub retain_until: Option<Retention>,
}

/// A period from the demo's start, written `+5y` or `+90d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Retention {
    /// Whole years.
    Years(u16),
    /// Days.
    Days(u16),
}

impl Retention {
    /// The last day on which the record is kept.
    ///
    /// # Errors
    /// Only when that day cannot be represented.
    pub fn until(self, start: civil::Date) -> Result<civil::Date, jiff::Error> {
        match self {
            Self::Years(years) => start.checked_add(i32::from(years).years()),
            Self::Days(days) => start.checked_add(i32::from(days).days()),
        }
    }
}

impl TryFrom<String> for Retention {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read = |unit: char| {
            text.strip_prefix('+')
                .and_then(|rest| rest.strip_suffix(unit))
                .and_then(|n| n.parse().ok())
        };
        read('y')
            .map(Self::Years)
            .or_else(|| read('d').map(Self::Days))
            .ok_or_else(|| format!("'{text}' is no period: write a plus, a number and y or d, such as +5y or +90d"))
    }
}

/// Who reported a signal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryReporter {
    /// A canary in place of a name.
    pub name: Option<String>,
    /// A canary in place of a mail address or telephone number.
    pub contact: Option<String>,
}

/// A grant on a signal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryGrant {
    /// To whom.
    pub to: To,
    /// For which purpose.
    pub purpose: Code,
    /// On which basis.
    pub legal_basis: Code,
    /// How many days it holds, from its start.
    pub valid_days: Option<u16>,
    /// How many days before the demo's start it began; it begins with the demo when not given.
    pub valid_from_days_ago: Option<u16>,
    /// Why it was revoked after publication, if it was.
    pub revoked_because: Option<String>,
}

impl StoryGrant {
    /// From when and until when it holds, for a demo that starts at a moment: each only where the file says so.
    pub fn valid(&self, start: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let day = |days: u16| jiff::SignedDuration::from_hours(24 * i64::from(days));
        let from = self.valid_from_days_ago.map(|days| start - day(days));
        let until = self.valid_days.map(|days| from.unwrap_or(start) + day(days));
        (from, until)
    }

    /// Whether it holds on the day the demo starts.
    pub fn is_live_at_start(&self) -> bool {
        let over = self
            .valid_days
            .is_some_and(|days| days <= self.valid_from_days_ago.unwrap_or(0));
        !over && self.revoked_because.is_none()
    }
}

/// To whom a grant is made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// All participants; always `true`.
    Everyone(bool),
    /// An inspectorate or partner body.
    Organisation(Code),
    /// A circle.
    Circle(Code),
    /// An account, by its subject.
    Account(String),
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It stays a draft.
    Draft,
    /// It is published.
    Publish,
    /// It is published and withdrawn.
    Retract,
}
