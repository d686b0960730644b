//! Laws (wetten) on which supervision rests.

use serde::Deserialize;

use super::code::Code;

/// A law, as in `data/laws.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// The stable code.
    pub code: Code,
    /// The Dutch name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// Whether it was invented for the demo.
    pub fictitious: bool,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}
