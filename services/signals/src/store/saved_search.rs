//! Saved searches: kept by the account alone, under the purpose under which it saved them.

use access::{Instant, Operation};
use foundation::check::same_version;
use foundation::session::Side;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryTrait,
};
use uuid::Uuid;

use super::list;
use super::rows::saved_search as row;
use crate::model::filter::Filter;
use crate::model::saved_search::{KEPT, SEARCHES_MAXIMUM, Terms};

pub use super::rows::saved_search::Model as SavedSearchRow;

/// The kind of these rows in log and outbox.
const KIND: &str = "saved_search";

/// What a saved search becomes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another filter: read, in which format, and as written.
    pub filter: Option<(Filter, i16, String)>,
    /// Whether it is told in the inbox.
    pub notify: Option<bool>,
}

impl SavedSearchRow {
    /// What it says.
    fn terms(&self) -> Terms {
        Terms {
            name: self.name.clone(),
            format: self.format,
            filter: self.filter.clone(),
            watched_from: self.watched_from,
            told_from: self.told_from,
            deleted_at: self.deleted_at,
        }
    }
}

impl Change {
    /// Terms with this change, made now. Another filter is another question: nothing that the old one found counts.
    fn apply(self, terms: Terms, now: Instant) -> Terms {
        let mut next = terms;
        if let Some(name) = self.name {
            next.name = name.trim().to_owned();
        }
        if let Some((_, format, filter)) = self.filter {
            next = Terms {
                format,
                filter,
                watched_from: now,
                told_from: next.told_from.map(|_| now),
                ..next
            };
        }
        next.told_from = match self.notify {
            Some(true) => Some(next.told_from.unwrap_or(now)),
            Some(false) => None,
            None => next.told_from,
        };
        next
    }
}

/// Saves a search; gives its id.
///
/// # Errors
/// Every fault at once: of the name, of the filter, `TOO_MANY`.
pub async fn save(session: &Session, change: Change) -> Result<Uuid, Vec<Fault>> {
    check(session, change.filter.as_ref().map(|(filter, ..)| filter)).await?;
    let mut writer = session.writer(Operation::KeepSearches).await?;
    let (now, caller) = (writer.scope().now, writer.scope().caller.clone());
    let terms = Terms {
        name: String::new(),
        format: 0,
        filter: String::new(),
        watched_from: now,
        told_from: None,
        deleted_at: None,
    };
    let terms = change.apply(terms, now);
    let faults = terms.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    forget(&writer).await?;
    room(&writer).await?;
    let new = row::Model {
        id: writer.id(),
        account_id: caller.account,
        owner_id: caller.organisation,
        purpose_id: caller.purpose.id,
        version: 1,
        created_at: now,
        looked_at: now,
        name: terms.name,
        format: terms.format,
        filter: terms.filter,
        watched_from: terms.watched_from,
        told_from: terms.told_from,
        deleted_at: None,
        former: None,
    };
    let id = new.id;
    writer.insert(vec![new.into_active_model()]).await?;
    writer.noted(KIND, id, "saved", 1);
    writer.commit().await?;
    Ok(id)
}

/// Lists by the filter once, as its owner will: whatever is wrong with it is told now.
async fn check(session: &Session, filter: Option<&Filter>) -> Result<(), Fault> {
    let Some(filter) = filter else {
        return Ok(());
    };
    list::query(&session.reader().await?, filter).await.map(drop)
}

/// Refuses one more than the account may keep.
async fn room(writer: &Writer<'_>) -> Result<(), Fault> {
    let kept = row::Entity::find().filter(row::Column::DeletedAt.is_null());
    let count = writer.own(kept).await?.len();
    if count < SEARCHES_MAXIMUM {
        return Ok(());
    }
    let many = Fault::new(Code::TooMany).with("count", count + 1);
    Err(many.with("maximum", SEARCHES_MAXIMUM))
}

/// Erases the account's searches that were deleted too long ago to be put back.
async fn forget(writer: &Writer<'_>) -> Result<(), Fault> {
    let scope = writer.scope();
    let old = row::Entity::delete_many()
        .filter(row::Column::AccountId.eq(scope.caller.account))
        .filter(row::Column::DeletedAt.lte(scope.now - KEPT));
    writer.execute(&old.into_query()).await?;
    Ok(())
}

/// Changes a saved search: its name, its filter, whether it is told.
///
/// # Errors
/// `NOT_FOUND`, `STALE_VERSION`; every fault of name and filter at once.
pub async fn change(session: &Session, id: Uuid, version: i32, change: Change) -> Result<(), Vec<Fault>> {
    check(session, change.filter.as_ref().map(|(filter, ..)| filter)).await?;
    let writer = session.writer(Operation::KeepSearches).await?;
    let before = kept(&writer, id, version).await?;
    let next = change.apply(before.terms(), writer.scope().now);
    let faults = next.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(write(writer, &before, next, "changed").await?)
}

