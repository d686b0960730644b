//! Category (categorie) of signals, as every service sees it.

use sea_orm::entity::prelude::*;

/// A row of `reference_category`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_category")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
