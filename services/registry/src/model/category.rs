//! Signal categories (categorieën) and the domains (toezichtdomeinen) that group them and the organisations.

use serde::Deserialize;

use super::code::Code;

/// A field of supervision, as in `data/domains.toml` (seed 002, row 2-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The stable code.
    pub code: Code,
    /// The Dutch name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}

/// What a signal is about, as in `data/categories.toml`. A signal has one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The stable code.
    pub code: Code,
    /// The Dutch name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// The domain it belongs to.
    pub domain: Code,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}
