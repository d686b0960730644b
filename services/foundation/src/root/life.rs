//! How a root moves through its life: each change is one transaction that decides, moves, saves, feeds, logs.

use access::{Operation, State};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::check::{Marks, retention, within_clearance};
use super::{GrantRow, Head, Of, Root, Subjects, feed, sharing, subject};
use crate::check::{required, same_version};
use crate::fault::Fault;
use crate::session::{Loaded, Session, Writer, key};

/// A new record with what hangs on it.
pub struct New<'a, R> {
    /// The record.
    pub row: &'a R,
    /// What it is about.
    pub subjects: &'a Subjects,
    /// Its grants.
    pub grants: &'a [GrantRow],
}

/// The head of a new draft of the caller's.
pub fn head(writer: &Writer<'_>, labels: access::Labels, retain_until: access::Instant) -> Head {
    let scope = writer.scope();
    Head {
        id: writer.id(),
        owner_id: scope.caller.organisation,
        author_id: scope.caller.account,
        created_at: scope.now,
        updated_at: scope.now,
        version: 1,
        state: State::Draft as i16,
        rank: labels.rank as i16,
        tlp: labels.tlp as i16,
        use_limit: labels.use_limit as i16,
        retain_until,
        retraction: None,
        held_at: None,
        frozen_at: None,
    }
}

/// Places new records whose rows have been written: who sees them, what they are about, their grants, their log lines.
///
/// # Errors
/// The database's.
pub async fn place<'a, R: Root>(
    writer: &mut Writer<'_>,
    new: &[New<'a, R>],
    change: &'static str,
) -> Result<(), Fault> {
    // The feed before the parts: row-level security lets a part be written only to a record that can be seen.
    let shaped = |new: &New<'a, R>| feed::Shaped {
        record: new.row,
        subjects: new.subjects.numbered().map(|(_, id)| id).collect(),
        grants: new.grants,
    };
    let shaped: Vec<_> = new.iter().map(shaped).collect();
    feed::add(writer, &shaped).await?;
    subject::add::<R>(writer, new.iter().map(|new| (new.row.head().id, new.subjects))).await?;
    let grants: Vec<GrantRow> = new.iter().flat_map(|new| new.grants).cloned().collect();
    sharing::add::<R>(writer, &grants).await?;
    for new in new {
        let head = new.row.head();
        writer.changed::<Of<R>>(head.id, change, head.version);
    }
    Ok(())
}

/// Saves a record's next state: its row, its feed, its log line. What its feed depends on must be saved before.
///
/// # Errors
/// The database's.
pub async fn save<R: Root>(
    writer: &mut Writer<'_>,
    loaded: &Loaded<R>,
    next: R,
    change: &'static str,
) -> Result<R, Fault> {
    loaded.keep(writer).await?;
    replace(writer, loaded, next, change).await
}

/// The same, where what the record was has been kept already, before something that its feed depends on changed.
///
/// # Errors
/// The database's.
pub async fn replace<R: Root>(
    writer: &mut Writer<'_>,
    loaded: &Loaded<R>,
    next: R,
    change: &'static str,
) -> Result<R, Fault> {
    let head = Head {
        version: loaded.head().version + 1,
        updated_at: writer.scope().now,
        ..next.head()
    };
    let (id, version) = (head.id, head.version);
    let next = next.with_head(head);
    let update = {
        let mut active = next.clone().into_active_model().reset_all();
        active.not_set(key::<Of<R>>());
        let update = Of::<R>::update_many().set(active).filter(key::<Of<R>>().eq(id));
        update.into_query()
    };
    // The row before the feed: afterwards the caller may no longer see it.
    writer.execute(&update).await?;
    let subjects = subject::within::<R>(writer, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let about: Vec<Uuid> = subjects.numbered().map(|(_, id)| id).collect();
    let grants = sharing::all::<R>(writer, &[id]).await?;
    let shaped = feed::Shaped {
        record: &next,
        subjects: about.clone(),
        grants: &grants,
    };
    feed::renew(writer, shaped, loaded.head().state()?).await?;
    next.follow(writer, &about).await?;
    writer.changed::<Of<R>>(id, change, version);
    Ok(next)
}

/// Brings a draft out.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn publish<R: Root>(session: &Session, id: Uuid, version: i32) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::Publish).await?;
    let loaded = writer.load::<Of<R>>(id).await?;
    let head = loaded.head();
    same_version(version, head.version)?;
    let state = State::Published as i16;
    let next = (*loaded).clone().with_head(Head { state, ..head });
    save(&mut writer, &loaded, next, "published").await?;
    writer.commit().await
}

/// Withdraws a published record from everyone but its owner.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn retract<R: Root>(session: &Session, id: Uuid, version: i32, reason: String) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Retract).await?;
    let mut faults = Vec::new();
    required("reason", &reason, 1_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let loaded = writer.load::<Of<R>>(id).await?;
    let head = loaded.head();
    same_version(version, head.version)?;
    let next = (*loaded).clone().with_head(Head {
        state: State::Retracted as i16,
        retraction: Some(reason),
        ..head
    });
    save(&mut writer, &loaded, next, "retracted").await?;
    Ok(writer.commit().await?)
}

/// Changes a record's marks. Tightening the TLP ends the grants that it forbids, in the same transaction.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn label<R: Root>(session: &Session, id: Uuid, version: i32, marks: Marks) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Label).await?;
    let loaded = writer.load::<Of<R>>(id).await?;
    let mut head = loaded.head();
    same_version(version, head.version)?;
    if let Some(rank) = marks.rank {
        within_clearance(rank, writer.scope().caller.clearance)?;
        head.rank = rank as i16;
    }
    if let Some(limit) = marks.use_limit {
        head.use_limit = limit as i16;
    }
    if let Some(date) = marks.retain_until {
        head.retain_until = retention(Some(date), writer.scope().now)?;
    }
    if let Some(tlp) = marks.tlp {
        sharing::end_forbidden(&writer, &loaded, tlp).await?;
        head.tlp = tlp as i16;
    }
    let next = (*loaded).clone().with_head(head);
    save(&mut writer, &loaded, next, "labelled").await?;
    Ok(writer.commit().await?)
}
