//! With whom there was contact: personal.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_personal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    pub organisation_id: Uuid,
    /// One per line.
    pub persons: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Kept for Entity {
    const KIND: &'static str = "contact";

    fn record() -> Column {
        Column::ContactId
    }

    fn record_of(model: &Model) -> Uuid {
        model.contact_id
    }

    fn kept_by(organisation: Uuid) -> SimpleExpr {
        Column::OrganisationId.eq(organisation)
    }
}
