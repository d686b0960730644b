//! A purpose of a circle.

use sea_orm::entity::prelude::*;

/// A row of `circle_purpose`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "circle_purpose")]
pub struct Model {
    /// The circle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: Uuid,
    /// The purpose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub purpose_id: Uuid,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
