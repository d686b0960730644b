//! Signal, without its personal part.

use foundation::root::Head;
use foundation::{Fault, Writer};
use sea_orm::Value;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};

use super::signal_discovery;
use crate::store::{access_request, discovery};

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
    pub valid_until: Option<i64>,
    pub reliability: Option<i16>,
    pub credibility: Option<i16>,
    pub url_hash: Option<String>,
    pub collected_at: Option<i64>,
    pub tool: Option<String>,
    pub tool_version: Option<String>,
    pub confidence: Option<i16>,
    pub product_category: Option<String>,
    pub held_at: Option<i64>,
    pub frozen_at: Option<i64>,
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

impl foundation::Root for Model {
    fn head(&self) -> Head {
        Head {
            id: self.id,
            owner_id: self.owner_id,
            author_id: self.author_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            state: self.state,
            rank: self.rank,
            tlp: self.tlp,
            use_limit: self.use_limit,
            retain_until: self.retain_until,
            retraction: self.retraction.clone(),
            held_at: self.held_at,
            frozen_at: self.frozen_at,
        }
    }

    fn with_head(self, head: Head) -> Self {
        Self {
            id: head.id,
            owner_id: head.owner_id,
            author_id: head.author_id,
            created_at: head.created_at,
            updated_at: head.updated_at,
            version: head.version,
            state: head.state,
            rank: head.rank,
            tlp: head.tlp,
            use_limit: head.use_limit,
            retain_until: head.retain_until,
            retraction: head.retraction,
            held_at: head.held_at,
            frozen_at: head.frozen_at,
            ..self
        }
    }

    async fn keep(&self, writer: &foundation::Writer<'_>) -> Result<(), foundation::Fault> {
        crate::store::version::keep(writer, self).await
    }

    fn filters(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("category", self.category.clone().into()),
            ("severity", self.severity.into()),
            ("observed_at", self.observed_from.into()),
            ("valid_until", self.valid_until.into()),
            ("reliability", self.reliability.into()),
            ("credibility", self.credibility.into()),
            ("urgency", self.urgency.into()),
            ("origin", self.origin.into()),
            ("state", self.state.into()),
        ]
    }

    async fn follow(&self, writer: &Writer<'_>, subjects: &[Uuid]) -> Result<(), Fault> {
        access_request::follow(writer, self).await?;
        discovery::renew(writer, self, subjects).await
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
            .and(Column::FrozenAt.is_null())
            .and(Expr::exists(closed).not())
    }
}
