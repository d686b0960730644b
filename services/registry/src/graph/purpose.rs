//! Purposes of processing, as the API shows them.

use async_graphql::{Context, Object, SimpleObject};
use foundation::Fault;
use foundation::reference::purpose;

use super::door::Door;

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
