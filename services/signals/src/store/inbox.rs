//! The inbox: what happened to signals that the account may see, what its side has with others between them, and what
//! it has read of that.

use access::{Instant, Operation};
use foundation::session::{Happened, Interests, Side, When};
use foundation::{Fault, Reader, Session};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use super::access_request::Explained;
use super::rows::{access_request, break_glass, inbox_mark, inbox_read, signal, triage};
use crate::model::inbox::{OF_TRIAGE, SHARED, of_others, of_own};

mod between;
mod matches;

use matches::Walk;
pub use matches::{Search, Watched, watched};

/// How far an inbox reaches back, in microseconds: ninety days.
const REACH: Instant = 90 * 24 * 3600 * 1_000_000;

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

/// Something that is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// When, of which record, and what.
    pub when: When,
    /// What it is about.
    pub about: About,
}

impl Told {
    /// The saved search that found it.
    pub fn search(&self) -> Option<Uuid> {
        match self.about {
            About::Match(search) => Some(search),
            About::Signal | About::Request(_) | About::Case(_) => None,
        }
    }
}

/// An item.
#[derive(Clone, Debug)]
pub struct Item {
    /// What is told.
    pub told: Told,
    /// Whether it was marked read.
    pub read: bool,
}

/// What is looked for in each of the inbox's sources.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Nothing before this moment.
    since: Instant,
    /// Only what comes after this place, newest first.
    before: Option<When>,
    /// About how many.
    limit: u64,
}

/// All that a source tells between two places, newest first.
#[derive(Debug, Default)]
struct Stretch {
    told: Vec<Told>,
    /// Down to where: nothing newer than this is missing, and there may be more after it. The end where `None`.
    reached: Option<When>,
}

impl Stretch {
    /// The stretches of several sources as one: as far as all of them reach.
    fn merged(stretches: Vec<Self>) -> Self {
        let reached = stretches.iter().filter_map(|stretch| stretch.reached.clone()).max();
        let within = |told: &Told| reached.as_ref().is_none_or(|reached| told.when >= *reached);
        let told = stretches.into_iter().flat_map(|stretch| stretch.told);
        let mut told: Vec<Told> = told.filter(within).collect();
        told.sort_by(|one, other| other.when.cmp(&one.when));
        Self { told, reached }
    }
}

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
    let mark = mark(side).await?;
    let since = side.scope().now - REACH;
    let mut bounds = Bounds {
        since: if unread { since.max(mark + 1) } else { since },
        before,
        limit,
    };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut walk, mut items) = (Walk::new(), Vec::new());
    loop {
        let stretch = told(side, watched, &bounds, &mut walk).await?;
        let marked = marked(side, &stretch.told).await?;
        let item = |told: Told| Item {
            read: told.when.at <= mark || marked.contains(&told.when),
            told,
        };
        let told = stretch.told.into_iter().map(item);
        items.extend(told.filter(|item| !(unread && item.read)));
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

/// Notes that the signals that saved searches found are told of.
pub fn shown(reader: &Reader<'_>, told: impl IntoIterator<Item = Uuid>) {
    reader.shown::<signal::Entity>(told);
}

/// Notes that the signals that saved searches found are counted.
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
        arrivals: vec![SHARED],
        since: bounds.since,
    };
    let happened = reader
        .happened::<signal::Entity>(&interests, bounds.before.as_ref(), bounds.limit)
        .await?;
    let more = happened.len() as u64 >= bounds.limit;
    let place = |happened: Happened| When {
        at: happened.at,
        record_id: happened.record_id,
        change: happened.change,
    };
    let happened: Vec<When> = happened.into_iter().map(place).collect();
    let reached = if more { happened.last().cloned() } else { None };
    let told = to_participants(reader, happened).await?.into_iter().map(|when| Told {
        when,
        about: About::Signal,
    });
    Ok(Stretch {
        told: told.collect(),
        reached,
    })
}

/// Without what was done in triages in which the own organisation takes no part: that there is one is theirs to know.
async fn to_participants(reader: &Reader<'_>, happened: Vec<When>) -> Result<Vec<When>, Fault> {
    let of_triage = |happened: &&When| OF_TRIAGE.contains(&happened.change.as_str());
    let records: Vec<Uuid> = happened
        .iter()
        .filter(of_triage)
        .map(|happened| happened.record_id)
        .collect();
    if records.is_empty() {
        return Ok(happened);
    }
    let triages = reader.own(triage::Entity::find().filter(triage::Column::SignalId.is_in(records)));
    let taken_part: HashSet<Uuid> = triages.await?.into_iter().map(|triage| triage.signal_id).collect();
    let told = |happened: &When| !of_triage(&happened) || taken_part.contains(&happened.record_id);
    Ok(happened.into_iter().filter(told).collect())
}

async fn mark(side: &Side<'_>) -> Result<Instant, Fault> {
    let rows = side.own(inbox_mark::Entity::find()).await?;
    Ok(rows.first().map_or(0, |row| row.read_until))
}

/// The marked ones among these, newest first.
async fn marked(side: &Side<'_>, told: &[Told]) -> Result<HashSet<When>, Fault> {
    let (Some(first), Some(last)) = (told.first(), told.last()) else {
        return Ok(HashSet::new());
    };
    let rows = inbox_read::Entity::find()
        .filter(inbox_read::Column::At.gte(last.when.at))
        .filter(inbox_read::Column::At.lte(first.when.at));
    let place = |row: inbox_read::Model| When {
        at: row.at,
        record_id: row.record_id,
        change: row.change,
    };
    Ok(side.own(rows).await?.into_iter().map(place).collect())
}

/// Marks these items read; again changes nothing.
///
/// # Errors
/// The database's.
pub async fn mark_read(session: &Session, items: Vec<When>) -> Result<(), Fault> {
    let writer = session.writer(Operation::ReadInbox).await?;
    let caller = &writer.scope().caller;
    let row = |item: When| inbox_read::ActiveModel {
        account_id: Set(caller.account),
        owner_id: Set(caller.organisation),
        at: Set(item.at),
        record_id: Set(item.record_id),
        change: Set(item.change),
    };
    let rows = items.into_iter().map(row).collect();
    writer.insert_unless_taken(rows).await?;
    writer.commit().await
}

/// Marks all items until now read.
///
/// # Errors
/// The database's.
pub async fn mark_all_read(session: &Session) -> Result<(), Fault> {
    let writer = session.writer(Operation::ReadInbox).await?;
    let (account, organisation, now) = {
        let scope = writer.scope();
        (scope.caller.account, scope.caller.organisation, scope.now)
    };
    let until = inbox_mark::ActiveModel {
        read_until: Set(now),
        ..inbox_mark::ActiveModel::default()
    };
    let update = inbox_mark::Entity::update_many()
        .set(until)
        .filter(inbox_mark::Column::AccountId.eq(account));
    if writer.execute(&update.into_query()).await? == 0 {
        let row = inbox_mark::ActiveModel {
            account_id: Set(account),
            owner_id: Set(organisation),
            read_until: Set(now),
        };
        writer.insert_unless_taken(vec![row]).await?;
    }
    let older = inbox_read::Entity::delete_many()
        .filter(inbox_read::Column::AccountId.eq(account))
        .filter(inbox_read::Column::At.lte(now));
    writer.execute(&older.into_query()).await?;
    writer.commit().await
}
