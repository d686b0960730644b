//! What goes over the wire: the GraphQL input of `importSignals` and its answer.

use serde::{Deserialize, Serialize};

/// One record of a batch, with the line that it came from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Line of the file at which the record begins.
    pub line: u64,
    /// The signal itself.
    pub signal: Signal,
    /// Whether it is published, or stays a draft.
    pub publish: bool,
    /// Who gets it.
    pub grants: Vec<Grant>,
}

/// `SignalInput`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Signal {
    pub title: String,
    pub narrative: String,
    pub category: String,
    pub severity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    pub observed_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    pub origin: String,
    pub external_reference: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Reporter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons_involved: Vec<String>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// `ProvenanceInput`: the address itself never goes over the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Provenance {
    pub url_hash: String,
    pub collected_at: String,
    pub tool: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_category: Option<String>,
}

/// `ExternalReferenceInput`: by which the platform knows the record again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Reference {
    pub system: String,
    pub reference: String,
}

/// `ReporterInput`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Reporter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// `LabelsInput`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Labels {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tlp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<String>,
}

impl Labels {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `GrantInput`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Grant {
    pub to: Audience,
    pub purpose: String,
    pub legal_basis: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// `AudienceInput`: exactly one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// All participants.
    Everyone(bool),
    /// An inspectorate, by code.
    Organisation(String),
    /// A circle, by code.
    Circle(String),
    /// An account, by name.
    Account(String),
}

/// What became of each item of a batch.
#[derive(Clone, Debug, Deserialize)]
pub struct BatchAnswer {
    /// One per item.
    pub results: Vec<ItemAnswer>,
}

/// What became of one item.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemAnswer {
    /// The item's line.
    pub line: u64,
    /// Created, changed, unchanged or rejected.
    pub outcome: Outcome,
    /// Why it was rejected.
    #[serde(default)]
    pub errors: Vec<ItemError>,
}

/// `ImportOutcome`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It was not there before.
    Created,
    /// It was there, and is different now.
    Changed,
    /// It was there just so.
    Unchanged,
    /// It was refused.
    Rejected,
}

/// `ImportError`.
#[derive(Clone, Debug, Deserialize)]
pub struct ItemError {
    /// The stable code.
    pub code: String,
    /// Path of the field, where there is one.
    pub field: Option<String>,
    /// A sentence with the mend.
    pub message: String,
}
