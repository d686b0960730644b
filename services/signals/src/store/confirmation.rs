//! Confirmations: what another inspectorate says of a signal, one live at a time.

use access::Operation;
use foundation::{Code, Fault, Reader, Session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_confirmation::{Column, Entity, Model};
use crate::model::confirmation::{Said, check};

impl Listed for Entity {
    fn narrow(_: &Reader<'_>, history: bool) -> Condition {
        let live = (!history).then(|| Column::SupersededAt.is_null());
        Condition::all().add_option(live)
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// Says something of another's signal for the own inspectorate; what it said before is kept as history. The same once
/// more changes nothing.
///
/// # Errors
/// What `beside` says; every fault of the input at once.
pub async fn confirm(session: &Session, id: Uuid, said: Said) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::Confirm).await?;
    let seen = writer.beside::<signal::Entity>(id).await?;
    let scope = writer.scope().clone();
    let faults = check(&said, scope.now);
    if !faults.is_empty() {
        return Err(faults);
    }
    let organisation = scope.caller.organisation;
    let mine = Condition::all()
        .add(Column::OrganisationId.eq(organisation))
        .add(Column::SupersededAt.is_null());
    let before = writer.parts(&[id], Entity::find().filter(mine.clone())).await?.pop();
    let row = Model {
        id: writer.id(),
        signal_id: id,
        organisation_id: organisation,
        account_id: scope.caller.account,
        at: scope.now,
        kind: said.kind as i16,
        explanation: said.explanation,
        observed_at: said.observed_at,
        superseded_at: None,
    };
    if let Some(before) = before {
        if (before.kind, &before.explanation, before.observed_at) == (row.kind, &row.explanation, row.observed_at) {
            return Ok(before);
        }
        let end = Entity::update_many()
            .col_expr(Column::SupersededAt, Expr::value(scope.now))
            .filter(Column::SignalId.eq(id))
            .filter(mine);
        writer.execute(&end.into_query()).await?;
    }
    // Two of one inspectorate at the same moment: one of them comes again.
    let new = vec![row.clone().into_active_model()];
    if !writer.insert_unless_taken(new).await?.is_empty() {
        return Err(Fault::new(Code::Busy).into());
    }
    writer.changed::<signal::Entity>(id, "confirmed", seen.version);
    writer.commit().await?;
    Ok(row)
}
