//! A grant of a signal.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub owner_id: Uuid,
    pub audience_kind: i16,
    pub audience: Uuid,
    pub purpose_id: Uuid,
    pub legal_basis_id: Uuid,
    pub channel: i64,
    pub granted_by: Uuid,
    pub granted_at: i64,
    pub valid_from: i64,
    pub valid_until: i64,
    pub revoked_at: Option<i64>,
    pub revoked_by: Option<Uuid>,
    pub revoked_because: Option<String>,
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
