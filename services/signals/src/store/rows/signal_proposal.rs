//! A correction that another inspectorate puts to a signal's owner.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub owner_id: Uuid,
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub at: i64,
    pub version: i32,
    pub changes: String,
    pub base: String,
    pub reason: String,
    pub state: i16,
    pub decided_at: Option<i64>,
    pub decided_by: Option<Uuid>,
    pub answer: Option<String>,
    pub accepted: Option<String>,
    pub applied_version: Option<i32>,
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

/// It is between who proposes and who decides.
impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        use sea_orm::sea_query::ExprTrait;

        let proposer = Column::OrganisationId.eq(caller.organisation);
        proposer.or(Column::OwnerId.eq(caller.organisation))
    }
}
