//! Holds and freezes of any labelled root, as a privacy officer places and lists them.

use async_graphql::{Enum, ID, SimpleObject};

use crate::fault::Fault;
use crate::graphql::kit::{DateTime, PageInfo, cursor, page_size, read_cursor};
use crate::ids;
use crate::root::Root;
use crate::root::hold::{self, HoldKind as Kind, Placed};
use crate::session::{Position, Session};

/// What a privacy officer placed on a record.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "crate::root::hold::HoldKind")]
pub enum HoldKind {
    /// Legal hold (bewaarplicht): it is not erased when its retention ends; nobody sees it longer because of that.
    Hold,
    /// Freeze (bevriezing): its grants stand, but none counts.
    Freeze,
}

/// A legal hold or a freeze on a record (bewaarplicht, bevriezing). It says nothing of the record's content.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(shareable)]
pub struct RecordHold {
    /// Its id, `hld_…`.
    id: ID,
    /// Which of the two.
    kind: HoldKind,
    /// What people cite the record by (kenmerk): its number, or its id where it has none.
    number: String,
    /// Why it was placed (reden).
    reason: String,
    /// When it was placed.
    placed_at: DateTime,
    /// The account that placed it, `acc_…`.
    placed_by: ID,
    /// When it was lifted (opgeheven); null while it stands.
    lifted_at: Option<DateTime>,
    /// The account that lifted it, `acc_…`.
    lifted_by: Option<ID>,
    /// Why it was lifted.
    lifted_because: Option<String>,
}

impl TryFrom<Placed> for RecordHold {
    type Error = Fault;

    fn try_from(row: Placed) -> Result<Self, Fault> {
        let kind = Kind::from_number(row.kind).ok_or_else(|| Fault::broken("a hold of no known kind"))?;
        let account = |id| ids::write(ids::prefix::ACCOUNT, id);
        Ok(Self {
            id: ids::write(ids::prefix::HOLD, row.id),
            kind: kind.into(),
            number: row.number,
            reason: row.reason,
            placed_at: DateTime(row.placed_at),
            placed_by: account(row.placed_by),
            lifted_at: row.lifted_at.map(DateTime),
            lifted_by: row.lifted_by.map(account),
            lifted_because: row.lifted_because,
        })
    }
}

/// A page of holds, newest first.
#[derive(SimpleObject)]
#[graphql(shareable)]
pub struct RecordHoldConnection {
    /// The holds and freezes.
    nodes: Vec<RecordHold>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl RecordHoldConnection {
    /// A page of the own organisation's holds on records of a kind.
    ///
    /// # Errors
    /// `FORBIDDEN`, `PAGE_SIZE`, `INVALID_CURSOR`; the database's.
    pub async fn find<R: Root>(
        session: &Session,
        first: Option<i32>,
        after: Option<&str>,
        standing: Option<bool>,
    ) -> Result<Self, Fault> {
        let size = page_size(first)?;
        let after = after.map(read_cursor).transpose()?;
        let place = after.map(|place| (place.created_at, place.record_id));
        let mut rows = hold::list::<R>(session, standing.unwrap_or(false), place, size + 1).await?;
        let place = |row: &Placed| {
            cursor(Position {
                created_at: row.placed_at,
                record_id: row.id,
            })
        };
        Ok(Self {
            page_info: PageInfo::cut(&mut rows, size, after.is_some(), place),
            nodes: rows.into_iter().map(RecordHold::try_from).collect::<Result<_, _>>()?,
        })
    }
}
