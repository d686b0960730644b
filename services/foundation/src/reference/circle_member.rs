//! A member of a circle for a time.

use sea_orm::entity::prelude::*;

/// A row of `circle_member`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "circle_member")]
pub struct Model {
    /// The circle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: Uuid,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub joined_at: i64,
    /// Until when, exclusive.
    pub left_at: i64,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
