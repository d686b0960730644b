//! Account: a person or system of one organisation, known by issuer and subject.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{SelectStatement, SimpleExpr};
use sea_orm::{QuerySelect, QueryTrait};

/// A row of `account`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its organisation.
    pub organisation_id: Uuid,
    /// Its name, such as `ilt.inspector`.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Its subject at the issuer.
    pub subject: String,
    /// The highest rank it may handle.
    pub clearance: i16,
    /// From when it is suspended.
    pub suspended_at: Option<i64>,
    /// From when it has ended.
    pub ended_at: Option<i64>,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

/// The accounts of an organisation, for a subquery.
pub fn of(organisation: Uuid) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OrganisationId.eq(organisation))
        .into_query()
}

impl crate::session::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        Column::OrganisationId.eq(caller.organisation)
    }
}
