//! A saved search, of one account under one purpose.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub owner_id: Uuid,
    pub purpose_id: Uuid,
    pub version: i32,
    pub created_at: i64,
    pub looked_at: i64,
    pub name: String,
    pub format: i16,
    pub filter: String,
    pub watched_from: i64,
    pub told_from: Option<i64>,
    pub deleted_at: Option<i64>,
    pub former: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Owned for Entity {
    fn owned_by(caller: &access::Caller) -> SimpleExpr {
        let account = Column::AccountId.eq(caller.account);
        account.and(Column::PurposeId.eq(caller.purpose.id))
    }
}
