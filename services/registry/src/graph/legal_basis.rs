//! Legal bases, as the API shows them.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::reference::legal_basis;

use super::decision::{Decision, propose};
use super::door::Door;
use crate::model::admission::BasisWords;
use crate::model::decision::Change;
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

/// Changes to legal bases.
#[derive(Default)]
pub(super) struct LegalBasisMutation;

/// Changes to legal bases: put forward by an administrator of one organisation, confirmed by one of another.
#[Object]
impl LegalBasisMutation {
    /// Puts forward a legal basis (grondslag voorstellen): a new one, or new words for one that exists.
    async fn propose_legal_basis(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The legal basis as it is to be.")] input: LegalBasisInput,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::LegalBasis(input.into())).await
    }
}

/// A legal basis as it is to be (grondslag).
#[derive(InputObject)]
pub(super) struct LegalBasisInput {
    /// Its code (code); one that exists is changed.
    code: String,
    /// The provision as a lawyer would cite it (vindplaats).
    citation: String,
    /// What it allows, in Dutch (omschrijving).
    description: String,
    /// Whether it was invented and exists in no law (fictief).
    #[graphql(default)]
    fictitious: bool,
    /// Where the entry comes from (bron).
    source: String,
}

impl From<LegalBasisInput> for BasisWords {
    fn from(input: LegalBasisInput) -> Self {
        Self {
            code: input.code,
            citation: input.citation,
            description: input.description,
            fictitious: input.fictitious,
            source: input.source,
        }
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
