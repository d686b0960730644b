//! Loading categories and the fields of supervision that they belong to: few, so all at once.

use foundation::{Fault, Session};
use sea_orm::{EntityTrait, QueryOrder};

use super::rows::{category, domain};

/// A field of supervision (toezichtdomein).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its code.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
}

/// A signal category (categorie).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its code.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The domain it belongs to.
    pub domain: Domain,
}

/// All domains, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn domains(session: &Session) -> Result<Vec<Domain>, Fault> {
    let select = domain::Entity::find().order_by_asc(domain::Column::Code);
    let rows = session.directory().await?.vocabulary(select).await?;
    let domain = |row: domain::Model| Domain {
        code: row.code,
        name: row.name,
        name_en: row.name_en,
    };
    Ok(rows.into_iter().map(domain).collect())
}

/// All categories, by code, with their domains.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<Category>, Fault> {
    let domains = domains(session).await?;
    let select = category::Entity::find().order_by_asc(category::Column::Code);
    let rows = session.directory().await?.vocabulary(select).await?;
    let assemble = |row: category::Model| {
        let domain = domains.iter().find(|domain| domain.code == row.domain).cloned();
        Ok(Category {
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            domain: domain.ok_or_else(|| Fault::broken("a category without its domain"))?,
        })
    };
    rows.into_iter().map(assemble).collect()
}
