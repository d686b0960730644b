//! What outsiders may know of a signal, and whether it is closed to break-glass. A signal of which nothing may be known
//! and that is not closed has no row.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal_discovery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub signal_id: Uuid,
    pub handle: Uuid,
    pub owner_id: Uuid,
    pub rank: i16,
    pub mode: i16,
    pub closed: bool,
    pub title: Option<String>,
    pub visible_until: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Part for Entity {
    type Root = super::signal::Entity;

    fn root() -> Column {
        Column::SignalId
    }
}

impl foundation::Glimpse for Entity {
    type Root = super::signal::Entity;

    fn record() -> Column {
        Column::SignalId
    }

    fn owner() -> Column {
        Column::OwnerId
    }

    fn rank() -> Column {
        Column::Rank
    }

    fn until() -> Column {
        Column::VisibleUntil
    }

    fn tells() -> SimpleExpr {
        Column::Mode.gt(0)
    }

    fn record_of(model: &Model) -> Uuid {
        model.signal_id
    }
}
