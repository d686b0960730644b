//! Purposes of processing, as the API shows them.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use foundation::Fault;
use foundation::reference::purpose;

use super::decision::{Decision, propose};
use super::door::Door;
use crate::model::admission::PurposeWords;
use crate::model::decision::Change;

/// Questions about purposes.
#[derive(Default)]
pub(super) struct PurposeQuery;

/// Questions about purposes.
#[Object]
impl PurposeQuery {
    /// The purposes that the caller may state (doelen), by code. Answers without a purpose.
    async fn purposes(&self, ctx: &Context<'_>) -> Result<Option<Vec<Purpose>>, Fault> {
        Ok(Some(
            Door::of(ctx)
                .session
                .own()
                .await?
                .purposes
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }
}

/// Changes to purposes.
#[derive(Default)]
pub(super) struct PurposeMutation;

/// Changes to purposes: put forward by an administrator of one organisation, confirmed by one of another.
#[Object]
impl PurposeMutation {
    /// Puts forward a purpose (doel voorstellen): a new one, or new words and limits for one that exists.
    async fn propose_purpose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The purpose as it is to be.")] input: PurposeInput,
    ) -> Result<Option<Decision>, Error> {
        propose(ctx, Change::Purpose(input.into())).await
    }
}

/// A purpose as it is to be (doel).
#[derive(InputObject)]
pub(super) struct PurposeInput {
    /// Its code (code); one that exists is changed.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// What it covers, in Dutch (omschrijving).
    description: String,
    /// What it covers, in English (Engelse omschrijving).
    description_en: String,
    /// Whether personal values may be seen for it (persoonsgegevens toegestaan), by a role that may see them.
    allows_personal: bool,
    /// Whether its readers get pseudonyms in place of persons (pseudoniemen).
    pseudonyms: bool,
}

impl From<PurposeInput> for PurposeWords {
    fn from(input: PurposeInput) -> Self {
        Self {
            code: input.code,
            name: input.name,
            name_en: input.name_en,
            description: input.description,
            description_en: input.description_en,
            allows_personal: input.allows_personal,
            pseudonyms: input.pseudonyms,
        }
    }
}

/// A purpose of processing (doel): a request states exactly one, and a grant names one.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Purpose {
    /// Its stable code (code), as in the header `Samenzicht-Purpose`.
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
    /// What it covers, in Dutch (omschrijving).
    description: String,
    /// What it covers, in English (Engelse omschrijving).
    description_en: String,
    /// Whether personal values may be seen for it (persoonsgegevens toegestaan), by a role that may see them.
    allows_personal: bool,
    /// Whether its readers get pseudonyms in place of persons (pseudoniemen).
    pseudonyms: bool,
}

impl From<purpose::Model> for Purpose {
    fn from(row: purpose::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            description: row.description,
            description_en: row.description_en,
            allows_personal: row.allows_personal,
            pseudonyms: row.pseudonyms,
        }
    }
}
