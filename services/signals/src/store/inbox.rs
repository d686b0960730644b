//! The inbox: what happened to signals that the account may see, what its side has with others between them, and what
//! it has read of that.

use access::{Instant, Operation};
use foundation::session::{self, Bounds, Happened, Interests, Side, When};
use foundation::{Fault, Reader, Session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::access_request::Explained;
use super::rows::{access_request, break_glass, signal, triage};
use crate::model::inbox::{OF_TRIAGE, OPINED, SHARED, of_others, of_own};

mod between;
mod matches;

use matches::Walk;
pub use matches::{Search, Watched, watched};

/// How far an inbox reaches back, in microseconds: ninety days.
const REACH: Instant = 90 * 24 * 3600 * 1_000_000;
/// The name of the tables of its marks.
const INBOX: &str = "inbox";

/// What an item is about.
#[derive(Clone, Debug)]
pub enum About {
    /// A signal that may be seen.
    Signal,
    /// A request that the own side asked or decides.
    Request(Box<access_request::Model>),
    /// Break-glass that concerns the own side.
    Case(Box<break_glass::Model>),
    /// A signal that a saved search of the account found.
    Match(Uuid),
}

impl About {
    /// Whether it is a signal that is told of.
    pub fn of_signal(&self) -> bool {
        matches!(self, Self::Signal | Self::Match(_))
    }

    /// The saved search that found it.
    pub fn search(&self) -> Option<Uuid> {
        match self {
            Self::Match(search) => Some(*search),
            Self::Signal | Self::Request(_) | Self::Case(_) => None,
        }
    }
}

/// Something that is told.
pub type Told = session::Told<About>;
/// An item.
pub type Item = session::Item<About>;
type Stretch = session::Stretch<About>;

/// Items, newest first.
#[derive(Debug, Default)]
pub struct Items {
    /// They.
    pub items: Vec<Item>,
    /// Where one request stopped looking, though there may be more; the end, or enough of them, where `None`.
    pub stopped: Option<When>,
}

/// The newest items before a place, at most so many; the unread ones alone, where asked. With what these searches found.
///
/// # Errors
/// The database's.
pub async fn items(
    side: &Side<'_>,
    watched: &[Watched],
    unread: bool,
    before: Option<When>,
    limit: u64,
) -> Result<Items, Fault> {
    let until = side.read_until(INBOX).await?;
    let since = side.scope().now - REACH;
    let mut bounds = Bounds {
        since: if unread { since.max(until + 1) } else { since },
        before,
        limit,
    };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut walk, mut items) = (Walk::new(), Vec::new());
    loop {
        let stretch = told(side, watched, &bounds, &mut walk).await?;
        let marked = side.marked(INBOX, until, stretch.told).await?;
        items.extend(marked.into_iter().filter(|item| !(unread && item.read)));
        let enough = items.len() >= most;
        items.truncate(most);
        if enough || stretch.reached.is_none() || (walk.spent() && !watched.is_empty()) {
            let stopped = if enough { None } else { stretch.reached };
            return Ok(Items { items, stopped });
        }
        bounds.before = stretch.reached;
    }
}

/// What searches found in the last ninety days, newest first, at most so many; and where one request stopped looking.
///
/// # Errors
/// The database's.
pub async fn found(
    reader: &Reader<'_>,
    watched: &[Watched],
    before: Option<When>,
    limit: u64,
) -> Result<(Vec<Told>, Option<When>), Fault> {
    let bounds = Bounds {
        since: reader.scope().now - REACH,
        before,
        limit,
    };
    let mut stretch = matches::told(reader, watched, &bounds, &mut Walk::new()).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let stopped = if stretch.told.len() >= most {
        None
    } else {
        stretch.reached
    };
    stretch.told.truncate(most);
    Ok((stretch.told, stopped))
}

/// Notes that these signals are told of.
pub fn shown(reader: &Reader<'_>, told: impl IntoIterator<Item = Uuid>) {
    reader.shown::<signal::Entity>(told);
}

/// Notes that signals are counted, and what was asked of them.
pub fn counted(reader: &Reader<'_>, what: String) {
    reader.counted::<signal::Entity>(what);
}

