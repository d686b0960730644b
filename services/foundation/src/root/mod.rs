//! What every labelled root repeats: a record that is shared by grants of its own.
//!
//! A root named `covenant` has the tables `covenant`, `covenant_subject`, `covenant_grant`, `covenant_feed`,
//! `covenant_subject_feed` and `covenant_tombstone` ([`tables`] writes them). Its row says what it has in common with
//! all roots by [`Root`]; then [`life`] moves it, [`sharing`] grants and revokes, [`hold`] keeps and freezes it, [`feed`]
//! keeps who sees it, and a service writes only what is its own. What it may not do: decide; that is `access`.

pub mod check;
pub mod erasure;
pub mod feed;
pub mod grant;
pub mod hold;
pub mod life;
pub mod lookup;
pub mod sharing;
pub mod subject;
pub mod tables;

use access::{Labels, Rank, Shareable, State, Tlp, UseLimit};
use sea_orm::{EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait, Value};
use uuid::Uuid;

use crate::fault::Fault;
use crate::session::{Protected, Writer};

pub use sharing::GrantRow;
pub use subject::Subjects;

/// What every root's row has, beside what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its identity.
    pub id: Uuid,
    /// The organisation that owns it.
    pub owner_id: Uuid,
    /// The account that made it.
    pub author_id: Uuid,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Its version, from 1.
    pub version: i32,
    /// Where it is in its life.
    pub state: i16,
    /// Formal classification.
    pub rank: i16,
    /// How wide it may be shared.
    pub tlp: i16,
    /// What a reader may do with it.
    pub use_limit: i16,
    /// When it stops existing for everyone, exclusive.
    pub retain_until: i64,
    /// Why it was retracted.
    pub retraction: Option<String>,
    /// Since when a legal hold keeps it from being erased.
    pub held_at: Option<i64>,
    /// Since when its sharing is frozen.
    pub frozen_at: Option<i64>,
}

impl Head {
    /// Its state.
    ///
    /// # Errors
    /// Internal: a stored number outside the states.
    pub fn state(&self) -> Result<State, Fault> {
        State::from_number(self.state).ok_or_else(outside)
    }

    /// Its marks.
    ///
    /// # Errors
    /// Internal: a stored number outside the marks.
    pub fn labels(&self) -> Result<Labels, Fault> {
        Ok(Labels {
            rank: Rank::from_number(self.rank).ok_or_else(outside)?,
            tlp: Tlp::from_number(self.tlp).ok_or_else(outside)?,
            use_limit: UseLimit::from_number(self.use_limit).ok_or_else(outside)?,
        })
    }

    /// What the policy needs to know of it.
    fn shareable(&self, grants: &[GrantRow]) -> Result<Shareable, Fault> {
        Ok(Shareable {
            owner: self.owner_id,
            author: self.author_id,
            state: self.state()?,
            tlp: self.labels()?.tlp,
            retain_until: self.retain_until,
            frozen: self.frozen_at.is_some(),
            grants: grants
                .iter()
                .map(|row| row.policy().ok_or_else(outside))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn outside() -> Fault {
    Fault::broken("a stored mark outside its values")
}

/// The row of a labelled root.
pub trait Root:
    ModelTrait<Entity: Protected<Model = Self>>
    + FromQueryResult
    + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
    + Sync
    + 'static
{
    /// What it has in common with every root.
    fn head(&self) -> Head;
    /// The same row with this head.
    fn with_head(self, head: Head) -> Self;
    /// What its feeds repeat of it, so that lists can be narrowed: column and value.
    fn filters(&self) -> Vec<(&'static str, Value)>;
    /// Brings what its service keeps beside it, such as what outsiders may know, in line with what it has become.
    ///
    /// # Errors
    /// The database's.
    fn follow(&self, _writer: &Writer<'_>, _subjects: &[Uuid]) -> impl Future<Output = Result<(), Fault>> + Send {
        async { Ok(()) }
    }

    /// Keeps what it was, before a change in the same transaction; most roots keep nothing.
    ///
    /// # Errors
    /// The database's.
    fn keep(&self, _writer: &Writer<'_>) -> impl Future<Output = Result<(), Fault>> + Send {
        std::future::ready(Ok(()))
    }
}

/// The entity of a root's row.
pub type Of<R> = <R as ModelTrait>::Entity;

/// One of a root's tables, such as `signal_grant`.
fn table<R: Root>(what: &str) -> sea_orm::sea_query::Alias {
    sea_orm::sea_query::Alias::new(format!("{}_{what}", Of::<R>::KIND))
}

/// The column by which a root's tables name it, such as `signal_id`.
fn record<R: Root>() -> sea_orm::sea_query::Alias {
    sea_orm::sea_query::Alias::new(format!("{}_id", Of::<R>::KIND))
}
