//! Evidence with a signal.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub owner_id: Uuid,
    pub account_id: Uuid,
    pub at: i64,
    pub kind: i16,
    pub title: String,
    pub dated: String,
    pub hash: String,
    pub url: Option<String>,
    pub reference: Option<String>,
    pub removed_at: Option<i64>,
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

/// Evidence is of the signal's owner.
impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        Column::OwnerId.eq(caller.organisation)
    }
}
