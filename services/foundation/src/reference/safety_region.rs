//! Safety region (veiligheidsregio), as every service sees it.

use sea_orm::entity::prelude::*;

/// A row of `reference_region`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_region")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code, `VR01` to `VR25`.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
