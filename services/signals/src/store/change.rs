//! The change feed of signals.

use foundation::session::Changes;
use foundation::{Fault, Reader};

use super::SignalRow;
use super::rows::signal;
use crate::model::change::heard;

/// What a copy must be told after a cursor, at most so many changes.
///
/// # Errors
/// `INVALID_CURSOR`, `CURSOR_EXPIRED`; the database's.
pub async fn after(reader: &Reader<'_>, cursor: Option<&str>, limit: u64) -> Result<Changes<SignalRow>, Fault> {
    reader.changes::<signal::Entity>(heard, cursor, limit).await
}
