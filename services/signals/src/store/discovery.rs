//! What outsiders may know of a signal: chosen by its owner, kept beside it with every change, asked about a party,
//! site or region.

use access::{Discoverable, Operation, State, Tlp};
use foundation::reference::alias;
use foundation::{Code, Fault, Reader, Session, Writer};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use uuid::Uuid;

use super::SignalRow;
use super::rows::{signal, signal_discovery as row, signal_discovery_subject as about};
use crate::model::discovery::{self as model, Existence};
use foundation::check::same_version;

pub use super::rows::signal_discovery::Model as DiscoveryRow;

/// What may be known about a party, site or region of signals that the caller does not see, by handle: at most so many
/// after this one. Their order says nothing of when or what.
///
/// # Errors
/// `FORBIDDEN` for roles that may not know; the database's.
pub async fn known_about(
    reader: &Reader<'_>,
    subject: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<DiscoveryRow>, Fault> {
    let ids = alias::all_ids(reader, &[subject]).await?;
    let named = Query::select()
        .column(about::Column::SignalId)
        .from(about::Entity)
        .and_where(about::Column::SubjectId.is_in(alias::written(&ids)))
        .take();
    let mut rows = row::Entity::find().filter(row::Column::SignalId.in_subquery(named));
    if let Some(after) = after {
        rows = rows.filter(row::Column::Handle.gt(after));
    }
    reader
        .glimpse(rows.order_by_asc(row::Column::Handle).limit(limit))
        .await
}

/// The row of a handle, to be narrowed by the door.
fn by_handle(handle: Uuid) -> Select<row::Entity> {
    row::Entity::find().filter(row::Column::Handle.eq(handle))
}

/// The signal that a handle stands for, while the caller may know of it and does not see it.
///
/// # Errors
/// The database's.
pub async fn of_handle(writer: &Writer<'_>, handle: Uuid) -> Result<Option<DiscoveryRow>, Fault> {
    Ok(writer.glimpse(by_handle(handle)).await?.pop())
}

/// What owners chose for signals of theirs that were seen; those of which nothing was chosen are not among them.
///
/// # Errors
/// The database's.
pub async fn chosen(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Vec<DiscoveryRow>, Fault> {
    reader.parts(signals, row::Entity::find()).await
}

/// Chooses what outsiders may know of a signal, and whether it may be opened in acute danger.
///
/// # Errors
/// `TLP_FORBIDS_DISCOVERY`, `STALE_VERSION` and what loading says.
pub async fn choose(session: &Session, id: Uuid, version: i32, existence: Existence) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::Label).await?;
    let loaded = writer.load::<signal::Entity>(id).await?;
    same_version(version, loaded.version)?;
    model::permitted(existence.discoverable, mark(&loaded)?)?;
    let before = writer.parts(&[id], row::Entity::find()).await?.pop();
    // Told anew, it gets a new handle: nobody recognises what he was told of before.
    let handle = match &before {
        Some(before) if before.mode > 0 => before.handle,
        _ => model::handle(writer.id()),
    };
    let next = row::Model {
        signal_id: id,
        handle,
        owner_id: loaded.owner_id,
        rank: loaded.rank,
        mode: existence.discoverable as i16,
        closed: existence.closed,
        title: None,
        visible_until: 0,
    };
    if before.is_some() {
        forget(&writer, id).await?;
    }
    writer.insert(vec![next.into_active_model()]).await?;
    // Saving fills in the rest, as after every change.
    foundation::root::life::save(&mut writer, &loaded, (*loaded).clone(), "labelled").await?;
    writer.commit().await
}

fn mark(signal: &SignalRow) -> Result<Tlp, Fault> {
    Tlp::from_number(signal.tlp).ok_or_else(|| Fault::broken("a stored mark outside its values"))
}

async fn forget(writer: &Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let subjects = about::Entity::delete_many().filter(about::Column::SignalId.eq(id));
    writer.execute(&subjects.into_query()).await?;
    let rows = row::Entity::delete_many().filter(row::Column::SignalId.eq(id));
    writer.execute(&rows.into_query()).await?;
    Ok(())
}

/// Brings what may be known of a signal in line with what it has become. A tighter traffic light mark takes back what
/// it forbids, and does not give it again when it is loosened: as with grants.
///
/// # Errors
/// The database's.
pub async fn renew(writer: &Writer<'_>, signal: &SignalRow, subjects: &[Uuid]) -> Result<(), Fault> {
    let Some(chosen) = writer.parts(&[signal.id], row::Entity::find()).await?.pop() else {
        return Ok(());
    };
    let mode = Discoverable::from_number(chosen.mode).unwrap_or_default();
    let mode = mode.within(mark(signal)?);
    forget(writer, signal.id).await?;
    if mode == Discoverable::Nothing && !chosen.closed {
        return Ok(());
    }
    let published = signal.state == State::Published as i16 && signal.frozen_at.is_none();
    let told = mode != Discoverable::Nothing && published;
    let next = row::Model {
        rank: signal.rank,
        mode: mode as i16,
        title: (mode == Discoverable::Title).then(|| signal.title.clone()),
        visible_until: if told { signal.retain_until } else { 0 },
        ..chosen
    };
    writer.insert(vec![next.into_active_model()]).await?;
    let named = subjects.iter().filter(|_| told).map(|subject| about::ActiveModel {
        subject_id: Set(*subject),
        signal_id: Set(signal.id),
    });
    writer.insert(named.collect()).await
}

/// The fault for a handle or number that leads nowhere the caller may go.
pub fn nowhere(field: &'static str) -> Fault {
    Fault::new(Code::NotFound).at(field)
}
