//! Corrections that others put to a signal's owner (terugmelding): between the two of them, from first to last.

use access::Operation;
use foundation::session::Loaded;
use foundation::{Code, Fault, Reader, Session, Writer};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::rows::signal;
use super::rows::signal_proposal::{Column, Entity, Model};
use super::signal::corrected;
use super::{SignalRow, version};
use crate::model::beside::{may_say, must_say};
use crate::model::fields::{Fields, pick, read, write};
use crate::model::proposal::ProposalState;
use crate::model::signal::same_version;

/// The name of proposals in log and outbox.
const KIND: &str = "proposal";

fn between(reader: &Reader<'_>) -> Condition {
    let organisation = reader.scope().caller.organisation;
    Condition::any()
        .add(Column::OrganisationId.eq(organisation))
        .add(Column::OwnerId.eq(organisation))
}

impl Listed for Entity {
    fn narrow(reader: &Reader<'_>, history: bool) -> Condition {
        let open = (!history).then(|| Column::State.eq(ProposalState::Open as i16));
        Condition::all().add_option(open).add(between(reader))
    }

    fn place(row: &Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// A correction as it is handed in.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The version that was read.
    pub version: i32,
    /// What it should become.
    pub changes: Fields,
    /// Why, at most 2,000 characters.
    pub reason: String,
}

/// Puts a correction to the owner of another's signal. The same once more changes nothing.
///
/// # Errors
/// What `beside` says, `STALE_VERSION`; every fault of the input at once.
pub async fn propose(session: &Session, id: Uuid, proposed: Proposed) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::Propose).await?;
    let seen = writer.beside::<signal::Entity>(id).await?;
    same_version(proposed.version, seen.version)?;
    let current = version::within(&writer, &seen).await?;
    let base = pick(&current, proposed.changes.keys());
    let mut changes = proposed.changes;
    changes.retain(|name, values| base.get(name) != Some(values));
    let base = pick(&base, changes.keys());
    let mut faults = Vec::new();
    must_say("reason", &proposed.reason, 2_000, &mut faults);
    if changes.is_empty() {
        let (dutch, english) = ("er verandert niets", "nothing would change");
        let nothing = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        faults.push(nothing.at("changes"));
    } else if let Err(wrong) = version::check(&writer, &seen, &changes).await {
        faults.extend(wrong.into_iter().map(|fault| fault.under("changes")));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = writer.scope();
    let same = Entity::find()
        .filter(Column::OrganisationId.eq(scope.caller.organisation))
        .filter(Column::State.eq(ProposalState::Open as i16))
        .filter(Column::Changes.eq(write(&changes)));
    if let Some(there) = writer.parts(&[id], same).await?.pop() {
        return Ok(there);
    }
    let row = Model {
        id: writer.id(),
        signal_id: id,
        owner_id: seen.owner_id,
        organisation_id: scope.caller.organisation,
        account_id: scope.caller.account,
        at: scope.now,
        version: seen.version,
        changes: write(&changes),
        base: write(&base),
        reason: proposed.reason,
        state: ProposalState::Open as i16,
        decided_at: None,
        decided_by: None,
        answer: None,
        accepted: None,
        applied_version: None,
    };
    writer.insert(vec![row.clone().into_active_model()]).await?;
    // Told to the owner's side alone.
    writer.changed::<signal::Entity>(id, "proposed", seen.version);
    writer.commit().await?;
    Ok(row)
}

/// An open proposal of a signal of the own inspectorate, with the signal.
async fn open(writer: &Writer<'_>, id: Uuid) -> Result<(Model, Loaded<SignalRow>), Fault> {
    let row = mine(writer, id).await?;
    let loaded = writer.load::<signal::Entity>(row.signal_id).await?;
    still_open(&row, Operation::DecideProposal)?;
    Ok((row, loaded))
}

async fn mine(writer: &Writer<'_>, id: Uuid) -> Result<Model, Fault> {
    let row = writer.own(Entity::find().filter(Column::Id.eq(id))).await?.pop();
    row.ok_or_else(|| Fault::new(Code::NotFound))
}

fn still_open(row: &Model, operation: Operation) -> Result<(), Fault> {
    let state = ProposalState::from_number(row.state);
    if state == Some(ProposalState::Open) {
        return Ok(());
    }
    let state = state.map(crate::model::fields::word).unwrap_or_default();
    Err(Fault::new(Code::WrongState)
        .with("state", state)
        .with("operation", operation.code()))
}

