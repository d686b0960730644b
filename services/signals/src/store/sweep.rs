//! Erasing signals that have expired, with their personal part, their words, and the themes that rest on them.

use access::Instant;
use foundation::root::erasure;
use foundation::session::Caretaker;
use foundation::{Fault, Platform};
use sea_orm::DbBackend;

use super::SignalRow;

/// How long changes are told, in microseconds: a year. The inbox reaches back less far.
const TOLD: Instant = 365 * 24 * 3600 * 1_000_000;

/// Erases all signals whose retention has ended and that nobody holds; how many went.
///
/// # Errors
/// `LOG_UNAVAILABLE`: what could not be proven was not erased. Else the database's.
pub async fn sweep(platform: &Platform) -> Result<u64, Fault> {
    let postgres = platform.database.backend() == DbBackend::Postgres;
    let words = "DELETE FROM signal_words WHERE rowid = (SELECT search_id FROM signal_search WHERE signal_id = ?)";
    let own = [
        "DELETE FROM feedback WHERE state = 0 AND theme_id IN (SELECT theme_id FROM theme_source WHERE signal_id = ?)",
        "DELETE FROM theme WHERE id IN (SELECT theme_id FROM theme_source WHERE signal_id = ?)",
        "DELETE FROM signal_search WHERE signal_id = ?",
        "DELETE FROM signal_personal WHERE signal_id = ?",
    ];
    let also: Vec<&str> = (!postgres).then_some(words).into_iter().chain(own).collect();
    let gone = erasure::sweep::<SignalRow>(platform, &also).await?;
    if gone > 0 && !postgres {
        // The index only marks words as deleted; this writes it anew without them.
        let caretaker = Caretaker::begin(platform).await?;
        let anew = "INSERT INTO signal_words (signal_words) VALUES ('optimize')";
        caretaker.execute(anew, Vec::new()).await?;
        caretaker.commit().await?;
    }
    super::upsert::sweep(platform).await?;
    erasure::forget::<SignalRow>(platform, TOLD).await?;
    Ok(gone)
}
