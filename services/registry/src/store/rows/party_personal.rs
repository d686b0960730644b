//! The names of a person as one custodian keeps them: personal.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_personal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    pub legal_name: String,
    /// One per line.
    pub trade_names: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Kept for Entity {
    const KIND: &'static str = "party";

    fn record() -> Column {
        Column::PartyId
    }

    fn record_of(model: &Model) -> Uuid {
        model.party_id
    }

    fn kept_by(organisation: Uuid) -> SimpleExpr {
        Column::OrganisationId.eq(organisation)
    }
}
