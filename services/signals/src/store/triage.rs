//! Triage: opened beside a signal, an opinion each, one decision by whoever opened it.

use std::collections::{BTreeSet, HashMap};

use access::{Instant, Operation};
use foundation::check::required;
use foundation::reference::organisation;
use foundation::{Code, Fault, Reader, Session, Writer, clock};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::rows::{signal, triage as row, triage_opinion as opinion, triage_participant as participant};
use crate::model::triage::{Ground, Judgement, PARTICIPANTS_MAXIMUM, TEXT_MAXIMUM};

pub use super::rows::triage::Model as TriageRow;
pub use super::rows::triage_opinion::Model as OpinionRow;

/// For how long a triage lasts when its opener says nothing, in days.
const DAYS: i16 = 14;

/// A triage with who takes part and what they think.
#[derive(Clone, Debug)]
pub struct Triage {
    /// The triage.
    pub row: TriageRow,
    /// Who takes part.
    pub participants: Vec<Uuid>,
    /// Their opinions, oldest first.
    pub opinions: Vec<OpinionRow>,
}

/// Opens a triage of a signal with these inspectorates; the own one and the signal's owner take part anyway.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn open(
    session: &Session,
    signal: Uuid,
    invited: &[String],
    question: String,
    due: Option<jiff::civil::Date>,
) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::OpenTriage).await?;
    let mut faults = Vec::new();
    required("question", &question, TEXT_MAXIMUM, &mut faults);
    if invited.is_empty() {
        faults.push(Fault::new(Code::Required).at("participants"));
    }
    if invited.len() > PARTICIPANTS_MAXIMUM {
        let count = Fault::new(Code::TooMany).with("count", invited.len());
        faults.push(count.with("maximum", PARTICIPANTS_MAXIMUM).at("participants"));
    }
    let due_at = due_at(due, writer.scope().now).map_err(|fault| faults.push(fault)).ok();
    let seen = writer.beside::<signal::Entity>(signal).await?;
    let mut taking_part = BTreeSet::from([writer.scope().caller.organisation, seen.owner_id]);
    for (index, code) in invited.iter().enumerate() {
        match organisation(&writer, code).await? {
            Some(id) => {
                taking_part.insert(id);
            }
            None => faults.push(unknown(code).at(format!("participants.{index}"))),
        }
    }
    let (Some(due_at), true) = (due_at, faults.is_empty()) else {
        return Err(faults);
    };
    let (id, scope) = (writer.id(), writer.scope());
    let new = TriageRow {
        id,
        signal_id: signal,
        organisation_id: scope.caller.organisation,
        opened_by: scope.caller.account,
        opened_at: scope.now,
        question,
        due_at,
        decision: None,
        lead_id: None,
        grounds: None,
        motivation: None,
        decided_by: None,
        decided_at: None,
    };
    writer.insert(vec![new.into_active_model()]).await?;
    let taking_part = taking_part.into_iter().map(|organisation| participant::ActiveModel {
        triage_id: Set(id),
        signal_id: Set(signal),
        organisation_id: Set(organisation),
    });
    writer.insert(taking_part.collect()).await?;
    writer.changed::<signal::Entity>(signal, "triage_opened", seen.version);
    writer.commit().await?;
    Ok(id)
}

fn due_at(date: Option<jiff::civil::Date>, now: Instant) -> Result<Instant, Fault> {
    let today = clock::date_of(now);
    let date = date.unwrap_or_else(|| today.saturating_add(jiff::Span::new().days(DAYS)));
    let wrong = || {
        Fault::new(Code::InvalidDate)
            .with_words("reason", "hij is al voorbij", "it has passed")
            .at("dueOn")
    };
    if date < today {
        return Err(wrong());
    }
    clock::end_of(date).ok_or_else(wrong)
}

async fn organisation(writer: &Writer<'_>, code: &str) -> Result<Option<Uuid>, Fault> {
    let rows = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    Ok(writer.reference(rows).await?.pop().map(|row| row.id))
}

fn unknown(code: &str) -> Fault {
    Fault::new(Code::UnknownReference).with("value", code)
}

