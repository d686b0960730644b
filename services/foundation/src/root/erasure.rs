//! Erasing what has expired of a root: the record, who sees it, its grants and, through their keys, what others added
//! beside it. A tombstone per channel stays, and the log line that proves it.

use access::Instant;
use sea_orm::Value;
use uuid::Uuid;

use super::{Of, Root};
use crate::fault::Fault;
use crate::session::{Caretaker, Platform, Protected};

/// Erases all records of a kind whose retention has ended and that nobody holds; how many went. `also` is run for each
/// record before it goes, with its id for the one `?`: for parts that do not go by their key.
///
/// # Errors
/// `LOG_UNAVAILABLE`: what could not be proven was not erased. Else the database's.
pub async fn sweep<R: Root>(platform: &Platform, also: &[&str]) -> Result<u64, Fault> {
    let mut gone = 0;
    loop {
        let erased = round::<R>(platform, also).await?;
        if erased == 0 {
            return Ok(gone);
        }
        gone += erased;
    }
}

/// Forgets what happened longer ago than this to records of a kind, as far as the change feed tells it; how many events
/// went.
///
/// # Errors
/// The database's.
pub async fn forget<R: Root>(platform: &Platform, older_than: Instant) -> Result<u64, Fault> {
    let caretaker = Caretaker::begin(platform).await?;
    let gone = caretaker.forget::<Of<R>>(caretaker.now() - older_than).await?;
    if gone > 0 {
        caretaker.commit().await?;
    }
    Ok(gone)
}

async fn round<R: Root>(platform: &Platform, also: &[&str]) -> Result<u64, Fault> {
    let mut caretaker = Caretaker::begin(platform).await?;
    let expired = caretaker.expired::<Of<R>>().await?;
    let mut erased = 0;
    for (owner, records) in expired {
        caretaker.act_for(owner).await?;
        for record in records {
            bury::<R>(&caretaker, record, also).await?;
            caretaker.erased::<Of<R>>(record);
            erased += 1;
        }
    }
    if erased > 0 {
        caretaker.commit().await?;
    }
    Ok(erased)
}

async fn bury<R: Root>(caretaker: &Caretaker<'_>, record: Uuid, also: &[&str]) -> Result<(), Fault> {
    let (name, id) = (Of::<R>::KIND, || Value::from(record));
    let tombstones = format!(
        "INSERT INTO {name}_tombstone (id, {name}_id, channel, at, rank, visible_from, visible_until, tx)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    );
    for stood in caretaker.stood::<Of<R>>(record).await? {
        let values = vec![
            caretaker.id().into(),
            id(),
            stood.channel.into(),
            caretaker.now().into(),
            stood.rank.into(),
            stood.visible_from.into(),
            stood.visible_until.into(),
            caretaker.number().into(),
        ];
        caretaker.execute(&tombstones, values).await?;
    }
    for text in also {
        caretaker.execute(text, vec![id()]).await?;
    }
    for text in [
        format!("DELETE FROM {name}_subject WHERE {name}_id = ?"),
        format!("DELETE FROM {name}_grant WHERE {name}_id = ?"),
        format!("DELETE FROM {name}_subject_feed WHERE record_id = ?"),
        format!("DELETE FROM {name}_feed WHERE record_id = ?"),
        // Last: what others added goes with it, by its key.
        format!("DELETE FROM {name} WHERE id = ?"),
    ] {
        caretaker.execute(&text, vec![id()]).await?;
    }
    Ok(())
}