/// The requests that items tell of, by their ids, with the codes that people know their references by.
///
/// # Errors
/// The database's.
pub async fn requests(side: &Side<'_>, items: &[Item]) -> Result<HashMap<Uuid, Explained>, Fault> {
    let row = |item: &Item| match &item.told.about {
        About::Request(row) => Some((**row).clone()),
        About::Signal | About::Case(_) | About::Match(_) => None,
    };
    let rows: Vec<access_request::Model> = items.iter().filter_map(row).collect();
    let Some(reader) = side.content() else {
        return Ok(HashMap::new());
    };
    let explained = super::access_request::explain(reader, rows).await?;
    Ok(explained
        .into_iter()
        .map(|explained| (explained.row.id, explained))
        .collect())
}

/// All that is told to the account.
async fn told(side: &Side<'_>, watched: &[Watched], bounds: &Bounds, walk: &mut Walk) -> Result<Stretch, Fault> {
    let mut stretches = vec![between::told(side, bounds).await?];
    if let Some(reader) = side.content() {
        stretches.push(of_signals(reader, bounds).await?);
        stretches.push(matches::told(reader, watched, bounds, walk).await?);
    }
    Ok(Stretch::merged(stretches))
}

/// What happened to signals that the account may see now.
async fn of_signals(reader: &Reader<'_>, bounds: &Bounds) -> Result<Stretch, Fault> {
    let interests = Interests {
        own: of_own(&reader.scope().caller.roles),
        others: of_others(),
        at_large: Vec::new(),
        arrivals: vec![SHARED],
        since: bounds.since,
    };
    let happened = reader
        .happened::<signal::Entity>(&interests, bounds.before.as_ref(), bounds.limit)
        .await?;
    let told = |happened: Happened| Told {
        when: When {
            at: happened.at,
            record_id: happened.record_id,
            change: happened.change,
        },
        about: About::Signal,
    };
    let stretch = Stretch::of(happened.into_iter().map(told).collect(), bounds.limit);
    Ok(Stretch {
        told: to_participants(reader, stretch.told).await?,
        ..stretch
    })
}

/// Without what was done in triages in which the own organisation takes no part: that there is one is theirs to know. Of
/// an opinion hears who may decide.
async fn to_participants(reader: &Reader<'_>, told: Vec<Told>) -> Result<Vec<Told>, Fault> {
    let of_triage = |told: &&Told| OF_TRIAGE.contains(&told.when.change.as_str());
    let records: Vec<Uuid> = told.iter().filter(of_triage).map(|told| told.when.record_id).collect();
    if records.is_empty() {
        return Ok(told);
    }
    let triages = triage::Entity::find().filter(triage::Column::SignalId.is_in(records));
    let triages = reader.own(triages).await?;
    let caller = &reader.scope().caller;
    let decides = access::may_ever(&caller.roles, Operation::DecideTriage).is_ok();
    let opened = |triage: &&triage::Model| decides && triage.organisation_id == caller.organisation;
    let decided: HashSet<Uuid> = triages.iter().filter(opened).map(|triage| triage.signal_id).collect();
    let taken_part: HashSet<Uuid> = triages.iter().map(|triage| triage.signal_id).collect();
    let theirs = |told: &Told| match told.when.change.as_str() {
        OPINED => decided.contains(&told.when.record_id),
        change => !OF_TRIAGE.contains(&change) || taken_part.contains(&told.when.record_id),
    };
    Ok(told.into_iter().filter(theirs).collect())
}

/// Marks these items read; again changes nothing.
///
/// # Errors
/// The database's.
pub async fn mark_read(session: &Session, items: &[When]) -> Result<(), Fault> {
    let writer = session.writer(Operation::ReadInbox).await?;
    writer.mark_read(INBOX, items).await?;
    writer.commit().await
}

/// Marks all items until now read.
///
/// # Errors
/// The database's.
pub async fn mark_all_read(session: &Session) -> Result<(), Fault> {
    let writer = session.writer(Operation::ReadInbox).await?;
    writer.mark_all_read(INBOX).await?;
    writer.commit().await
}
