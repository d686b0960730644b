//! A name under what it is found by: each of its words, each two neighbours written as one, each word with its bearer's
//! town, its bearer's postcode. Never a person's.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "party_word")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    /// Whether it is a legal name or a trade name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: i16,
    /// The telling words of the name, separated by blanks: what is compared stands with what is found.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
