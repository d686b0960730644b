//! An inspectorate that takes part in a covenant.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "covenant_participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub covenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    pub inspections: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Part for Entity {
    type Root = super::covenant::Entity;

    fn root() -> Column {
        Column::CovenantId
    }
}
