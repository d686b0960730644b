//! What another inspectorate says of a signal.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_confirmation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub at: i64,
    pub kind: i16,
    pub explanation: Option<String>,
    pub observed_at: Option<i64>,
    pub superseded_at: Option<i64>,
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

/// What an inspectorate added beside a signal is its own.
impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        Column::OrganisationId.eq(caller.organisation)
    }
}
