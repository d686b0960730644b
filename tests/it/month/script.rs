//! The script: a file per week, a table per step. What the keys mean stands with the fields of [`Step`].

use std::collections::BTreeMap;

use serde::Deserialize;

/// A week's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// What comes before the first step: the members of circles.
    #[serde(default)]
    pub circles: BTreeMap<String, String>,
    /// What happens, in order.
    pub step: Vec<Step>,
}

/// Somebody does something; then everybody is asked what they see.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// The Dutch date and time, `2026-05-04 09:00`; a minute later than the step before where nothing is said.
    pub at: String,
    /// What happens, for people.
    pub what: String,
    /// Who does it: `ilt.inspector@toezicht`.
    pub who: String,
    /// The change, as it stands in a document; `<name>` is a kept id, `<name.version>` its version as the doer sees it,
    /// `<party:…>` and `<site:…>` are of the demo's story.
    pub does: String,
    /// What is part of its answer, as JSON.
    pub answer: String,
    /// With which code it is refused.
    pub fails: String,
    /// Whoever tries the same before, and with which code each is refused: `NOT_FOUND: igj.inspector@toezicht`.
    pub refused: Vec<String>,
    /// Ids to keep by a name: where in the answer they stand, `signal.grants.last.id`.
    pub keeps: BTreeMap<String, String>,
    /// Records and who sees them from now on: `kade: ilt igj@risicoanalyse`.
    pub sees: Vec<String>,
    /// The ranks of records, where they are not vertrouwelijk (1).
    pub rank: BTreeMap<String, u8>,
    /// What stands beside a record from now on: `gezien = kade.confirmations: seers`.
    pub beside: Vec<String>,
    /// What no longer stands there.
    pub gone: Vec<String>,
    /// What the inbox tells: `SHARED kade: igj@risicoanalyse`.
    pub tells: Vec<String>,
    /// Whose inbox is read from now on.
    pub read: Vec<String>,
    /// What outsiders may know of a record about a party: `ilt-kade HIT chemievaart: nvwa nla`.
    pub knows: Vec<String>,
    /// What changes of who holds what, as [`super::cast::Cast::change`] reads it.
    pub cast: Vec<String>,
    /// What is asked afterwards.
    pub then: Vec<Question>,
    /// Whether the services do what they do by themselves.
    pub upkeep: bool,
    /// Records of which nothing is left but tombstones and the line in the log.
    pub erased: Vec<String>,
    /// Records of which the owner is told who read them: everybody who was shown them so far, and nobody else.
    pub receipts: Vec<String>,
    /// The name of the week that ends: all numbers are held against their lists.
    pub week: String,
}

/// A question with its answer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Question {
    /// Who asks: one or more.
    pub who: String,
    /// What.
    pub asks: String,
    /// What is part of the answer, as JSON.
    pub answer: String,
    /// Or the code of its refusal.
    pub fails: String,
    /// Ids to keep by a name.
    pub keeps: BTreeMap<String, String>,
}

/// The month's weeks.
pub fn month() -> Vec<Week> {
    let week = |number: usize| {
        let file = format!("{}/it/month/week{number}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    (1..=4).map(week).collect()
}

/// Splits `name: the rest`.
pub fn told(text: &str) -> (&str, &str) {
    let (name, rest) = text.split_once(':').unwrap_or_else(|| panic!("'{text}' has no colon"));
    (name.trim(), rest.trim())
}
