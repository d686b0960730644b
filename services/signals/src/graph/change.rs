//! The change feed, as the graph shows it.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use foundation::graphql::kit::{PAGE_DEFAULT, page_cost, page_size};
use foundation::session::Changed;
use foundation::{Fault, ids};

use super::door::{Door, door};
use super::signal::Signal;
use crate::store::{SignalRow, change};

/// What a copy does with a change (soort wijziging).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Toevoegen of vervangen.
    Upserted,
    /// Verwijderen: the caller may no longer see it, for whatever reason.
    Removed,
}

/// A change of a copy (wijziging).
#[derive(SimpleObject)]
pub struct Change {
    /// What to do.
    kind: ChangeKind,
    /// The record's id, `sig_…`.
    id: ID,
    /// The signal as it is now; null when it is to be removed.
    signal: Option<Signal>,
}

impl Change {
    fn of(changed: Changed<SignalRow>, door: &Door) -> Self {
        let id = |id| ids::write(ids::prefix::SIGNAL, id);
        match changed {
            Changed::Upserted(seen) => Self {
                kind: ChangeKind::Upserted,
                id: id(seen.id),
                signal: Some(Signal::new(seen, door.clone())),
            },
            Changed::Removed(record) => Self {
                kind: ChangeKind::Removed,
                id: id(record),
                signal: None,
            },
        }
    }
}

/// What a copy is told (wijzigingen), in the order in which it is to be done.
#[derive(SimpleObject)]
pub struct ChangePage {
    /// The changes.
    nodes: Vec<Change>,
    /// Where the copy stands when they are done: give it as `after`. Keep it with the copy; it is of this account and
    /// purpose alone.
    cursor: String,
    /// Whether there is more already.
    has_more: bool,
}

/// Questions about what changed.
#[derive(Default)]
pub struct ChangeQuery;

/// Questions about what changed.
#[Object]
impl ChangeQuery {
    /// Keeps a copy in step with what the caller may see under the stated purpose (wijzigingen): all of it without
    /// `after`, then what changed, what came and what went, by grants, membership and time too.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn changes(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many changes at most, 1 to 500.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The `cursor` at which the copy stands; none for an empty copy.")] after: Option<String>,
    ) -> Result<Option<ChangePage>, Fault> {
        let size = page_size(first)?;
        let door = door(context);
        let reader = door.session().reader().await?;
        let changes = change::after(&reader, after.as_deref(), size).await?;
        drop(reader);
        Ok(Some(ChangePage {
            nodes: changes
                .changes
                .into_iter()
                .map(|changed| Change::of(changed, door))
                .collect(),
            cursor: changes.cursor,
            has_more: changes.more,
        }))
    }
}
