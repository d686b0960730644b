//! An organisation that takes part in a triage.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage_participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub triage_id: Uuid,
    pub signal_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Part for Entity {
    type Root = super::signal::Entity;

    fn root() -> Column {
        Column::SignalId
    }
}
