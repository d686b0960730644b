//! A feedback product: a draft is seen by who sees its theme, of the own side; what was sent, by all participants.

use access::State;
use foundation::session::Scope;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SimpleExpr};

use super::theme;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feedback")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner_id: Uuid,
    pub author_id: Uuid,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i32,
    pub state: i16,
    pub theme_id: Uuid,
    pub title: String,
    pub body: String,
    pub addressee_kind: i16,
    pub addressee: String,
    pub sent_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Derived for Entity {
    const KIND: &'static str = "feedback";

    fn id(model: &Model) -> Uuid {
        model.id
    }

    fn owner(model: &Model) -> Uuid {
        model.owner_id
    }

    fn state(model: &Model) -> State {
        // The column's own check keeps other numbers out; a draft is the narrowest reading.
        State::from_number(model.state).unwrap_or(State::Draft)
    }

    fn made() -> Column {
        Column::CreatedAt
    }

    fn visible(scope: &Scope) -> SimpleExpr {
        let of_theme = Query::select()
            .expr(Expr::val(1))
            .from(theme::Entity)
            .and_where(Expr::col((theme::Entity, theme::Column::Id)).equals((Entity, Column::ThemeId)))
            .and_where(theme::visible(scope))
            .take();
        let own = || Column::OwnerId.eq(scope.caller.organisation);
        let sent = Column::State.eq(State::Published as i16);
        let sent_to_all = if scope.participant { sent } else { sent.and(own()) };
        let draft = Column::State.eq(State::Draft as i16).and(own());
        sent_to_all.or(draft.and(Expr::exists(of_theme)))
    }
}
