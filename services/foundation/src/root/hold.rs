//! Hold and freeze of a root: what a privacy officer does to a record without seeing it. Placed and lifted by what
//! people cite the record by, and kept in its table of holds.

use access::Operation;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{FromQueryResult, Select, Value};
use uuid::Uuid;

use super::{Head, Of, Root, life, record, table};
use crate::check::required;
use crate::fault::{Code, Fault};
use crate::session::{Session, Writer};

/// The longest reason, in characters.
pub const REASON_MAXIMUM: usize = 1_000;

/// A root that can be held and frozen.
pub trait Held: Root {
    /// The argument in which it is named: `number` or `id`.
    const NAMED: &'static str;
    /// What people cite it by: its number, or its id where it has none.
    fn cited(&self) -> String;
}

/// What a privacy officer placed on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum HoldKind {
    /// Legal hold (bewaarplicht): it is not erased when its retention ends; nobody sees it longer because of that.
    Hold = 1,
    /// Freeze (bevriezing): its grants stand, but none counts.
    Freeze = 2,
}

impl HoldKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Hold, Self::Freeze]
            .into_iter()
            .find(|kind| *kind as i16 == number)
    }

    /// The operation that it is.
    fn operation(self) -> Operation {
        match self {
            Self::Hold => Operation::Hold,
            Self::Freeze => Operation::Freeze,
        }
    }

    /// The change as events and log lines name it.
    fn placed(self) -> &'static str {
        match self {
            Self::Hold => "held",
            Self::Freeze => "frozen",
        }
    }

    /// The change when it is lifted.
    fn lifted(self) -> &'static str {
        match self {
            Self::Hold => "released",
            Self::Freeze => "resumed",
        }
    }

    fn since(self, head: &Head) -> Option<i64> {
        match self {
            Self::Hold => head.held_at,
            Self::Freeze => head.frozen_at,
        }
    }

    fn marked(self, head: Head, at: Option<i64>) -> Head {
        match self {
            Self::Hold => Head { held_at: at, ..head },
            Self::Freeze => Head { frozen_at: at, ..head },
        }
    }
}

/// A hold on a record, or a freeze of its sharing: who placed it and why, and how it ended. No content.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Placed {
    /// Its identity.
    pub id: Uuid,
    /// The record.
    pub record_id: Uuid,
    /// The record's owner.
    pub owner_id: Uuid,
    /// What people cite the record by.
    pub number: String,
    /// Which of the two.
    pub kind: i16,
    /// Why.
    pub reason: String,
    /// The account that placed it.
    pub placed_by: Uuid,
    /// When.
    pub placed_at: i64,
    /// The account that lifted it.
    pub lifted_by: Option<Uuid>,
    /// When.
    pub lifted_at: Option<i64>,
    /// Why.
    pub lifted_because: Option<String>,
}

/// The columns of a hold, but for the one that names the record.
const COLUMNS: [&str; 10] = [
    "id",
    "owner_id",
    "number",
    "kind",
    "reason",
    "placed_by",
    "placed_at",
    "lifted_by",
    "lifted_at",
    "lifted_because",
];

impl Placed {
    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.owner_id.into(),
            self.number.clone().into(),
            self.kind.into(),
            self.reason.clone().into(),
            self.placed_by.into(),
            self.placed_at.into(),
            self.lifted_by.into(),
            self.lifted_at.into(),
            self.lifted_because.clone().into(),
            self.record_id.into(),
        ]
    }
}

