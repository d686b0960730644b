//! A role that an account holds for a time.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

/// A row of `role_assignment`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_assignment")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: i16,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: i64,
    /// Until when, exclusive.
    pub valid_until: i64,
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
