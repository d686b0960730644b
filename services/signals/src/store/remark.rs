//! Remarks beside signals.

use access::Operation;
use foundation::{Code, Fault, Reader, Session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_remark::{Column, Entity, Model};
use crate::model::beside::must_say;

/// The name of remarks in log and outbox.
const KIND: &str = "remark";

/// Who reads a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum RemarkAudience {
    /// Everybody who sees the signal.
    Everyone = 1,
    /// The remarker's own inspectorate.
    OwnInspectorate = 2,
}

impl Listed for Entity {
    fn narrow(reader: &Reader<'_>, _: bool) -> Condition {
        let own = Column::OrganisationId.eq(reader.scope().caller.organisation);
        let everyone = Column::Audience.eq(RemarkAudience::Everyone as i16);
        Condition::all()
            .add(Column::WithdrawnAt.is_null())
            .add(Condition::any().add(everyone).add(own))
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// Adds a remark for the own inspectorate.
///
/// # Errors
/// What `beside` says; every fault of the input at once.
pub async fn add(session: &Session, id: Uuid, text: String, audience: RemarkAudience) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::Remark).await?;
    let seen = writer.beside::<signal::Entity>(id).await?;
    let mut faults = Vec::new();
    must_say("text", &text, 5_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope();
    let row = Model {
        id: writer.id(),
        signal_id: id,
        organisation_id: scope.caller.organisation,
        account_id: scope.caller.account,
        at: scope.now,
        audience: audience as i16,
        text: text.trim().to_owned(),
        withdrawn_at: None,
    };
    writer.insert(vec![row.clone().into_active_model()]).await?;
    match audience {
        RemarkAudience::Everyone => writer.changed::<signal::Entity>(id, "remarked", seen.version),
        // Who may not read it does not hear of it either.
        RemarkAudience::OwnInspectorate => writer.noted(KIND, row.id, "added", 1),
    }
    writer.commit().await?;
    Ok(row)
}

/// Withdraws a remark of the own inspectorate; the signal that it was beside. Once more changes nothing.
///
/// # Errors
/// `NOT_FOUND` when it is another's or its signal cannot be seen any more.
pub async fn withdraw(session: &Session, id: Uuid) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::Remark).await?;
    let own = writer.own(Entity::find().filter(Column::Id.eq(id))).await?.pop();
    let own = own.ok_or_else(|| Fault::new(Code::NotFound))?;
    let seen = writer.beside::<signal::Entity>(own.signal_id).await?;
    if own.withdrawn_at.is_none() {
        let now = writer.scope().now;
        let end = Entity::update_many()
            .col_expr(Column::WithdrawnAt, Expr::value(now))
            .filter(Column::Id.eq(id));
        writer.execute(&end.into_query()).await?;
        writer.noted(KIND, id, "withdrawn", 2);
        if own.audience == RemarkAudience::Everyone as i16 {
            // For copies of the signal: live streams and the inbox tell of a new remark alone.
            writer.changed::<signal::Entity>(own.signal_id, "remark_withdrawn", seen.version);
        }
        writer.commit().await?;
    }
    Ok(own.signal_id)
}
