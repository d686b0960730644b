//! The feed per party, site and region.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_subject_feed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rank: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub created_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub grant_id: Uuid,
    pub visible_from: i64,
    pub visible_until: i64,
    pub owner_id: Uuid,
    pub category: String,
    pub severity: i16,
    pub observed_at: i64,
    pub valid_until: Option<i64>,
    pub reliability: Option<i16>,
    pub credibility: Option<i16>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
