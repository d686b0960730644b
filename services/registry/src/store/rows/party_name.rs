//! A name by which a party is found; never a person's.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_name")]
pub struct Model {
    /// What its trigrams name it by.
    #[sea_orm(primary_key)]
    pub number: i32,
    pub party_id: Uuid,
    /// Whether it is a legal name or a trade name.
    pub field: i16,
    /// Its telling words, separated by blanks.
    pub words: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