/// Deletes a saved search; for thirty days it can be put back.
///
/// # Errors
/// `NOT_FOUND`, `STALE_VERSION`.
pub async fn delete(session: &Session, id: Uuid, version: i32) -> Result<(), Fault> {
    let writer = session.writer(Operation::KeepSearches).await?;
    let before = kept(&writer, id, version).await?;
    let next = Terms {
        deleted_at: Some(writer.scope().now),
        ..before.terms()
    };
    write(writer, &before, next, "deleted").await
}

/// Puts back what stood before the last change, or deletion; once more, and what was undone stands again.
///
/// # Errors
/// `NOT_FOUND`, `STALE_VERSION`, `NOTHING_TO_UNDO`, `TOO_MANY`.
pub async fn undo(session: &Session, id: Uuid, version: i32) -> Result<(), Fault> {
    let writer = session.writer(Operation::KeepSearches).await?;
    let row = one(&writer, id, version).await?;
    let former = row.former.as_deref().and_then(Terms::read);
    let former = former.ok_or_else(|| Fault::new(Code::NothingToUndo).at("id"))?;
    if row.deleted_at.is_some() {
        room(&writer).await?;
    }
    write(writer, &row, former, "undone").await
}

/// Notes that the account has looked at what a saved search found, until now.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn look(session: &Session, id: Uuid) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::KeepSearches).await?;
    let row = known(&writer, id).await?;
    let looked = row::ActiveModel {
        looked_at: Set(writer.scope().now),
        ..Default::default()
    };
    let update = row::Entity::update_many().set(looked).filter(row::Column::Id.eq(id));
    writer.execute(&update.into_query()).await?;
    writer.noted(KIND, id, "looked", row.version);
    writer.commit().await
}

async fn known(writer: &Writer<'_>, id: Uuid) -> Result<row::Model, Fault> {
    let lasting = Condition::any()
        .add(row::Column::DeletedAt.is_null())
        .add(row::Column::DeletedAt.gt(writer.scope().now - KEPT));
    let rows = row::Entity::find().filter(row::Column::Id.eq(id)).filter(lasting);
    let found = writer.own(rows).await?.pop();
    found.ok_or_else(|| Fault::new(Code::NotFound).at("id"))
}

async fn one(writer: &Writer<'_>, id: Uuid, version: i32) -> Result<row::Model, Fault> {
    let row = known(writer, id).await?;
    same_version(version, row.version)?;
    Ok(row)
}

/// One that is not deleted.
async fn kept(writer: &Writer<'_>, id: Uuid, version: i32) -> Result<row::Model, Fault> {
    let row = one(writer, id, version).await?;
    match row.deleted_at {
        None => Ok(row),
        Some(_) => Err(Fault::new(Code::NotFound).at("id")),
    }
}

async fn write(mut writer: Writer<'_>, before: &row::Model, next: Terms, change: &'static str) -> Result<(), Fault> {
    let version = before.version + 1;
    let changed = row::ActiveModel {
        version: Set(version),
        former: Set(Some(before.terms().write())),
        name: Set(next.name),
        format: Set(next.format),
        filter: Set(next.filter),
        watched_from: Set(next.watched_from),
        told_from: Set(next.told_from),
        deleted_at: Set(next.deleted_at),
        ..Default::default()
    };
    let update = row::Entity::update_many()
        .set(changed)
        .filter(row::Column::Id.eq(before.id))
        .filter(row::Column::Version.eq(before.version));
    if writer.execute(&update.into_query()).await? != 1 {
        // Somebody changed it after it was read here.
        same_version(before.version, version)?;
    }
    writer.noted(KIND, before.id, change, version);
    writer.commit().await
}

/// The account's searches under the stated purpose, by name; those that were deleted and can be put back, where asked.
///
/// # Errors
/// The database's.
pub async fn all(side: &Side<'_>, deleted: bool) -> Result<Vec<SavedSearchRow>, Fault> {
    let at = row::Column::DeletedAt;
    let which = if deleted {
        at.gt(side.scope().now - KEPT)
    } else {
        at.is_null()
    };
    let rows = row::Entity::find()
        .filter(which)
        .order_by_asc(row::Column::Name)
        .order_by_asc(row::Column::Id);
    side.own(rows).await
}

/// One of them, deleted or not; `None` when it is not the caller's, or not under this purpose.
///
/// # Errors
/// The database's.
pub async fn by_id(side: &Side<'_>, id: Uuid) -> Result<Option<SavedSearchRow>, Fault> {
    let lasting = Condition::any()
        .add(row::Column::DeletedAt.is_null())
        .add(row::Column::DeletedAt.gt(side.scope().now - KEPT));
    let rows = row::Entity::find().filter(row::Column::Id.eq(id)).filter(lasting);
    Ok(side.own(rows).await?.pop())
}
