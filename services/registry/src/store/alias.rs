//! Merging parties (samenvoegen): an alias from what was merged to the party that survives. Rows of other services keep
//! the ids under which they were written; readers follow the alias, and undoing a merge takes it away.

use access::Operation;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::rows::{party, party_alias};
use crate::model::alias::merged_into;

/// Merges a duplicate into the party that survives, or into what that one was merged into itself.
///
/// # Errors
/// `FORBIDDEN`; `NOT_FOUND` when one of them does not exist; `ALREADY_ONE` when they are one, or the duplicate was
/// merged already.
pub async fn merge(session: &Session, survivor: Uuid, duplicate: Uuid, reason: &str) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::MergeParties).await?;
    one_at_a_time(&writer).await?;
    both(&writer, survivor, duplicate).await?;
    let last = self::survivor(&writer, survivor).await?;
    if last == duplicate || of(&writer, duplicate).await?.is_some() {
        return Err(Fault::new(Code::AlreadyOne).at("duplicate"));
    }
    let merged = party_alias::ActiveModel {
        old_id: Set(duplicate),
        into_id: Set(survivor),
        survivor_id: Set(last),
        merged_by: Set(writer.scope().caller.account),
        organisation_id: Set(writer.scope().caller.organisation),
        merged_at: Set(writer.scope().now),
        reason: Set(reason.to_owned()),
    };
    writer.insert(vec![merged]).await?;
    let text = "UPDATE party_alias SET survivor_id = ? WHERE survivor_id = ?";
    writer.execute_text(text, vec![last.into(), duplicate.into()]).await?;
    writer.noted("party", duplicate, "merged", 0);
    writer.noted("party", last, "merged", 0);
    writer.commit().await
}

/// Undoes the merge of a duplicate: it is a party of its own again, with whatever had been merged into it.
///
/// # Errors
/// `FORBIDDEN`; `NOT_FOUND` when it does not exist; `NOT_MERGED` when it was not merged.
pub async fn undo(session: &Session, duplicate: Uuid) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::MergeParties).await?;
    one_at_a_time(&writer).await?;
    both(&writer, duplicate, duplicate).await?;
    let alias = of(&writer, duplicate).await?;
    let last = alias
        .ok_or_else(|| Fault::new(Code::NotMerged).at("duplicate"))?
        .survivor_id;
    let taken = party_alias::Entity::delete_many().filter(party_alias::Column::OldId.eq(duplicate));
    writer.execute(&taken.into_query()).await?;
    let others = party_alias::Entity::find().filter(party_alias::Column::SurvivorId.eq(last));
    let merges: Vec<(Uuid, Uuid)> = writer
        .reference(others)
        .await?
        .into_iter()
        .map(|row| (row.old_id, row.into_id))
        .collect();
    let text = "UPDATE party_alias SET survivor_id = ? WHERE old_id = ?";
    for old in merged_into(duplicate, &merges) {
        writer.execute_text(text, vec![duplicate.into(), old.into()]).await?;
    }
    writer.noted("party", duplicate, "unmerged", 0);
    writer.noted("party", last, "unmerged", 0);
    writer.commit().await?;
    Ok(last)
}

/// Lets merges wait for one another, so that no two make a ring. SQLite has one writer anyway.
async fn one_at_a_time(writer: &Writer<'_>) -> Result<(), Fault> {
    if writer.backend() == DbBackend::Postgres {
        let text = "LOCK TABLE party_alias IN SHARE ROW EXCLUSIVE MODE";
        writer.execute_text(text, Vec::new()).await?;
    }
    Ok(())
}

/// That both parties exist.
pub(super) async fn both(writer: &Writer<'_>, one: Uuid, other: Uuid) -> Result<(), Fault> {
    let rows = party::Entity::find().filter(party::Column::Id.is_in([one, other]));
    let found = writer.reference(rows).await?;
    let there = |id| found.iter().any(|row| row.id == id);
    if there(one) && there(other) {
        Ok(())
    } else {
        Err(Fault::new(Code::NotFound))
    }
}

/// What a party was merged into, if it was.
async fn of(writer: &Writer<'_>, party: Uuid) -> Result<Option<party_alias::Model>, Fault> {
    let rows = party_alias::Entity::find().filter(party_alias::Column::OldId.eq(party));
    Ok(writer.reference(rows).await?.pop())
}

/// The party that an id stands for now.
///
/// # Errors
/// The database's.
pub(super) async fn survivor(writer: &Writer<'_>, party: Uuid) -> Result<Uuid, Fault> {
    Ok(of(writer, party).await?.map_or(party, |alias| alias.survivor_id))
}

/// Every id under which a party is written, its own first.
///
/// # Errors
/// The database's.
pub(super) async fn all_ids(writer: &Writer<'_>, party: Uuid) -> Result<Vec<Uuid>, Fault> {
    let survivor = survivor(writer, party).await?;
    let others = party_alias::Entity::find().filter(party_alias::Column::SurvivorId.eq(survivor));
    let others = writer.reference(others).await?;
    Ok(std::iter::once(survivor)
        .chain(others.into_iter().map(|row| row.old_id))
        .collect())
}
