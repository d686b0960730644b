//! Circles (samenwerkingsverbanden): standing forms of cooperation, such as TSD or the Commissie Meldingen Jeugd.
//! A grant to a circle reaches its members at the moment of reading: a late joiner sees earlier records at once, a
//! leaver stops at once, and an empty circle means nobody.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::code::Code;

/// A circle, as in `data/circles.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circle {
    /// The stable code.
    pub code: Code,
    /// The Dutch name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// The inspectorate that coordinates it; one of the members.
    pub coordinator: Code,
    /// The inspectorates in it.
    pub members: Vec<Code>,
    /// The purposes for which grants to it can be made.
    pub purposes: Vec<Code>,
    /// The basis on which its members exchange. The WGS is none in general: every circle names its own.
    pub legal_basis: Code,
    /// The first day on which it exists, a Dutch civil date.
    #[serde(deserialize_with = "date")]
    pub starts: Date,
    /// The last day on which it exists; without one it goes on.
    #[serde(default, deserialize_with = "optional_date")]
    pub ends: Option<Date>,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}

impl Circle {
    /// Whether the circle exists on a day, its first and last included.
    pub fn lives_on(&self, day: Date) -> bool {
        self.starts <= day && self.ends.is_none_or(|ends| day <= ends)
    }
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!(
            "'{text}' is no date: write it as yyyy-mm-dd, such as 2026-01-31"
        ))
    })
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}
