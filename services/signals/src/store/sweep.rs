//! Erasing what has expired: the record, its personal part, its grants, feeds and words, and, through their keys, what
//! others added beside it. A tombstone per channel stays, and the log line that proves it.

use foundation::session::Caretaker;
use foundation::{Fault, Platform};
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use super::rows::signal;

/// Erases all signals whose retention has ended and that nobody holds; how many went.
///
/// # Errors
/// `LOG_UNAVAILABLE`: what could not be proven was not erased. Else the database's.
pub async fn sweep(platform: &Platform) -> Result<u64, Fault> {
    let mut gone = 0;
    loop {
        let erased = round(platform).await?;
        if erased == 0 {
            break;
        }
        gone += erased;
    }
    if gone > 0 && platform.database.backend() != DbBackend::Postgres {
        // The index only marks words as deleted; this writes it anew without them.
        let caretaker = Caretaker::begin(platform).await?;
        let anew = "INSERT INTO signal_words (signal_words) VALUES ('optimize')";
        caretaker.execute(anew, Vec::new()).await?;
        caretaker.commit().await?;
    }
    Ok(gone)
}

async fn round(platform: &Platform) -> Result<u64, Fault> {
    let mut caretaker = Caretaker::begin(platform).await?;
    let expired = caretaker.expired::<signal::Entity>().await?;
    let mut erased = 0;
    for (owner, records) in expired {
        caretaker.act_for(owner).await?;
        for record in records {
            bury(&caretaker, record).await?;
            caretaker.erased::<signal::Entity>(record);
            erased += 1;
        }
    }
    if erased > 0 {
        caretaker.commit().await?;
    }
    Ok(erased)
}

async fn bury(caretaker: &Caretaker<'_>, record: Uuid) -> Result<(), Fault> {
    let id = || Value::from(record);
    for channel in channels(caretaker, record).await? {
        let text = "INSERT INTO signal_tombstone (id, signal_id, channel, at) VALUES (?, ?, ?, ?)";
        let values = vec![caretaker.id().into(), id(), channel.into(), caretaker.now().into()];
        caretaker.execute(text, values).await?;
    }
    if caretaker.backend() != DbBackend::Postgres {
        let words = "DELETE FROM signal_words WHERE rowid = (SELECT search_id FROM signal_search WHERE signal_id = ?)";
        caretaker.execute(words, vec![id()]).await?;
    }
    for text in [
        "DELETE FROM signal_search WHERE signal_id = ?",
        "DELETE FROM signal_personal WHERE signal_id = ?",
        "DELETE FROM signal_subject WHERE signal_id = ?",
        "DELETE FROM signal_grant WHERE signal_id = ?",
        "DELETE FROM signal_subject_feed WHERE record_id = ?",
        "DELETE FROM signal_feed WHERE record_id = ?",
        // Last: what others added goes with it, by its key.
        "DELETE FROM signal WHERE id = ?",
    ] {
        caretaker.execute(text, vec![id()]).await?;
    }
    Ok(())
}

async fn channels(caretaker: &Caretaker<'_>, record: Uuid) -> Result<Vec<i64>, Fault> {
    let text = "SELECT DISTINCT channel FROM signal_feed WHERE record_id = ? ORDER BY channel";
    caretaker.numbers(text, vec![record.into()]).await
}
