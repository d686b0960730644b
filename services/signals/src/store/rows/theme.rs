//! A recurring theme: seen by who sees every signal that it rests on.

use access::State;
use foundation::session::Scope;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query, SimpleExpr};

use super::{signal, theme_source};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "theme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner_id: Uuid,
    pub author_id: Uuid,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub state: i16,
    pub title: String,
    pub description: String,
    pub sources: i32,
    pub ended_because: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Derived for Entity {
    const KIND: &'static str = "theme";

    fn id(model: &Model) -> Uuid {
        model.id
    }

    fn owner(model: &Model) -> Uuid {
        model.owner_id
    }

    fn state(model: &Model) -> State {
        // The column's own check keeps other numbers out; an ended theme is the narrowest reading.
        State::from_number(model.state).unwrap_or(State::Retracted)
    }

    fn made() -> Column {
        Column::CreatedAt
    }

    fn visible(scope: &Scope) -> SimpleExpr {
        visible(scope)
    }
}

/// True of themes that are named, or the own side's, and of which every signal may be seen.
pub fn visible(scope: &Scope) -> SimpleExpr {
    let source = |column| Expr::col((Alias::new("m"), column));
    let seen = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from_as(theme_source::Entity, Alias::new("m"))
        .and_where(source(theme_source::Column::ThemeId).equals((Entity, Column::Id)))
        .and_where(scope.sees::<signal::Entity>("s", source(theme_source::Column::SignalId)))
        .take();
    let named = Column::State.eq(State::Published as i16);
    let own = Column::OwnerId.eq(scope.caller.organisation);
    named
        .or(own)
        .and(Expr::col((Entity, Column::Sources)).lte(SimpleExpr::from(seen)))
}
