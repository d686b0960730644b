//! A sector (bedrijfstak, SBI).

use sea_orm::entity::prelude::*;

/// A row of `sector`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sector")]
pub struct Model {
    /// Its code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The code of the sector that it is part of.
    pub parent: Option<String>,
    /// The codes from the top to this one, each followed by a full stop.
    pub path: String,
    /// Where it comes from.
    pub source: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}

impl foundation::Vocabulary for Entity {}
