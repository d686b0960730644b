//! Site (vestiging), as every service sees it.

use sea_orm::entity::prelude::*;

/// A row of `reference_site`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_site")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party it belongs to.
    pub party_id: Uuid,
    /// Its name; none where it is personal.
    pub name: Option<String>,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}
