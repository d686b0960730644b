//! Who read a record: the processing log, read back for the record's owner.

use access::{Instant, Operation};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult};
use uuid::Uuid;

use super::{Loaded, Protected, Reader, Seen, Writer};
use crate::fault::Fault;
use crate::sql::statement;

/// One reading of a record, or one showing of its personal fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The log line's id; with `at` its place.
    pub id: Uuid,
    /// When.
    pub at: Instant,
    /// Whose account.
    pub organisation: Option<Uuid>,
    /// The account.
    pub account: Option<Uuid>,
    /// The code of the purpose it stated.
    pub purpose: String,
    /// The personal fields that were shown; none when the record was read without them.
    pub unmasked: Vec<String>,
}

/// A place in a record's receipts, newest first.
pub type ReceiptPlace = (Instant, Uuid);

impl Reader<'_> {
    /// The newest receipts of an own record, at most so many, before a place; `None` when the caller's role may not
    /// see them or the record is another's.
    ///
    /// # Errors
    /// The database's.
    pub async fn receipts<E: Protected>(
        &self,
        record: &Seen<E::Model>,
        before: Option<ReceiptPlace>,
        limit: u64,
    ) -> Result<Option<Vec<Receipt>>, Fault> {
        let relation = access::Relation::Own(E::state(record));
        let may = access::decide(&self.scope().caller.roles, Operation::ReadReceipts, relation);
        if !record.own() || may.is_err() {
            return Ok(None);
        }
        Ok(Some(
            of(self.transaction(), E::KIND, E::id(record), before, limit).await?,
        ))
    }
}

impl Writer<'_> {
    /// The same, of a record that was loaded for [`Operation::ReadReceipts`].
    ///
    /// # Errors
    /// The database's.
    pub async fn receipts<E: Protected>(
        &self,
        record: &Loaded<E::Model>,
        before: Option<ReceiptPlace>,
        limit: u64,
    ) -> Result<Vec<Receipt>, Fault> {
        self.decide::<E>(record, Operation::ReadReceipts)?;
        of(&self.transaction, E::KIND, E::id(record), before, limit).await
    }
}

async fn of(
    transaction: &DatabaseTransaction,
    kind: &str,
    record: Uuid,
    before: Option<ReceiptPlace>,
    limit: u64,
) -> Result<Vec<Receipt>, Fault> {
    let (at, id) = before.unwrap_or((access::FOREVER, Uuid::max()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let hex = record.simple().to_string();
    let backend = transaction.get_database_backend();
    let statement = if backend == DbBackend::Postgres {
        let text = "SELECT id, at, activity, fields, organisation_id, account_id FROM read_receipts(?, ?, ?, ?, ?)";
        let values = [kind.into(), hex.into(), at.into(), id.into(), limit.into()];
        statement(backend, text, values)
    } else {
        // The service is its own reader here: who may ask is decided above.
        let text = "SELECT p.id, p.at, p.activity, p.fields,
                    (SELECT a.organisation_id FROM audit_log a WHERE a.request_id = p.request_id LIMIT 1) AS organisation_id,
                    (SELECT a.account_id FROM audit_log a WHERE a.request_id = p.request_id LIMIT 1) AS account_id
             FROM processing_log p WHERE p.kind = ? AND p.operation IN ('read', 'unmask')
             AND instr(p.record_ids, ?) > 0 AND (p.at, p.id) < (?, ?) ORDER BY p.at DESC, p.id DESC LIMIT ?";
        let values = [kind.into(), hex.into(), at.into(), id.into(), limit.into()];
        statement(backend, text, values)
    };
    let rows = transaction.query_all_raw(statement).await?;
    rows.iter().map(receipt).collect()
}

fn receipt(row: &QueryResult) -> Result<Receipt, Fault> {
    let fields: String = row.try_get("", "fields")?;
    Ok(Receipt {
        id: row.try_get("", "id")?,
        at: row.try_get("", "at")?,
        organisation: row.try_get("", "organisation_id")?,
        account: row.try_get("", "account_id")?,
        purpose: row.try_get("", "activity")?,
        unmasked: fields.split_whitespace().map(str::to_owned).collect(),
    })
}
