//! A key of the feeds: an audience under a purpose, or an owner's own side.

use sea_orm::entity::prelude::*;

/// A row of `channel`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    /// Its number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// 1 everyone, 2 organisation, 3 circle, 4 account, 5 owner, 6 author, 7 steward.
    pub kind: i16,
    /// The audience; nil for everyone.
    pub audience: Uuid,
    /// The purpose; nil where there is none.
    pub purpose_id: Uuid,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}
