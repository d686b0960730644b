//! Purposes (doelen): for what somebody asks or shares. A request states exactly one; a grant names one.

use serde::Deserialize;

use super::code::Code;

/// A purpose, as in `data/purposes.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The stable code, as in the header `Samenzicht-Purpose`.
    pub code: Code,
    /// The Dutch name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// What the purpose covers, in Dutch.
    pub description: String,
    /// What the purpose covers, in English.
    pub description_en: String,
    /// Whether personal values may be unmasked under it, by a role that may unmask.
    pub allows_personal: bool,
    /// Whether its readers get pseudonyms in place of persons.
    pub pseudonyms: bool,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}
