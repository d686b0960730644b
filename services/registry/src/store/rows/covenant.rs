//! Covenant, without those who take part.

use foundation::root::Head;
use sea_orm::Value;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "covenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
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
    pub retraction: Option<String>,
    pub held_at: Option<i64>,
    pub frozen_at: Option<i64>,
    pub title: String,
    pub inspections: Option<i32>,
    pub period: i16,
    pub report_duty: bool,
    pub report_rule: Option<String>,
    pub report_treatment: Option<String>,
    pub permit_months: Option<i32>,
    pub vms_quality: Option<i16>,
    pub starts_at: i64,
    pub ends_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Protected for Entity {
    const KIND: &'static str = "covenant";
    const FEED: &'static str = "covenant_feed";
    const SUBJECT_FEED: &'static str = "covenant_subject_feed";

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

    fn filters(&self) -> Vec<(&'static str, Value)> {
        vec![("starts_at", self.starts_at.into()), ("ends_at", self.ends_at.into())]
    }
}
