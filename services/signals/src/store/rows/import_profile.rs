//! An import profile of one organisation.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub name: String,
    pub hash: String,
    pub mapping: String,
    pub proposed_by: Uuid,
    pub proposed_at: i64,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        Column::OrganisationId.eq(caller.organisation)
    }
}
