//! The address of a site, taken apart to be found by; never a person's.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site_place")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    pub party_id: Uuid,
    pub postcode: Option<String>,
    pub street: String,
    pub number: Option<i32>,
    pub addition: String,
    pub town: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
