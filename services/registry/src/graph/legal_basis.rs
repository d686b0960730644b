//! Legal bases, as the API shows them.

use async_graphql::{Context, Object, SimpleObject};
use foundation::Fault;
use foundation::reference::legal_basis;

use super::door::Door;
use crate::store;

/// Questions about legal bases.
#[derive(Default)]
pub(super) struct LegalBasisQuery;

/// Questions about legal bases.
#[Object]
impl LegalBasisQuery {
    /// All legal bases on which a grant can rest (wettelijke grondslagen), by code.
    async fn legal_bases(&self, ctx: &Context<'_>) -> Result<Option<Vec<LegalBasis>>, Fault> {
        Ok(Some(
            store::legal_basis::all(&Door::of(ctx).session)
                .await?
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }
}

/// The provision on which a grant rests (wettelijke grondslag).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct LegalBasis {
    /// Its stable code (code).
    code: String,
    /// The provision as a lawyer would cite it (vindplaats).
    citation: String,
    /// What it allows, in Dutch (omschrijving).
    description: String,
    /// Whether it was invented for the demo and exists in no law (fictief).
    fictitious: bool,
    /// Where the entry comes from (bron).
    source: String,
}

impl From<legal_basis::Model> for LegalBasis {
    fn from(row: legal_basis::Model) -> Self {
        Self {
            code: row.code,
            citation: row.citation,
            description: row.description,
            fictitious: row.fictitious,
            source: row.source,
        }
    }
}