fn col(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

fn select<R: Root>() -> SelectStatement {
    Query::select()
        .columns(COLUMNS.map(Alias::new))
        .expr_as(Expr::col(record::<R>()), Alias::new("record_id"))
        .from(table::<R>("hold"))
        .take()
}

/// Places it on the record of the own organisation that this query names.
///
/// # Errors
/// `NOT_FOUND` when the own organisation has no such record; `WRONG_STATE` when it is placed already; what a reason
/// may not be.
pub async fn place<R: Held>(
    session: &Session,
    kind: HoldKind,
    named: Select<Of<R>>,
    reason: String,
) -> Result<Placed, Vec<Fault>> {
    let mut writer = session.writer(kind.operation()).await?;
    checked(&reason)?;
    let loaded = writer.blind::<Of<R>>(named).await?;
    let head = loaded.head();
    if kind.since(&head).is_some() {
        return Err(wrong_state(kind, kind.placed()).at(R::NAMED).into());
    }
    let (account, now) = (writer.scope().caller.account, writer.scope().now);
    let placed = Placed {
        id: writer.id(),
        record_id: head.id,
        owner_id: head.owner_id,
        number: loaded.cited(),
        kind: kind as i16,
        reason,
        placed_by: account,
        placed_at: now,
        lifted_by: None,
        lifted_at: None,
        lifted_because: None,
    };
    let columns: Vec<Alias> = COLUMNS.map(Alias::new).into_iter().chain([record::<R>()]).collect();
    let rows = vec![placed.values()];
    writer.insert_values(table::<R>("hold"), &columns, rows).await?;
    let next = (*loaded).clone().with_head(kind.marked(head, Some(now)));
    life::save(&mut writer, &loaded, next, kind.placed()).await?;
    writer.commit().await?;
    Ok(placed)
}

/// Lifts it again.
///
/// # Errors
/// `NOT_FOUND` when the own organisation has no such record; `WRONG_STATE` when it is not placed; what a reason may not
/// be.
pub async fn lift<R: Held>(
    session: &Session,
    kind: HoldKind,
    named: Select<Of<R>>,
    reason: String,
) -> Result<Placed, Vec<Fault>> {
    let mut writer = session.writer(kind.operation()).await?;
    checked(&reason)?;
    let loaded = writer.blind::<Of<R>>(named).await?;
    let head = loaded.head();
    let placed = standing::<R>(&writer, head.id, kind).await?;
    let Some(placed) = placed.filter(|_| kind.since(&head).is_some()) else {
        return Err(wrong_state(kind, kind.lifted()).at(R::NAMED).into());
    };
    let lifted = Placed {
        lifted_by: Some(writer.scope().caller.account),
        lifted_at: Some(writer.scope().now),
        lifted_because: Some(reason),
        ..placed
    };
    let update = Query::update()
        .table(table::<R>("hold"))
        .value(Alias::new("lifted_by"), lifted.lifted_by)
        .value(Alias::new("lifted_at"), lifted.lifted_at)
        .value(Alias::new("lifted_because"), lifted.lifted_because.clone())
        .and_where(col("id").eq(lifted.id))
        .take();
    writer.execute(&update).await?;
    let next = (*loaded).clone().with_head(kind.marked(head, None));
    life::save(&mut writer, &loaded, next, kind.lifted()).await?;
    writer.commit().await?;
    Ok(lifted)
}

async fn standing<R: Root>(writer: &Writer<'_>, id: Uuid, kind: HoldKind) -> Result<Option<Placed>, Fault> {
    let rows = select::<R>()
        .and_where(col("kind").eq(kind as i16))
        .and_where(col("lifted_at").is_null())
        .take();
    let mut found = writer.hanging::<Of<R>, Placed>(&[id], rows, record::<R>()).await?;
    Ok(found.pop())
}

/// The own organisation's holds and freezes, newest first; the standing ones alone, where asked.
///
/// # Errors
/// `FORBIDDEN` for whoever may not place one; the database's.
pub async fn list<R: Root>(
    session: &Session,
    standing: bool,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Placed>, Fault> {
    let side = session.side(Operation::Hold).await?;
    let mut rows = select::<R>();
    if standing {
        rows.and_where(col("lifted_at").is_null());
    }
    if let Some((at, id)) = after {
        let same = col("placed_at").eq(at).and(col("id").lt(id));
        rows.and_where(col("placed_at").lt(at).or(same));
    }
    rows.order_by(Alias::new("placed_at"), Order::Desc)
        .order_by(Alias::new("id"), Order::Desc)
        .limit(limit);
    side.owned(rows).await
}

fn checked(reason: &str) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    required("reason", reason, REASON_MAXIMUM, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn wrong_state(kind: HoldKind, now: &'static str) -> Fault {
    Fault::new(Code::WrongState)
        .with("operation", kind.operation().code())
        .with("state", now.to_uppercase())
}
