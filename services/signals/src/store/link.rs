//! Links between signals. A link shows where both its ends do, and nowhere else.

use access::Operation;
use foundation::{Code, Fault, Reader, Session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_link::{Column, Entity, Model};
use crate::model::beside::may_say;
use crate::model::link::LinkKind;

/// The name of links in log and outbox.
const KIND: &str = "link";

impl Listed for Entity {
    fn narrow(reader: &Reader<'_>, _: bool) -> Condition {
        Condition::all()
            .add(Column::EndedAt.is_null())
            .add(reader.visible::<signal::Entity>(Expr::col((Entity, Column::OtherId))))
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// Links two signals that the caller sees; gives the end at the first. The same once more changes nothing.
///
/// # Errors
/// What `beside` says of either; every fault of the input at once.
pub async fn link(
    session: &Session,
    from: Uuid,
    to: Uuid,
    kind: LinkKind,
    reason: Option<String>,
) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::Link).await?;
    writer.beside::<signal::Entity>(from).await?;
    writer.beside::<signal::Entity>(to).await?;
    let mut faults = Vec::new();
    may_say("reason", reason.as_deref(), 2_000, &mut faults);
    if from == to {
        let (dutch, english) = (
            "een signaal hangt niet met zichzelf samen",
            "a signal is not linked to itself",
        );
        let itself = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        faults.push(itself.at("to"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope();
    let same = Entity::find()
        .filter(Column::OtherId.eq(to))
        .filter(Column::Kind.eq(kind as i16))
        .filter(Column::OrganisationId.eq(scope.caller.organisation))
        .filter(Column::EndedAt.is_null());
    let same = writer.parts(&[from], same).await?;
    if let Some(known) = same.into_iter().find(|row| row.forward || kind.both_ways()) {
        return Ok(known);
    }
    let near = Model {
        id: writer.id(),
        link_id: writer.id(),
        signal_id: from,
        other_id: to,
        forward: true,
        kind: kind as i16,
        reason,
        organisation_id: scope.caller.organisation,
        account_id: scope.caller.account,
        at: scope.now,
        ended_at: None,
    };
    let far = Model {
        id: writer.id(),
        signal_id: to,
        other_id: from,
        forward: false,
        ..near.clone()
    };
    let ends = vec![near.clone().into_active_model(), far.into_active_model()];
    // The same link made twice at the same moment: one of them comes again.
    if !writer.insert_unless_taken(ends).await?.is_empty() {
        return Err(Fault::new(Code::Busy).into());
    }
    // Not told as a change of either signal: who sees one end alone must not hear of the other.
    writer.noted(KIND, near.link_id, "linked", 1);
    writer.commit().await?;
    Ok(near)
}

/// Ends a link of the own inspectorate; gives the signal that it led from. Once more changes nothing.
///
/// # Errors
/// `NOT_FOUND` when it is another's or an end of it cannot be seen any more.
pub async fn unlink(session: &Session, link: Uuid) -> Result<Uuid, Fault> {
    let mut writer = session.writer(Operation::Link).await?;
    let of_link = Column::LinkId.eq(link);
    let near = Entity::find().filter(of_link.clone()).filter(Column::Forward.eq(true));
    let near = writer.own(near).await?.pop();
    let near = near.ok_or_else(|| Fault::new(Code::NotFound))?;
    writer.beside::<signal::Entity>(near.signal_id).await?;
    writer.beside::<signal::Entity>(near.other_id).await?;
    if near.ended_at.is_none() {
        let now = writer.scope().now;
        let end = Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now))
            .filter(of_link);
        writer.execute(&end.into_query()).await?;
        writer.noted(KIND, link, "unlinked", 2);
        writer.commit().await?;
    }
    Ok(near.signal_id)
}
