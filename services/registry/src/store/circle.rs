//! Loading circles: few, so all at once.

use std::collections::HashMap;

use foundation::reference::{circle, circle_member, circle_purpose, legal_basis, purpose};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

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

/// All circles, by code, with those who are members now.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn all(session: &Session) -> Result<Vec<Circle>, Fault> {
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

/// The circle with this code.
///
/// # Errors
/// `UNKNOWN_REFERENCE`.
pub(super) async fn by_code(writer: &Writer<'_>, code: &str) -> Result<circle::Model, Fault> {
    let select = circle::Entity::find().filter(circle::Column::Code.eq(code));
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at("circle");
    writer.reference(select).await?.pop().ok_or_else(unknown)
}