/// A triage that the caller's organisation takes part in, of a signal that the caller may see, for this writer's
/// operation; with the signal's version.
async fn taken_part(writer: &Writer<'_>, id: Uuid, operation: Operation) -> Result<(TriageRow, i32), Fault> {
    let absent = || Fault::new(Code::NotFound).at("triage");
    let row = writer
        .own(row::Entity::find_by_id(id))
        .await?
        .pop()
        .ok_or_else(absent)?;
    let signal = writer.beside::<signal::Entity>(row.signal_id).await;
    let signal = signal.map_err(|fault| fault.at("triage"))?;
    if row.decided_at.is_some() {
        let closed = Fault::new(Code::WrongState)
            .with("operation", operation.code())
            .with("state", "DECIDED");
        return Err(closed.at("triage"));
    }
    Ok((row, signal.version))
}

async fn lead(writer: &Writer<'_>, triage: &TriageRow, judgement: &Judgement) -> Result<Option<Uuid>, Fault> {
    let Some(code) = &judgement.lead else {
        return Ok(None);
    };
    let lead = organisation(writer, code).await?;
    let lead = lead.ok_or_else(|| unknown(code).at("lead"))?;
    let among = participant::Entity::find().filter(participant::Column::TriageId.eq(triage.id));
    let among = writer.parts(&[triage.signal_id], among).await?;
    if among.iter().any(|row| row.organisation_id == lead) {
        return Ok(Some(lead));
    }
    let (dutch, english) = ("zij neemt niet deel aan deze triage", "it takes no part in this triage");
    Err(Fault::new(Code::InvalidInput)
        .with_words("reason", dutch, english)
        .at("lead"))
}

/// Gives the own inspectorate's opinion; a later one takes the place of the former until there is a decision.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn opine(session: &Session, id: Uuid, judgement: Judgement) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Opine).await?;
    let (triage, version) = taken_part(&writer, id, Operation::Opine).await?;
    let faults = judgement.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let lead_id = lead(&writer, &triage, &judgement).await?;
    let caller = writer.scope().caller.clone();
    let former = opinion::Entity::delete_many()
        .filter(opinion::Column::TriageId.eq(id))
        .filter(opinion::Column::OrganisationId.eq(caller.organisation));
    writer.execute(&former.into_query()).await?;
    let new = OpinionRow {
        triage_id: id,
        signal_id: triage.signal_id,
        organisation_id: caller.organisation,
        account_id: caller.account,
        at: writer.scope().now,
        advice: judgement.step as i16,
        lead_id,
        grounds: Ground::number(&judgement.grounds),
        motivation: judgement.motivation,
    };
    writer.insert(vec![new.into_active_model()]).await?;
    writer.changed::<signal::Entity>(triage.signal_id, "opined", version);
    Ok(writer.commit().await?)
}

/// Records what was decided: by the inspectorate that opened it, once all have given their opinion or its time is over.
///
/// # Errors
/// `NOT_OWNER` for others that take part; `TRIAGE_NOT_READY`; every other fault at once. Nothing is written then.
pub async fn decide(session: &Session, id: Uuid, judgement: Judgement) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::DecideTriage).await?;
    let (triage, version) = taken_part(&writer, id, Operation::DecideTriage).await?;
    if triage.organisation_id != writer.scope().caller.organisation {
        return Err(Fault::new(Code::NotOwner).at("triage").into());
    }
    let faults = judgement.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let all = participant::Entity::find().filter(participant::Column::TriageId.eq(id));
    let all = writer.parts(&[triage.signal_id], all).await?.len();
    let given = opinion::Entity::find().filter(opinion::Column::TriageId.eq(id));
    let given = writer.parts(&[triage.signal_id], given).await?.len();
    if given < all && writer.scope().now < triage.due_at {
        let fault = Fault::new(Code::TriageNotReady).with("given", given).with("all", all);
        return Err(fault.at("triage").into());
    }
    let lead_id = lead(&writer, &triage, &judgement).await?;
    let decided = row::ActiveModel {
        decision: Set(Some(judgement.step as i16)),
        lead_id: Set(lead_id),
        grounds: Set(Some(Ground::number(&judgement.grounds))),
        motivation: Set(Some(judgement.motivation)),
        decided_by: Set(Some(writer.scope().caller.account)),
        decided_at: Set(Some(writer.scope().now)),
        ..row::ActiveModel::default()
    };
    // Only once: of two that decide at the same time the second touches no row.
    let update = row::Entity::update_many()
        .set(decided)
        .filter(row::Column::Id.eq(id))
        .filter(row::Column::DecidedAt.is_null());
    if writer.execute(&update.into_query()).await? == 0 {
        let closed = Fault::new(Code::WrongState)
            .with("operation", Operation::DecideTriage.code())
            .with("state", "DECIDED");
        return Err(closed.at("triage").into());
    }
    writer.changed::<signal::Entity>(triage.signal_id, "triage_decided", version);
    Ok(writer.commit().await?)
}

