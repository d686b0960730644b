//! Who read a signal, as its owner sees it.

use std::sync::Arc;

use access::Operation;
use async_graphql::{Context, ID, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor};
use foundation::session::{Position, Receipt};
use foundation::{Fault, ids};

use super::door::door;
use super::signal::{At, Organisation};
use crate::store::receipt;

/// One reading of a record (leesbevestiging), from the processing log.
#[derive(SimpleObject, Clone, Debug)]
pub struct ReadReceipt {
    /// When it was read.
    at: DateTime,
    /// By whose account (organisatie).
    organisation: Option<Organisation>,
    /// The account, `acc_…`; its organisation knows the person.
    account: Option<ID>,
    /// The code of the purpose that was stated (doel).
    purpose: String,
    /// The personal fields that were shown (getoonde persoonsgegevens); none when it was read without them.
    unmasked_fields: Vec<String>,
}

/// A page of receipts (leesbevestigingen), newest first.
#[derive(SimpleObject)]
pub struct ReadReceiptConnection {
    /// The receipts.
    nodes: Vec<ReadReceipt>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl From<Receipt> for ReadReceipt {
    fn from(receipt: Receipt) -> Self {
        let organisation = |id| Organisation {
            id: ids::write(ids::prefix::ORGANISATION, id),
        };
        Self {
            at: DateTime(receipt.at),
            organisation: receipt.organisation.map(organisation),
            account: receipt.account.map(|id| ids::write(ids::prefix::ACCOUNT, id)),
            purpose: receipt.purpose,
            unmasked_fields: receipt.unmasked,
        }
    }
}

/// A page that was asked for: its size, and the place that it comes after.
struct Asked {
    size: u64,
    after: Option<Position>,
}

impl Asked {
    fn read(first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        Ok(Self {
            size: page_size(first)?,
            after: after.map(read_cursor).transpose()?,
        })
    }

    fn before(&self) -> Option<(i64, uuid::Uuid)> {
        self.after.map(|place| (place.created_at, place.record_id))
    }

    fn page(&self, mut receipts: Vec<Receipt>) -> ReadReceiptConnection {
        let place = |receipt: &Receipt| {
            cursor(Position {
                created_at: receipt.at,
                record_id: receipt.id,
            })
        };
        ReadReceiptConnection {
            page_info: PageInfo::cut(&mut receipts, self.size, self.after.is_some(), place),
            nodes: receipts.into_iter().map(ReadReceipt::from).collect(),
        }
    }
}

/// What a signal's owner may know of its reading and keeping.
#[derive(Clone)]
pub struct SignalReceipts(pub Arc<At>);

/// What a signal's owner may know of its reading and keeping.
#[Object]
impl SignalReceipts {
    /// Who read it (gelezen door), newest first. For the owner's side; null for everybody else, and then named in
    /// `maskedFields`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn read_by(
        &self,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<ReadReceiptConnection>, Fault> {
        let asked = Asked::read(first, after.as_deref())?;
        let reader = self.0.door.session().reader().await?;
        let receipts = receipt::of(&reader, &self.0.seen, asked.before(), asked.size + 1).await?;
        Ok(receipts.map(|receipts| asked.page(receipts)))
    }

    /// Since when a legal hold keeps it from being erased (bewaarplicht); told to the owner's side alone.
    async fn held_since(&self) -> Option<DateTime> {
        let held = self.0.seen.held_at.filter(|_| self.0.seen.own());
        held.map(DateTime)
    }

    /// Since when its sharing is frozen (bevroren): its grants stand, but none counts. Told to the owner's side alone.
    async fn sharing_frozen_since(&self) -> Option<DateTime> {
        let frozen = self.0.seen.frozen_at.filter(|_| self.0.seen.own());
        frozen.map(DateTime)
    }
}

impl SignalReceipts {
    /// Whether `readBy` stays null for this caller.
    ///
    /// # Errors
    /// The database's.
    pub async fn masked(at: &At) -> Result<bool, Fault> {
        Ok(!at.seen.own() || at.decide(Operation::ReadReceipts).await?.is_err())
    }
}

/// Questions about who read what.
#[derive(Default)]
pub struct ReceiptQuery;

/// Questions about who read what.
#[Object]
impl ReceiptQuery {
    /// Who read the own inspectorate's signal with this number (gelezen door), newest first: for privacy officers, who
    /// do not see the signal itself.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn read_receipts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The record's citable number, such as `ILT-2026-00123`.")] number: String,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<ReadReceiptConnection>, Fault> {
        let asked = Asked::read(first, after.as_deref())?;
        let receipts = receipt::by_number(door(context).session(), &number, asked.before(), asked.size + 1).await;
        Ok(Some(asked.page(receipts.map_err(|fault| fault.at("number"))?)))
    }
}
