//! Evidence with signals: added and taken away by their owner.

use access::Operation;
use foundation::{Code, Fault, Reader, Session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_evidence::{Column, Entity, Model};
use crate::model::evidence::{Evidence, check};

impl Listed for Entity {
    fn narrow(_: &Reader<'_>, _: bool) -> Condition {
        Condition::all().add(Column::RemovedAt.is_null())
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// Adds evidence to a signal of the own inspectorate. What has the same hash is there already.
///
/// # Errors
/// What loading says; every fault of the input at once.
pub async fn add(session: &Session, id: Uuid, evidence: Evidence) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::Edit).await?;
    let loaded = writer.load::<signal::Entity>(id).await?;
    let faults = check(&evidence);
    if !faults.is_empty() {
        return Err(faults);
    }
    let same = Entity::find()
        .filter(Column::Hash.eq(&evidence.hash))
        .filter(Column::RemovedAt.is_null());
    if let Some(there) = writer.parts(&[id], same).await?.pop() {
        return Ok(there);
    }
    let row = Model {
        id: writer.id(),
        signal_id: id,
        owner_id: loaded.owner_id,
        account_id: writer.scope().caller.account,
        at: writer.scope().now,
        kind: evidence.kind as i16,
        title: evidence.title.trim().to_owned(),
        dated: evidence.dated.to_string(),
        hash: evidence.hash,
        url: evidence.url,
        reference: evidence.reference,
        removed_at: None,
    };
    writer.insert(vec![row.clone().into_active_model()]).await?;
    writer.changed::<signal::Entity>(id, "evidence_changed", loaded.version);
    writer.commit().await?;
    Ok(row)
}

/// Takes evidence away from a signal of the own inspectorate; the signal. Once more changes nothing.
///
/// # Errors
/// `NOT_FOUND` when it is another's or its signal is hidden; what loading says.
pub async fn remove(session: &Session, id: Uuid) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::Edit).await?;
    let own = writer.own(Entity::find().filter(Column::Id.eq(id))).await?.pop();
    let own = own.ok_or_else(|| Fault::new(Code::NotFound))?;
    let loaded = writer.load::<signal::Entity>(own.signal_id).await?;
    if own.removed_at.is_none() {
        let now = writer.scope().now;
        let end = Entity::update_many()
            .col_expr(Column::RemovedAt, Expr::value(now))
            .filter(Column::Id.eq(id));
        writer.execute(&end.into_query()).await?;
        writer.changed::<signal::Entity>(own.signal_id, "evidence_changed", loaded.version);
        writer.commit().await?;
    }
    Ok(own.signal_id)
}
