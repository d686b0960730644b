//! A signal that a theme rests on. One that has left the theme's list stays: what is written was written with it in sight.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "theme_source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub theme_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub signal_id: Uuid,
    pub owner_id: Uuid,
    pub added_at: i64,
    pub reason: Option<String>,
    pub left_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Detail for Entity {
    type Whole = super::theme::Entity;

    fn whole() -> Column {
        Column::ThemeId
    }
}
