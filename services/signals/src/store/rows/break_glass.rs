//! A signal that was opened in acute danger: the opener's and the owner's.

use access::{Caller, Role};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "break_glass")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub signal_id: Uuid,
    pub number: String,
    pub owner_id: Uuid,
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub opened_by: String,
    pub purpose: String,
    pub grant_id: Uuid,
    pub danger: String,
    pub reason: String,
    pub opened_at: i64,
    pub ends_at: i64,
    pub review_due: i64,
    pub reviewed_at: Option<i64>,
    pub reviewed_by: Option<Uuid>,
    pub justified: Option<bool>,
    pub judgement: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Owned for Entity {
    /// The account that opened it, and stewards and privacy officers of both sides.
    fn owned_by(caller: &Caller) -> SimpleExpr {
        let opener = Column::AccountId.eq(caller.account);
        let reviews = caller
            .roles
            .any(|role| matches!(role, Role::DataSteward | Role::PrivacyOfficer));
        if !reviews {
            return opener;
        }
        opener
            .or(Column::OrganisationId.eq(caller.organisation))
            .or(Column::OwnerId.eq(caller.organisation))
    }
}
