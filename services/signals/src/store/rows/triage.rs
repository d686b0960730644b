//! A triage of a signal, and what it decided.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub organisation_id: Uuid,
    pub opened_by: Uuid,
    pub opened_at: i64,
    pub question: String,
    pub due_at: i64,
    pub decision: Option<i16>,
    pub lead_id: Option<Uuid>,
    pub grounds: Option<i16>,
    pub motivation: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<i64>,
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

impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> sea_orm::sea_query::SimpleExpr {
        use super::triage_participant as participant;
        use sea_orm::sea_query::Query;
        let mine = Query::select()
            .column(participant::Column::TriageId)
            .from(participant::Entity)
            .and_where(participant::Column::OrganisationId.eq(caller.organisation))
            .take();
        Column::Id.in_subquery(mine)
    }
}
