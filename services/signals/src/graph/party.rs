//! The signals of a supervised party: this service's part of an entity that the registry owns.

use async_graphql::{ID, Object};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost};
use foundation::{Fault, ids};
use uuid::Uuid;

use super::count::{COUNT_COST, Dimension, SignalCounts, counts};
use super::door::Door;
use super::list::SignalConnection;
use crate::model::filter::Filter;

/// Supervised party (ondertoezichtstaande).
#[derive(Clone)]
pub struct SupervisedParty {
    id: Uuid,
    door: Door,
}

impl SupervisedParty {
    /// The party with this id, whether or not the registry knows it.
    pub fn new(id: Uuid, door: Door) -> Self {
        Self { id, door }
    }
}

/// Supervised party (ondertoezichtstaande); the registry knows the rest.
#[Object]
impl SupervisedParty {
    /// Its id, `pty_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::PARTY, self.id)
    }

    /// The signals about it that the caller may see (signalen), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn signals(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<SignalConnection>, Fault> {
        let page = SignalConnection::about(&self.door, self.id, first, after.as_deref()).await?;
        Ok(Some(page))
    }

    /// How many signals about it the caller may see (aantallen), by each of these dimensions; of at most 20 parties in one
    /// request.
    #[graphql(complexity = "COUNT_COST + page_cost(top, child_complexity)")]
    async fn signal_counts(
        &self,
        #[graphql(desc = "What they are counted by.")] by: Vec<Dimension>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many values of each, 1 to 500.")] top: Option<i32>,
    ) -> Result<Option<SignalCounts>, Fault> {
        self.door.one_more_count()?;
        let filter = Filter {
            party: Some(self.id),
            ..Filter::default()
        };
        Ok(Some(counts(&self.door, &filter, by, top).await?))
    }
}
