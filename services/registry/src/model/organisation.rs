//! Organisations (inspecties en partnerorganisaties): those who own records, share and read.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::code::Code;
use super::identifier::{Identifier, Scheme};

/// What an organisation is on the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum OrganisationKind {
    /// Inspectie: a member or associate member of the Inspectieraad. Only these are members of circles.
    Inspectorate = 1,
    /// Partnerorganisatie: a body that the inspectorates work with (seed 002, rows 2-1 to 2-9).
    Partner = 2,
}

impl OrganisationKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Inspectorate, Self::Partner];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i16 == number)
    }
}

/// Whom to call about a record of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A desk rather than a person.
    pub name: String,
    /// Its telephone number.
    pub phone: String,
    /// Its mail address.
    pub email: String,
}

/// An inspectorate or partner body, as in `data/organisations.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// The stable code; in capitals it starts the citable numbers of its records (`ILT-2026-00123`).
    pub code: Code,
    /// The short name in use, such as `Inspectie JenV`.
    pub abbreviation: String,
    /// The full Dutch name.
    pub name: String,
    /// The English name that it uses itself.
    pub name_en: String,
    /// What it is on the platform.
    pub kind: OrganisationKind,
    /// Whether "all participants" includes it: the admitted inspectorates and the partner bodies admitted as such.
    pub participant: bool,
    /// The fields it supervises.
    pub domains: Vec<Code>,
    /// Its number in government messaging (Organisatie-identificatienummer).
    #[serde(deserialize_with = "oin")]
    pub oin: Identifier,
    /// Whom to call.
    pub contact: Contact,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}

fn oin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Identifier, D::Error> {
    let text = String::deserialize(deserializer)?;
    Identifier::new(Scheme::Oin, &text).map_err(D::Error::custom)
}
