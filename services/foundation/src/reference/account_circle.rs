//! A circle that a case system may read.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

/// A row of `account_circle`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_circle")]
pub struct Model {
    /// The case system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The circle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: Uuid,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        Column::AccountId.in_subquery(super::account::of(caller.organisation))
    }
}
