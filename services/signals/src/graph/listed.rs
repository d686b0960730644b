//! Lists of what is added beside a signal: a page for every signal of an answer in one query.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use foundation::graphql::kit::{PageInfo, cursor, page_size, read_cursor};
use foundation::session::Position;
use foundation::{Fault, Session};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::signal::At;
use crate::store::listed::{Listed, Slice, newest};
use crate::store::{Confirmations, EvidenceRows, FollowUps, Links, Marks, Proposals, Remarks, Versions};

/// The loader of one kind.
pub type Listing<P> = DataLoader<ListOf<P>>;

/// The loaders of what is added beside signals.
pub struct Beside {
    /// Confirmations.
    pub confirmations: Listing<Confirmations>,
    /// Remarks.
    pub remarks: Listing<Remarks>,
    /// Follow-up.
    pub follow_ups: Listing<FollowUps>,
    /// Links.
    pub links: Listing<Links>,
    /// Evidence.
    pub evidence: Listing<EvidenceRows>,
    /// Versions.
    pub versions: Listing<Versions>,
    /// What the caller's account has read.
    pub marks: Listing<Marks>,
    /// Proposals of a correction.
    pub proposals: Listing<Proposals>,
}

impl Beside {
    /// The loaders of a session.
    pub fn new(session: &Arc<Session>) -> Self {
        Self {
            confirmations: listing(session),
            remarks: listing(session),
            follow_ups: listing(session),
            links: listing(session),
            evidence: listing(session),
            versions: listing(session),
            marks: listing(session),
            proposals: listing(session),
        }
    }
}

fn listing<P: Listed>(session: &Arc<Session>) -> Listing<P> {
    DataLoader::new(ListOf(session.clone(), PhantomData), tokio::spawn)
}

/// Lists of one kind.
pub struct ListOf<P>(Arc<Session>, PhantomData<fn() -> P>);

impl<P: Listed> Loader<(Uuid, Slice)> for ListOf<P>
where
    P::Model: Sync,
{
    type Value = Vec<<P as EntityTrait>::Model>;
    type Error = Fault;

    async fn load(&self, keys: &[(Uuid, Slice)]) -> Result<HashMap<(Uuid, Slice), Self::Value>, Fault> {
        let reader = self.0.reader().await?;
        let mut slices: HashMap<Slice, Vec<Uuid>> = HashMap::new();
        for (signal, slice) in keys {
            slices.entry(*slice).or_default().push(*signal);
        }
        let mut lists = HashMap::new();
        for (slice, signals) in slices {
            let found = newest::<P>(&reader, &signals, slice).await?;
            lists.extend(found.into_iter().map(|(signal, rows)| ((signal, slice), rows)));
        }
        Ok(lists)
    }
}

/// Which page is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// How many.
    pub first: Option<i32>,
    /// After which cursor.
    pub after: Option<String>,
    /// With what was superseded since.
    pub history: bool,
}

/// A page beside a signal: its rows, newest first, and where it ends.
///
/// # Errors
/// `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
pub async fn page<P: Listed>(
    at: &At,
    of: &Listing<P>,
    asked: Asked,
) -> Result<(Vec<<P as EntityTrait>::Model>, PageInfo), Fault>
where
    P::Model: Sync,
{
    let size = page_size(asked.first)?;
    let after = asked.after.as_deref().map(read_cursor).transpose()?;
    let slice = Slice {
        after: after.map(|place| (place.created_at, place.record_id)),
        limit: size + 1,
        history: asked.history,
    };
    let mut rows = of.load_one((at.seen.id, slice)).await?.unwrap_or_default();
    let place = |row: &P::Model| {
        let (_, created_at, record_id) = P::place(row);
        cursor(Position { created_at, record_id })
    };
    let info = PageInfo::cut(&mut rows, size, after.is_some(), place);
    Ok((rows, info))
}
