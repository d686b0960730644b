//! An organisation that registered a party, and so may change it. Never shown to others: who registered somebody is
//! nobody's business.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_custodian")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Each organisation sees its own rows alone.
impl foundation::session::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        Column::OrganisationId.eq(caller.organisation)
    }
}
