//! An organisation's opinion in a triage.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage_opinion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub triage_id: Uuid,
    pub signal_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub at: i64,
    pub advice: i16,
    pub lead_id: Option<Uuid>,
    pub grounds: i16,
    pub motivation: String,
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