/// The triages of signals that were seen, in which the own organisation takes part, newest first.
///
/// # Errors
/// The database's.
pub async fn of(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Vec<Triage>, Fault> {
    let rows = row::Entity::find().filter(row::Column::SignalId.is_in(signals.iter().copied()));
    let mut rows = reader.own(rows).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id)));
    assemble(reader, rows).await
}

/// The triages in which the own organisation takes part, of signals that may be seen: newest first, from a place on, at
/// most so many; the undecided ones alone, where asked.
///
/// # Errors
/// The database's.
pub async fn list(
    reader: &Reader<'_>,
    open: bool,
    after: Option<(Instant, Uuid)>,
    limit: u64,
) -> Result<Vec<Triage>, Fault> {
    let mut seen: Vec<TriageRow> = Vec::new();
    let mut after = after;
    loop {
        let mut rows = row::Entity::find();
        if open {
            rows = rows.filter(row::Column::DecidedAt.is_null());
        }
        if let Some((at, id)) = after {
            use sea_orm::ExprTrait;
            let earlier = row::Column::OpenedAt
                .lt(at)
                .or(row::Column::OpenedAt.eq(at).and(row::Column::Id.lt(id)));
            rows = rows.filter(earlier);
        }
        let rows = rows
            .order_by_desc(row::Column::OpenedAt)
            .order_by_desc(row::Column::Id)
            .limit(limit);
        let rows = reader.own(rows).await?;
        let last = (rows.len() as u64) < limit;
        after = rows.last().map(|row| (row.opened_at, row.id));
        let ids: Vec<Uuid> = rows.iter().map(|row| row.signal_id).collect();
        let visible = super::signal::by_ids(reader, &ids).await?;
        let visible: BTreeSet<Uuid> = visible.iter().map(|signal| signal.id).collect();
        seen.extend(rows.into_iter().filter(|row| visible.contains(&row.signal_id)));
        if last || seen.len() as u64 >= limit {
            seen.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            return assemble(reader, seen).await;
        }
    }
}

/// One triage, if the own organisation takes part and the signal may be seen.
///
/// # Errors
/// The database's.
pub async fn one(reader: &Reader<'_>, id: Uuid) -> Result<Option<Triage>, Fault> {
    let rows = reader.own(row::Entity::find_by_id(id)).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.signal_id).collect();
    if super::signal::by_ids(reader, &ids).await?.is_empty() {
        return Ok(None);
    }
    Ok(assemble(reader, rows).await?.pop())
}

async fn assemble(reader: &Reader<'_>, rows: Vec<TriageRow>) -> Result<Vec<Triage>, Fault> {
    let signals: Vec<Uuid> = rows.iter().map(|row| row.signal_id).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let taking_part = participant::Entity::find()
        .filter(participant::Column::TriageId.is_in(ids.iter().copied()))
        .order_by_asc(participant::Column::OrganisationId);
    let mut participants: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in reader.parts(&signals, taking_part).await? {
        participants.entry(row.triage_id).or_default().push(row.organisation_id);
    }
    let given = opinion::Entity::find()
        .filter(opinion::Column::TriageId.is_in(ids))
        .order_by_asc(opinion::Column::At)
        .order_by_asc(opinion::Column::OrganisationId);
    let mut opinions: HashMap<Uuid, Vec<OpinionRow>> = HashMap::new();
    for row in reader.parts(&signals, given).await? {
        opinions.entry(row.triage_id).or_default().push(row);
    }
    let triage = |row: TriageRow| Triage {
        participants: participants.remove(&row.id).unwrap_or_default(),
        opinions: opinions.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(triage).collect())
}
