//! How a machine came by a signal, and how far a signal can be trusted.

use async_graphql::{Enum, InputObject, SimpleObject};
use foundation::graphql::kit::DateTime;

use crate::model::provenance as model;

/// How reliable the source is (betrouwbaarheid van de bron): the letter of the Admiralty code.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::reliability::Reliability")]
pub enum SourceReliability {
    /// A: volledig betrouwbaar.
    CompletelyReliable,
    /// B: meestal betrouwbaar.
    UsuallyReliable,
    /// C: redelijk betrouwbaar.
    FairlyReliable,
    /// D: meestal niet betrouwbaar.
    NotUsuallyReliable,
    /// E: onbetrouwbaar.
    Unreliable,
    /// F: niet te beoordelen.
    CannotBeJudged,
}

/// How credible the information is (geloofwaardigheid van de informatie): the digit of the Admiralty code.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::model::reliability::Credibility")]
pub enum InformationCredibility {
    /// 1: bevestigd.
    Confirmed,
    /// 2: waarschijnlijk waar.
    ProbablyTrue,
    /// 3: mogelijk waar.
    PossiblyTrue,
    /// 4: twijfelachtig.
    Doubtful,
    /// 5: onwaarschijnlijk.
    Improbable,
    /// 6: niet te beoordelen.
    CannotBeJudged,
}

/// How a machine came by a signal (herkomst van een webvondst). The address itself is not kept.
#[derive(SimpleObject, Clone, Debug)]
pub struct Provenance {
    /// SHA-256 of the address, in hexadecimal (hash van het webadres).
    pub url_hash: String,
    /// When it was collected (verzameld op).
    pub collected_at: DateTime,
    /// The tool that collected it (hulpmiddel).
    pub tool: String,
    /// The tool's version.
    pub tool_version: Option<String>,
    /// How sure the tool is (zekerheid), 0 to 1.
    pub confidence: Option<f64>,
    /// What kind of product it is about (productcategorie).
    pub product_category: Option<String>,
}

impl From<model::Provenance> for Provenance {
    fn from(found: model::Provenance) -> Self {
        Self {
            url_hash: found.url_hash,
            collected_at: DateTime(found.collected_at),
            tool: found.tool,
            tool_version: found.tool_version,
            confidence: found.confidence.map(|thousandths| f64::from(thousandths) / 1000.0),
            product_category: found.product_category,
        }
    }
}

/// How a machine came by a signal (herkomst van een webvondst), de-identified before it is handed in.
#[derive(InputObject, Clone, Debug)]
pub struct ProvenanceInput {
    /// SHA-256 of the address, as 64 lower-case hexadecimal digits (hash van het webadres).
    url_hash: String,
    /// When it was collected (verzameld op).
    collected_at: DateTime,
    /// The tool that collected it (hulpmiddel), at most 100 characters.
    tool: String,
    /// The tool's version, at most 50 characters.
    tool_version: Option<String>,
    /// How sure the tool is (zekerheid), 0 to 1, kept in thousandths.
    confidence: Option<f64>,
    /// What kind of product it is about (productcategorie), at most 200 characters.
    product_category: Option<String>,
}

impl ProvenanceInput {
    /// As the model has it.
    pub fn read(self) -> model::Provenance {
        model::Provenance {
            url_hash: self.url_hash,
            collected_at: self.collected_at.0,
            tool: self.tool,
            tool_version: self.tool_version,
            confidence: self.confidence.map(thousandths),
            product_category: self.product_category,
        }
    }
}

/// A share of one in thousandths; what lies outside becomes what the check refuses.
fn thousandths(share: f64) -> i16 {
    if (0.0..=1.0).contains(&share) {
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1000")]
        return (share * 1000.0).round() as i16;
    }
    -1
}
