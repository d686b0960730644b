//! A supervised party (ondertoezichtstaande).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: i16,
    /// None where it is a person's.
    pub legal_name: Option<String>,
    /// The words of its names, normalised; empty where they are a person's.
    pub name_words: String,
    pub version: i32,
    pub public_task: Option<String>,
    pub delegating_authority: Option<String>,
    pub safety_management: Option<bool>,
    /// The safety region that it is.
    pub region_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Reference for Entity {}
