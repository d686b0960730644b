//! A mandate (toezichtmandaat): what an organisation supervises, under which law.

use sea_orm::entity::prelude::*;

/// A row of `mandate`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who supervises.
    pub organisation_id: Uuid,
    /// The code of the law.
    pub law: String,
    /// Only parties of this kind.
    pub party_kind: Option<i16>,
    /// Only parties in this sector or a part of it.
    pub sector: Option<String>,
    /// Only parties in this safety region.
    pub region_id: Option<Uuid>,
    /// Where it is laid down.
    pub legal_source: String,
    /// From when.
    pub starts_at: i64,
    /// Until when, exclusive.
    pub ends_at: i64,
    /// Its version.
    pub version: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}

impl foundation::Vocabulary for Entity {}
