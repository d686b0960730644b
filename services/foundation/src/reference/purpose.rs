//! Purpose (doel) of processing.

use sea_orm::entity::prelude::*;

/// A row of `purpose`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purpose")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code, as in the header.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// What it is for, in Dutch.
    pub description: String,
    /// What it is for, in English.
    pub description_en: String,
    /// Whether personal data may be seen for it.
    pub allows_personal: bool,
    /// Whether it gives pseudonyms.
    pub pseudonyms: bool,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
