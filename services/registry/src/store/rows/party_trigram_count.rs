//! How many names have a trigram.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_trigram_count")]
pub struct Model {
    /// 0 stands for all names.
    #[sea_orm(primary_key, auto_increment = false)]
    pub trigram: i32,
    pub bearers: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
