//! Circle (samenwerkingsverband) of inspectorates.

use sea_orm::entity::prelude::*;

/// A row of `circle`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "circle")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code, such as `cmj`.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The basis it stands on.
    pub legal_basis_id: Uuid,
    /// Who coordinates it.
    pub coordinator_id: Uuid,
    /// From when it lives.
    pub starts_at: i64,
    /// Until when, exclusive.
    pub ends_at: i64,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
