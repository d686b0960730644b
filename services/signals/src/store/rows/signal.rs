//! Signal, without its personal part.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};

use super::signal_discovery;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub owner_id: Uuid,
    pub author_id: Uuid,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub state: i16,
    pub rank: i16,
    pub tlp: i16,
    pub use_limit: i16,
    pub retain_until: i64,
    pub title: String,
    pub narrative: String,
    pub category: String,
    pub severity: i16,
    pub urgency: i16,
    pub observed_from: i64,
    pub observed_until: Option<i64>,
    pub place: Option<String>,
    pub note: Option<String>,
    pub origin: i16,
    pub external_system: Option<String>,
    pub external_reference: Option<String>,
    pub retraction: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Protected for Entity {
    const KIND: &'static str = "signal";
    const FEED: &'static str = "signal_feed";
    const SUBJECT_FEED: &'static str = "signal_subject_feed";

    fn id(model: &Model) -> Uuid {
        model.id
    }

    fn owner(model: &Model) -> Uuid {
        model.owner_id
    }

    fn state(model: &Model) -> access::State {
        // The column's own check keeps other numbers out; a retracted record is the narrowest reading.
        access::State::from_number(model.state).unwrap_or(access::State::Retracted)
    }
}

impl foundation::Breakable for Entity {
    fn owner_column() -> Column {
        Column::OwnerId
    }

    fn rank() -> Column {
        Column::Rank
    }

    fn breakable(scope: &foundation::session::Scope) -> SimpleExpr {
        let closed = Query::select()
            .expr(Expr::val(1))
            .from(signal_discovery::Entity)
            .and_where(
                Expr::col((signal_discovery::Entity, signal_discovery::Column::SignalId)).equals((Entity, Column::Id)),
            )
            .and_where(signal_discovery::Column::Closed.eq(true))
            .take();
        Column::State
            .eq(access::State::Published as i16)
            .and(Column::RetainUntil.gt(scope.now))
            .and(Expr::exists(closed).not())
    }
}
