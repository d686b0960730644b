//! A word that names of parties have; never one that only persons' names have.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "name_word")]
pub struct Model {
    /// The empty word stands for all parties.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// How many parties bear it.
    pub bearers: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
