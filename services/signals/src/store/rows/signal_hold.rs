//! A hold on a signal, or a freeze of its sharing: who placed it and why, and how it ended. No content.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub owner_id: Uuid,
    pub number: String,
    pub kind: i16,
    pub reason: String,
    pub placed_by: Uuid,
    pub placed_at: i64,
    pub lifted_by: Option<Uuid>,
    pub lifted_at: Option<i64>,
    pub lifted_because: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        Column::OwnerId.eq(caller.organisation)
    }
}
