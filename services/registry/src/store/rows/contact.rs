//! A contact with a party, in the log of one organisation.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub party_id: Uuid,
    pub at: i64,
    pub kind: i16,
    pub summary: String,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::session::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        Column::OrganisationId.eq(caller.organisation)
    }
}
