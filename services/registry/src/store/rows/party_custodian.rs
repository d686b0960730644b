//! An organisation that registered a person. Never shown: who registered somebody is nobody's business.

use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, QueryTrait};

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

/// The parties that an organisation is a custodian of.
pub(super) fn parties_of(organisation: Uuid) -> sea_orm::sea_query::SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::PartyId)
        .filter(Column::OrganisationId.eq(organisation))
        .into_query()
}