/// Accepts a proposal, as a whole or some of its fields: they are edited in the same transaction.
///
/// # Errors
/// `NOT_OWNER`, `STALE_VERSION`, `WRONG_STATE` when it was decided before; every fault of the input at once.
pub async fn accept(
    session: &Session,
    id: Uuid,
    version: i32,
    chosen: Option<Vec<String>>,
    answer: Option<String>,
) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::DecideProposal).await?;
    let (row, loaded) = open(&writer, id).await?;
    same_version(version, loaded.version)?;
    let mut faults = Vec::new();
    may_say("answer", answer.as_deref(), 2_000, &mut faults);
    let proposed = read(&row.changes)?;
    let chosen = chosen.unwrap_or_else(|| proposed.keys().cloned().collect());
    faults.extend(version::known(&proposed, &chosen).err().unwrap_or_default());
    if chosen.is_empty() {
        faults.push(Fault::new(Code::Required).at("fields"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let accepted = pick(&proposed, &chosen);
    let (draft, changes) = version::apply(&loaded, &accepted)?;
    let next = corrected(&mut writer, &loaded, draft, changes).await?;
    let state = if accepted.len() == proposed.len() {
        ProposalState::Accepted
    } else {
        ProposalState::PartlyAccepted
    };
    let row = Model {
        accepted: Some(write(&accepted)),
        applied_version: Some(next.version),
        answer,
        ..row
    };
    let row = decided(&mut writer, row, state).await?;
    writer.commit().await?;
    Ok(row)
}

/// Rejects a proposal, with the reason.
///
/// # Errors
/// `NOT_OWNER`, `WRONG_STATE` when it was decided before; every fault of the input at once.
pub async fn reject(session: &Session, id: Uuid, answer: String) -> Result<Model, Vec<Fault>> {
    let mut writer = session.writer(Operation::DecideProposal).await?;
    let (row, _) = open(&writer, id).await?;
    let mut faults = Vec::new();
    must_say("answer", &answer, 2_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let answer = Some(answer);
    let row = decided(&mut writer, Model { answer, ..row }, ProposalState::Rejected).await?;
    writer.commit().await?;
    Ok(row)
}

/// Withdraws a proposal of the own inspectorate, whether or not its signal can still be seen.
///
/// # Errors
/// `NOT_FOUND` when it is another's; `WRONG_STATE` when it was decided before.
pub async fn withdraw(session: &Session, id: Uuid) -> Result<Model, Fault> {
    let mut writer = session.writer(Operation::Propose).await?;
    let row = mine(&writer, id).await?;
    if row.organisation_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotFound));
    }
    still_open(&row, Operation::Propose)?;
    let row = decided(&mut writer, row, ProposalState::Withdrawn).await?;
    writer.commit().await?;
    Ok(row)
}

async fn decided(writer: &mut Writer<'_>, row: Model, state: ProposalState) -> Result<Model, Fault> {
    let scope = writer.scope();
    let row = Model {
        state: state as i16,
        decided_at: Some(scope.now),
        decided_by: Some(scope.caller.account),
        ..row
    };
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state))
        .col_expr(Column::DecidedAt, Expr::value(row.decided_at))
        .col_expr(Column::DecidedBy, Expr::value(row.decided_by))
        .col_expr(Column::Answer, Expr::value(row.answer.clone()))
        .col_expr(Column::Accepted, Expr::value(row.accepted.clone()))
        .col_expr(Column::AppliedVersion, Expr::value(row.applied_version))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(ProposalState::Open as i16));
    // Decided twice at the same moment: the first holds.
    if writer.execute(&update.into_query()).await? == 0 {
        return Err(Fault::new(Code::Busy));
    }
    writer.noted(KIND, row.id, state.change(), 2);
    Ok(row)
}

/// Proposals that the own side made or received, newest first: those whose signal the caller sees, and its own.
///
/// # Errors
/// The database's.
pub async fn own(
    reader: &Reader<'_>,
    id: Option<Uuid>,
    open: bool,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, Fault> {
    let signal = Expr::col((Entity, Column::SignalId));
    let sides = Condition::any()
        .add(Column::AccountId.eq(reader.scope().caller.account))
        .add(reader.visible::<signal::Entity>(signal));
    let mut select = Entity::find()
        .filter(sides)
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit);
    if let Some(id) = id {
        select = select.filter(Column::Id.eq(id));
    }
    if open {
        select = select.filter(Column::State.eq(ProposalState::Open as i16));
    }
    if let Some((at, last)) = after {
        let same = Column::At.eq(at).and(Column::Id.lt(last));
        select = select.filter(Column::At.lt(at).or(same));
    }
    reader.own(select).await
}
