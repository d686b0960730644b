//! Legal bases (grondslagen): the provision on which a grant rests. A grant without one cannot be saved.

use serde::Deserialize;

use super::code::Code;

/// A legal basis, as in `data/legal_bases.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The stable code.
    pub code: Code,
    /// The provision, as a lawyer would cite it; of an invented one it says "fictief".
    pub citation: String,
    /// What it allows, in Dutch.
    pub description: String,
    /// Whether it was invented for the demo and exists in no law.
    #[serde(default)]
    pub fictitious: bool,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}
