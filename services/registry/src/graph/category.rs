//! Categories of signals and the fields of supervision that they belong to, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use foundation::Fault;

use super::door::Door;
use crate::store;

/// Questions about categories and fields of supervision.
#[derive(Default)]
pub(super) struct CategoryQuery;

/// Questions about categories and fields of supervision.
#[Object]
impl CategoryQuery {
    /// All fields of supervision (toezichtdomeinen), by code.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Option<Vec<Domain>>, Fault> {
        Ok(Some(
            store::category::domains(&Door::of(ctx).session)
                .await?
                .into_iter()
                .map(Into::into)
                .collect(),
        ))
    }

    /// All categories of signals (categorieën), by code.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Option<Vec<Category>>, Fault> {
        Ok(Some(
            Door::of(ctx)
                .categories()
                .await?
                .iter()
                .cloned()
                .map(Category)
                .collect(),
        ))
    }

    #[graphql(entity)]
    async fn find_category(&self, ctx: &Context<'_>, code: String) -> Result<Option<Category>, Fault> {
        find(Door::of(ctx), &code).await
    }
}

/// The category with this code.
async fn find(door: &Arc<Door>, code: &str) -> Result<Option<Category>, Fault> {
    Ok(door
        .categories()
        .await?
        .iter()
        .find(|category| category.code == code)
        .cloned()
        .map(Category))
}

/// A field of supervision (toezichtdomein), which groups categories and organisations.
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Domain {
    /// Its stable code (code).
    code: String,
    /// Its Dutch name (naam).
    name: String,
    /// Its English name (Engelse naam).
    name_en: String,
}

impl From<store::category::Domain> for Domain {
    fn from(domain: store::category::Domain) -> Self {
        Self {
            code: domain.code,
            name: domain.name,
            name_en: domain.name_en,
        }
    }
}

/// What a signal is about (categorie).
pub(super) struct Category(pub store::category::Category);

/// What a signal is about (categorie).
#[Object]
impl Category {
    /// Its stable code (code).
    pub(super) async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The field of supervision that it belongs to (toezichtdomein).
    async fn domain(&self) -> Domain {
        self.0.domain.clone().into()
    }
}
