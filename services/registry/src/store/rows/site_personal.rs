//! Name and address of a person's site as one custodian keeps them: personal.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site_personal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    pub party_id: Uuid,
    pub name: String,
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    /// None in rows from before it was kept: the Netherlands.
    pub country: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    /// Its BAG id, which says where it is.
    pub bag: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Kept for Entity {
    const KIND: &'static str = "site";

    fn record() -> Column {
        Column::SiteId
    }

    fn record_of(model: &Model) -> Uuid {
        model.site_id
    }

    fn kept_by(organisation: Uuid) -> SimpleExpr {
        Column::OrganisationId.eq(organisation)
    }
}
