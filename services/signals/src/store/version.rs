//! Versions of a signal: what it was before each change, and which of them an account has read.

use access::{Operation, Rank, State, Tlp, UseLimit};
use foundation::reference::safety_region;
use foundation::{Code, Fault, Reader, Session, Writer, clock, ids};
use jiff::{Timestamp, civil};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::listed::Listed;
use super::lookup::{Lookup, Wanted};
use super::rows::{signal, signal_read_mark as mark, signal_version as version};
use super::signal::{Changes, Draft, provenance, subjects_within};
use super::{SignalRow, VersionRow};
use crate::model::fields::{Fields, word, write};
use crate::model::reliability::{Credibility, Reliability};
use crate::model::signal::{Content, Marks, Origin, Personal, Severity, Subjects, Urgency};

/// The name of read marks in log and outbox.
const KIND: &str = "read_mark";

impl Listed for version::Entity {
    const ORDER: &'static str = "version";

    fn narrow(reader: &Reader<'_>, _: bool) -> Condition {
        let own = version::Column::OwnerId.eq(reader.scope().caller.organisation);
        let out = version::Column::State.ne(State::Draft as i16);
        Condition::any().add(out).add(own)
    }

    fn place(row: &VersionRow) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.version, row.id)
    }
}

impl Listed for mark::Entity {
    fn narrow(reader: &Reader<'_>, _: bool) -> Condition {
        Condition::all().add(mark::Column::AccountId.eq(reader.scope().caller.account))
    }

    fn place(row: &mark::Model) -> (Uuid, i64, Uuid) {
        (row.signal_id, row.at, row.id)
    }
}

/// The open content of a stored signal; regions by their codes.
///
/// # Errors
/// Internal: a stored number outside its values.
pub fn fields(row: &SignalRow, subjects: &Subjects, regions: &[String]) -> Result<Fields, Fault> {
    let outside = || Fault::broken("a stored value outside its enumeration");
    let moment = |at: i64| Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX).to_string();
    let date = |end: i64| clock::last_date_before(end).to_string();
    let typed = |prefix: &str, of: &[Uuid]| of.iter().map(|id| ids::write(prefix, *id).0).collect::<Vec<_>>();
    let one = |name: &str, value: Option<String>| (name.to_owned(), value.into_iter().collect::<Vec<_>>());
    let several = |name: &str, mut values: Vec<String>| {
        values.sort_unstable();
        (name.to_owned(), values)
    };
    let all = [
        one("title", Some(row.title.clone())),
        one("narrative", Some(row.narrative.clone())),
        one("category", Some(row.category.clone())),
        one(
            "severity",
            Some(word(Severity::from_number(row.severity).ok_or_else(outside)?)),
        ),
        one(
            "urgency",
            Some(word(Urgency::from_number(row.urgency).ok_or_else(outside)?)),
        ),
        one("observedFrom", Some(moment(row.observed_from))),
        one("observedUntil", row.observed_until.map(moment)),
        one("place", row.place.clone()),
        one("note", row.note.clone()),
        one(
            "reliability",
            row.reliability.and_then(Reliability::from_number).map(word),
        ),
        one(
            "credibility",
            row.credibility.and_then(Credibility::from_number).map(word),
        ),
        one("validUntil", row.valid_until.map(date)),
        several("parties", typed(ids::prefix::PARTY, &subjects.parties)),
        several("sites", typed(ids::prefix::SITE, &subjects.sites)),
        several("regions", regions.to_vec()),
        one("state", Some(word(State::from_number(row.state).ok_or_else(outside)?))),
        one("rank", Some(word(Rank::from_number(row.rank).ok_or_else(outside)?))),
        one("tlp", Some(word(Tlp::from_number(row.tlp).ok_or_else(outside)?))),
        one(
            "useLimit",
            Some(word(UseLimit::from_number(row.use_limit).ok_or_else(outside)?)),
        ),
        one("retainUntil", Some(date(row.retain_until))),
        one("retraction", row.retraction.clone()),
    ];
    Ok(all.into_iter().filter(|(_, values)| !values.is_empty()).collect())
}

/// The open content of a signal that a write has seen.
///
/// # Errors
/// The database's.
pub async fn within(writer: &Writer<'_>, row: &SignalRow) -> Result<Fields, Fault> {
    let subjects = subjects_within(writer, &[row.id]).await?.remove(&row.id);
    let subjects = subjects.unwrap_or_default();
    let mut regions = Vec::new();
    if !subjects.regions.is_empty() {
        let named = safety_region::Column::Id.is_in(subjects.regions.iter().copied());
        let rows = writer.reference(safety_region::Entity::find().filter(named)).await?;
        regions = rows.into_iter().map(|row| row.code).collect();
    }
    fields(row, &subjects, &regions)
}

/// Keeps what a signal was, before it is changed in the same transaction. What is personal is not kept.
///
/// # Errors
/// The database's.
pub async fn keep(writer: &Writer<'_>, row: &SignalRow) -> Result<(), Fault> {
    let kept = VersionRow {
        id: writer.id(),
        signal_id: row.id,
        owner_id: row.owner_id,
        version: row.version.into(),
        since: row.updated_at,
        until: writer.scope().now,
        state: row.state,
        content: write(&within(writer, row).await?),
    };
    writer.insert(vec![kept.into_active_model()]).await
}

