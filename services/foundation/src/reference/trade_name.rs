//! Trade name (handelsnaam) of a party, as every service sees it; none of parties whose name is personal.

use sea_orm::entity::prelude::*;

/// A row of `reference_trade_name`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_trade_name")]
pub struct Model {
    /// The party that bears it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    /// The name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}
