//! Legal basis (grondslag) of a grant.

use sea_orm::entity::prelude::*;

/// A row of `legal_basis`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_basis")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// The law and article.
    pub citation: String,
    /// What it allows.
    pub description: String,
    /// Whether it was invented for the demo.
    pub fictitious: bool,
    /// Where it comes from.
    pub source: String,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