/// Notes that the caller has read a signal as it is now.
///
/// # Errors
/// `NOT_FOUND` when hidden or absent, alike.
pub async fn mark_read(session: &Session, id: Uuid) -> Result<i32, Fault> {
    let mut writer = session.writer(Operation::Read).await?;
    let seen = writer.beside::<signal::Entity>(id).await?;
    let scope = writer.scope().clone();
    let before = mark::Entity::update_many()
        .col_expr(mark::Column::Version, Expr::value(seen.version))
        .col_expr(mark::Column::At, Expr::value(scope.now))
        .filter(mark::Column::SignalId.eq(id))
        .filter(mark::Column::AccountId.eq(scope.caller.account));
    if writer.execute(&before.into_query()).await? == 0 {
        let first = mark::Model {
            id: writer.id(),
            signal_id: id,
            organisation_id: scope.caller.organisation,
            account_id: scope.caller.account,
            at: scope.now,
            version: seen.version,
        };
        // Marked twice at the same moment: either will do.
        writer.insert_unless_taken(vec![first.into_active_model()]).await?;
    }
    writer.noted(KIND, id, "marked", seen.version);
    writer.commit().await?;
    Ok(seen.version)
}

fn content(row: &SignalRow) -> Content {
    Content {
        title: row.title.clone(),
        narrative: row.narrative.clone(),
        category: row.category.clone(),
        severity: Severity::from_number(row.severity).unwrap_or(Severity::Critical),
        urgency: Urgency::from_number(row.urgency).unwrap_or(Urgency::Immediate),
        observed_from: row.observed_from,
        observed_until: row.observed_until,
        place: row.place.clone(),
        note: row.note.clone(),
        origin: Origin::from_number(row.origin).unwrap_or(Origin::Own),
        provenance: provenance(row),
        reliability: row.reliability.and_then(Reliability::from_number),
        credibility: row.credibility.and_then(Credibility::from_number),
        valid_until: row.valid_until,
    }
}

/// The draft that a stored signal becomes with these fields.
///
/// # Errors
/// Internal: the fields are not what [`fields`] writes.
pub fn apply(row: &SignalRow, changes: &Fields) -> Result<(Draft, Changes), Fault> {
    let misread = || Fault::broken("a kept value that cannot be read");
    let said = |name: &str| changes.get(name).map(|values| values.first().cloned());
    let moment = |text: String| text.parse::<Timestamp>().map(Timestamp::as_microsecond);
    let mut draft = content(row);
    if let Some(title) = said("title") {
        draft.title = title.unwrap_or_default();
    }
    if let Some(narrative) = said("narrative") {
        draft.narrative = narrative.unwrap_or_default();
    }
    if let Some(category) = said("category") {
        draft.category = category.unwrap_or_default();
    }
    if let Some(text) = said("severity") {
        draft.severity = named(text, Severity::from_number).ok_or_else(misread)?;
    }
    if let Some(text) = said("urgency") {
        draft.urgency = named(text, Urgency::from_number).ok_or_else(misread)?;
    }
    if let Some(text) = said("observedFrom") {
        draft.observed_from = moment(text.ok_or_else(misread)?).map_err(|_| misread())?;
    }
    if let Some(text) = said("observedUntil") {
        draft.observed_until = text.map(moment).transpose().map_err(|_| misread())?;
    }
    if let Some(text) = said("place") {
        draft.place = text;
    }
    if let Some(text) = said("note") {
        draft.note = text;
    }
    if let Some(text) = said("reliability") {
        draft.reliability = named(text, Reliability::from_number);
    }
    if let Some(text) = said("credibility") {
        draft.credibility = named(text, Credibility::from_number);
    }
    if let Some(text) = said("validUntil") {
        let date = text.map(|text| text.parse::<civil::Date>()).transpose();
        draft.valid_until = date.map_err(|_| misread())?.and_then(clock::end_of);
    }
    let ids = |prefix, name: &str| -> Result<Vec<Uuid>, Fault> {
        let values = changes.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|id| ids::read(prefix, id)).collect()
    };
    let draft = Draft {
        content: draft,
        personal: Personal::default(),
        external: None,
        parties: ids(ids::prefix::PARTY, "parties")?,
        sites: ids(ids::prefix::SITE, "sites")?,
        regions: changes.get("regions").cloned().unwrap_or_default(),
        marks: Marks::default(),
    };
    let there = |name: &str| changes.contains_key(name);
    let changes = Changes {
        parties: there("parties"),
        sites: there("sites"),
        regions: there("regions"),
        personal: false,
    };
    Ok((draft, changes))
}

/// The value of an enumeration by the graph's word for it.
fn named<T: std::fmt::Debug>(text: Option<String>, from_number: fn(i16) -> Option<T>) -> Option<T> {
    let text = text?;
    (0..=9).filter_map(from_number).find(|value| word(value) == text)
}

/// Everything that is wrong with these changes of a signal.
///
/// # Errors
/// The database's; every fault at once, each at its field.
pub async fn check(writer: &Writer<'_>, row: &SignalRow, changes: &Fields) -> Result<(), Vec<Fault>> {
    let (draft, _) = apply(row, changes)?;
    let mut wanted = Wanted::default();
    draft.want(&mut wanted);
    let lookup = Lookup::find(writer, &wanted).await?;
    draft.checked(writer, &lookup).map(drop)
}

/// The named fields of those that may be proposed, or a fault at each that is none.
///
/// # Errors
/// `INVALID_INPUT`, each at its place.
pub fn known(changes: &Fields, names: &[String]) -> Result<(), Vec<Fault>> {
    let (dutch, english) = ("dit veld is niet voorgesteld", "this field is not proposed");
    let fault = |place: usize| {
        let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        fault.at(format!("fields.{place}"))
    };
    let wrong = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !changes.contains_key(*name));
    let faults: Vec<Fault> = wrong.map(|(place, _)| fault(place)).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
