//! Loading who is who and the vocabularies: small, so each is loaded whole.

use std::collections::HashMap;

use foundation::reference::{circle, circle_member, circle_purpose, legal_basis, organisation, purpose};
use foundation::{Fault, Session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::rows::{category, domain, safety_region};

/// A circle (samenwerkingsverband) with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// The circle itself.
    pub circle: circle::Model,
    /// Its members now.
    pub members: Vec<Uuid>,
    /// The purposes for which grants to it can be made.
    pub purposes: Vec<purpose::Model>,
    /// The basis on which its members exchange.
    pub legal_basis: legal_basis::Model,
}

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

/// A safety region (veiligheidsregio).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyRegion {
    /// Its identity.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// All organisations, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn organisations(session: &Session) -> Result<Vec<organisation::Model>, Fault> {
    let select = organisation::Entity::find().order_by_asc(organisation::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// All legal bases, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn legal_bases(session: &Session) -> Result<Vec<legal_basis::Model>, Fault> {
    let select = legal_basis::Entity::find().order_by_asc(legal_basis::Column::Code);
    session.directory().await?.vocabulary(select).await
}

/// All circles, by code, with those who are members now.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn circles(session: &Session) -> Result<Vec<Circle>, Fault> {
    let directory = session.directory().await?;
    let now = directory.scope().now;
    let circles = directory
        .vocabulary(circle::Entity::find().order_by_asc(circle::Column::Code))
        .await?;
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let live = circle_member::Entity::find()
        .filter(circle_member::Column::JoinedAt.lte(now))
        .filter(circle_member::Column::LeftAt.gt(now));
    for row in directory.vocabulary(live).await? {
        members.entry(row.circle_id).or_default().push(row.organisation_id);
    }
    let all = directory
        .vocabulary(purpose::Entity::find().order_by_asc(purpose::Column::Code))
        .await?;
    let mut purposes: HashMap<Uuid, Vec<purpose::Model>> = HashMap::new();
    let of_circles = directory.vocabulary(circle_purpose::Entity::find()).await?;
    for purpose in all {
        for row in of_circles.iter().filter(|row| row.purpose_id == purpose.id) {
            purposes.entry(row.circle_id).or_default().push(purpose.clone());
        }
    }
    let bases = directory.vocabulary(legal_basis::Entity::find()).await?;
    let basis_of = |circle: &circle::Model| bases.iter().find(|basis| basis.id == circle.legal_basis_id).cloned();
    let assemble = |circle: circle::Model| {
        Ok(Circle {
            members: members.remove(&circle.id).unwrap_or_default(),
            purposes: purposes.remove(&circle.id).unwrap_or_default(),
            legal_basis: basis_of(&circle).ok_or_else(|| Fault::broken("a circle without its legal basis"))?,
            circle,
        })
    };
    circles.into_iter().map(assemble).collect()
}

/// All safety regions, by code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn safety_regions(session: &Session) -> Result<Vec<SafetyRegion>, Fault> {
    let select = safety_region::Entity::find().order_by_asc(safety_region::Column::Code);
    let rows = session.directory().await?.vocabulary(select).await?;
    let region = |row: safety_region::Model| SafetyRegion {
        id: row.id,
        code: row.code,
        name: row.name,
    };
    Ok(rows.into_iter().map(region).collect())
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
pub async fn categories(session: &Session) -> Result<Vec<Category>, Fault> {
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
