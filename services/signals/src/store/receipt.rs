//! Who read a signal: for its owner's side, and by number for the privacy officer, who does not see it.

use access::Operation;
use foundation::session::{Receipt, ReceiptPlace};
use foundation::{Fault, Reader, Seen, Session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::SignalRow;
use super::rows::signal;

/// The newest receipts of a signal that was seen; `None` where the caller may not see them.
///
/// # Errors
/// The database's.
pub async fn of(
    reader: &Reader<'_>,
    signal: &Seen<SignalRow>,
    before: Option<ReceiptPlace>,
    limit: u64,
) -> Result<Option<Vec<Receipt>>, Fault> {
    reader.receipts::<signal::Entity>(signal, before, limit).await
}

/// The newest receipts of the own inspectorate's signal with this number, which the caller need not see.
///
/// # Errors
/// `FORBIDDEN`, `NOT_FOUND`; the database's.
pub async fn by_number(
    session: &Session,
    number: &str,
    before: Option<ReceiptPlace>,
    limit: u64,
) -> Result<Vec<Receipt>, Fault> {
    let writer = session.writer(Operation::ReadReceipts).await?;
    let numbered = signal::Entity::find().filter(signal::Column::Number.eq(number));
    let loaded = writer.blind::<signal::Entity>(numbered).await?;
    // Nothing is changed, so nothing is committed: who asked is logged at the request's end, as for any question.
    writer.receipts::<signal::Entity>(&loaded, before, limit).await
}
