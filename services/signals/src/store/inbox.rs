//! The inbox: what happened to signals that the account may see, and what it has read of that.

use access::Instant;
use foundation::session::{Happened, Interests, When};
use foundation::{Fault, Reader, Session};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use std::collections::HashSet;
use uuid::Uuid;

use super::rows::{inbox_mark, inbox_read, signal, triage};
use crate::model::inbox::{OF_TRIAGE, SHARED, of_others, of_own};

/// How far an inbox reaches back, in microseconds: ninety days.
const REACH: Instant = 90 * 24 * 3600 * 1_000_000;

/// An item.
#[derive(Clone, Debug)]
pub struct Item {
    /// What happened.
    pub happened: Happened,
    /// Whether it was marked read.
    pub read: bool,
}

/// The newest items before a place, at most so many; the unread ones alone, where asked.
///
/// # Errors
/// The database's.
pub async fn items(reader: &Reader<'_>, unread: bool, before: Option<When>, limit: u64) -> Result<Vec<Item>, Fault> {
    let scope = reader.scope();
    let mark = mark(reader).await?;
    let since = scope.now - REACH;
    let interests = Interests {
        own: of_own(&scope.caller.roles),
        others: of_others(),
        arrivals: vec![SHARED],
        since: if unread { since.max(mark + 1) } else { since },
    };
    let (mut items, mut place) = (Vec::new(), before);
    loop {
        let happened = reader
            .happened::<signal::Entity>(&interests, place.as_ref(), limit)
            .await?;
        let all = (happened.len() as u64) < limit;
        place = happened.last().map(|last| When {
            at: last.at,
            record_id: last.record_id,
            change: last.change.clone(),
        });
        let happened = to_participants(reader, happened).await?;
        let marked = marked(reader, &happened).await?;
        let item = |happened: Happened| Item {
            read: happened.at <= mark || marked.contains(&key(&happened)),
            happened,
        };
        items.extend(happened.into_iter().map(item).filter(|item| !(unread && item.read)));
        if all || items.len() as u64 >= limit {
            items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            return Ok(items);
        }
    }
}

/// Without what was done in triages in which the own organisation takes no part: that there is one is theirs to know.
async fn to_participants(reader: &Reader<'_>, happened: Vec<Happened>) -> Result<Vec<Happened>, Fault> {
    let of_triage = |happened: &&Happened| OF_TRIAGE.contains(&happened.change.as_str());
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
    let told = |happened: &Happened| !of_triage(&happened) || taken_part.contains(&happened.record_id);
    Ok(happened.into_iter().filter(told).collect())
}

fn key(happened: &Happened) -> (Instant, Uuid, String) {
    (happened.at, happened.record_id, happened.change.clone())
}

async fn mark(reader: &Reader<'_>) -> Result<Instant, Fault> {
    let rows = reader.own(inbox_mark::Entity::find()).await?;
    Ok(rows.first().map_or(0, |row| row.read_until))
}

async fn marked(reader: &Reader<'_>, happened: &[Happened]) -> Result<HashSet<(Instant, Uuid, String)>, Fault> {
    let (Some(first), Some(last)) = (happened.first(), happened.last()) else {
        return Ok(HashSet::new());
    };
    let rows = inbox_read::Entity::find()
        .filter(inbox_read::Column::At.gte(last.at))
        .filter(inbox_read::Column::At.lte(first.at));
    let rows = reader.own(rows).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.at, row.record_id, row.change))
        .collect())
}

/// Marks these items read; again changes nothing.
///
/// # Errors
/// The database's.
pub async fn mark_read(session: &Session, items: Vec<When>) -> Result<(), Fault> {
    let writer = session.writer(access::Operation::Read).await?;
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
    let writer = session.writer(access::Operation::Read).await?;
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
