//! Hold and freeze: placed and lifted by number, without the record being shown.

use foundation::root::life;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::SignalRow;
pub use super::rows::signal_hold::Model as Placed;
use super::rows::{signal, signal_hold as row};
use crate::model::hold::HoldKind;

/// The longest reason, in characters.
pub const REASON_MAXIMUM: usize = 1_000;

/// Places it on the record of the own inspectorate with this number.
///
/// # Errors
/// `NOT_FOUND` when the own inspectorate has no such record; `WRONG_STATE` when it is placed already; what a reason
/// may not be.
pub async fn place(session: &Session, kind: HoldKind, number: &str, reason: String) -> Result<Placed, Vec<Fault>> {
    let mut writer = session.writer(kind.operation()).await?;
    checked(&reason)?;
    let loaded = writer.blind::<signal::Entity>(numbered(number)).await?;
    if since(&loaded, kind).is_some() {
        return Err(wrong_state(kind.placed()).into());
    }
    let scope = writer.scope();
    let (account, now) = (scope.caller.account, scope.now);
    let placed = Placed {
        id: writer.id(),
        signal_id: loaded.id,
        owner_id: loaded.owner_id,
        number: loaded.number.clone(),
        kind: kind as i16,
        reason,
        placed_by: account,
        placed_at: now,
        lifted_by: None,
        lifted_at: None,
        lifted_because: None,
    };
    writer.insert(vec![placed.clone().into_active_model()]).await?;
    let next = marked(&loaded, kind, Some(now));
    life::save(&mut writer, &loaded, next, kind.placed()).await?;
    writer.commit().await?;
    Ok(placed)
}

/// Lifts it again.
///
/// # Errors
/// `NOT_FOUND` when the own inspectorate has no such record; `WRONG_STATE` when it is not placed; what a reason may not
/// be.
pub async fn lift(session: &Session, kind: HoldKind, number: &str, reason: String) -> Result<Placed, Vec<Fault>> {
    let mut writer = session.writer(kind.operation()).await?;
    checked(&reason)?;
    let loaded = writer.blind::<signal::Entity>(numbered(number)).await?;
    let placed = standing(&writer, &loaded, kind).await?;
    let Some(placed) = placed.filter(|_| since(&loaded, kind).is_some()) else {
        return Err(wrong_state(kind.lifted()).into());
    };
    let lifted = Placed {
        lifted_by: Some(writer.scope().caller.account),
        lifted_at: Some(writer.scope().now),
        lifted_because: Some(reason),
        ..placed
    };
    let change = row::ActiveModel {
        lifted_by: Set(lifted.lifted_by),
        lifted_at: Set(lifted.lifted_at),
        lifted_because: Set(lifted.lifted_because.clone()),
        ..row::ActiveModel::default()
    };
    let update = row::Entity::update_many()
        .set(change)
        .filter(row::Column::Id.eq(lifted.id));
    writer.execute(&update.into_query()).await?;
    let next = marked(&loaded, kind, None);
    life::save(&mut writer, &loaded, next, kind.lifted()).await?;
    writer.commit().await?;
    Ok(lifted)
}

/// The own inspectorate's holds and freezes, newest first; the standing ones alone, where asked.
///
/// # Errors
/// `FORBIDDEN` for whoever may not place one; the database's.
pub async fn list(
    session: &Session,
    standing: bool,
    after: Option<(i64, uuid::Uuid)>,
    limit: u64,
) -> Result<Vec<Placed>, Fault> {
    let side = session.side(access::Operation::Hold).await?;
    let mut rows = row::Entity::find();
    if standing {
        rows = rows.filter(row::Column::LiftedAt.is_null());
    }
    if let Some((at, id)) = after {
        let earlier = row::Column::PlacedAt
            .lt(at)
            .or(row::Column::PlacedAt.eq(at).and(row::Column::Id.lt(id)));
        rows = rows.filter(earlier);
    }
    let rows = rows
        .order_by_desc(row::Column::PlacedAt)
        .order_by_desc(row::Column::Id)
        .limit(limit);
    side.own(rows).await
}

fn numbered(number: &str) -> sea_orm::Select<signal::Entity> {
    signal::Entity::find().filter(signal::Column::Number.eq(number))
}

fn checked(reason: &str) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    foundation::check::required("reason", reason, REASON_MAXIMUM, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn since(signal: &SignalRow, kind: HoldKind) -> Option<i64> {
    match kind {
        HoldKind::Hold => signal.held_at,
        HoldKind::Freeze => signal.frozen_at,
    }
}

fn marked(signal: &SignalRow, kind: HoldKind, at: Option<i64>) -> SignalRow {
    let next = signal.clone();
    match kind {
        HoldKind::Hold => SignalRow { held_at: at, ..next },
        HoldKind::Freeze => SignalRow { frozen_at: at, ..next },
    }
}

async fn standing(writer: &Writer<'_>, signal: &SignalRow, kind: HoldKind) -> Result<Option<Placed>, Fault> {
    let rows = row::Entity::find()
        .filter(row::Column::SignalId.eq(signal.id))
        .filter(row::Column::Kind.eq(kind as i16))
        .filter(row::Column::LiftedAt.is_null());
    Ok(writer.own(rows).await?.pop())
}

fn wrong_state(now: &'static str) -> Fault {
    Fault::new(Code::WrongState)
        .at("number")
        .with("operation", now)
        .with("state", now.to_uppercase())
}
