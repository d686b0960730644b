//! A decision that needs two persons.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub detail: String,
    pub about: Uuid,
    pub about_organisation: Option<Uuid>,
    pub second: String,
    pub organisation_id: Uuid,
    pub proposed_by: String,
    pub issuer: String,
    pub subject: String,
    pub proposed_at: i64,
    pub lapses_at: i64,
    pub outcome: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who put it forward and whom it concerns see it; what any other organisation may confirm, all do.
impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        Column::OrganisationId
            .eq(caller.organisation)
            .or(Column::AboutOrganisation.eq(caller.organisation))
            .or(Column::Second.eq("elsewhere"))
    }
}
