//! A party that was merged into another.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_alias")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub old_id: Uuid,
    /// What it was said to be.
    pub into_id: Uuid,
    /// What it is now, when that was merged in its turn.
    pub survivor_id: Uuid,
    /// The account.
    pub merged_by: Uuid,
    pub organisation_id: Uuid,
    pub merged_at: i64,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
