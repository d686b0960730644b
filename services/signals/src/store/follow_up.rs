//! Follow-up: who took a signal up, and what came of it. Its owner always hears.

use access::Operation;
use foundation::reference::organisation;
use foundation::{Code, Fault, Reader, Session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_follow_up::{Column, Entity, Model};
use crate::model::follow_up::{FollowUpState, Step, check};

impl Listed for Entity {
    fn narrow(reader: &Reader<'_>, history: bool) -> Condition {
        let organisation = reader.scope().caller.organisation;
        let live = (!history).then(|| Column::SupersededAt.is_null());
        let sides = Condition::any()
            .add(Column::OwnerOnly.eq(false))
            .add(Column::OrganisationId.eq(organisation))
            .add(Column::OwnerId.eq(organisation));
        Condition::all().add_option(live).add(sides)
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// Reports what the own inspectorate does with a signal; the step before is kept as history. To take up what has been
/// taken up already changes nothing.
///
/// # Errors
/// What `beside` says; every fault of the input at once.
pub async fn report(session: &Session, id: Uuid, step: Step) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::FollowUp).await?;
    let seen = writer.beside::<signal::Entity>(id).await?;
    let mut faults = check(&step);
    let handed_to = match &step.handed_to {
        None => None,
        Some(code) => {
            let named = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
            let found = writer.reference(named).await?.pop();
            if found.is_none() {
                faults.push(Fault::new(Code::UnknownReference).with("value", code).at("handedTo"));
            }
            found.map(|organisation| organisation.id)
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope().clone();
    let mine = Condition::all()
        .add(Column::OrganisationId.eq(scope.caller.organisation))
        .add(Column::SupersededAt.is_null());
    let before = writer.parts(&[id], Entity::find().filter(mine.clone())).await?.pop();
    let going = before
        .as_ref()
        .filter(|row| FollowUpState::from_number(row.state).is_some_and(|state| !state.ends()));
    if let (Some(going), FollowUpState::TakenUp) = (going, step.state) {
        return Ok(going.clone());
    }
    let row = Model {
        id: writer.id(),
        signal_id: id,
        owner_id: seen.owner_id,
        organisation_id: scope.caller.organisation,
        account_id: scope.caller.account,
        at: scope.now,
        taken_up_at: going.map_or(scope.now, |row| row.taken_up_at),
        state: step.state as i16,
        text: step.text,
        handed_to,
        owner_only: step.owner_only,
        superseded_at: None,
    };
    if before.is_some() {
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
    if row.owner_only {
        writer.changed::<signal::Entity>(id, "reported", seen.version);
    } else {
        writer.changed::<signal::Entity>(id, "followed_up", seen.version);
    }
    writer.commit().await?;
    Ok(row)
}
