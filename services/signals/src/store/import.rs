//! Deliveries of a case system: up to 500 signals in one transaction, known again by their external reference.
//!
//! The same item twice changes nothing; a changed one is edited. Items that are wrong are told and left out, the
//! others stand. Marks are only tightened, so that what people have marked since stays theirs. Grants that the item has
//! and the signal never had are added, as far as its marks permit; one that was revoked is not made again.

use std::collections::{HashMap, HashSet};

use access::{Operation, State, Tlp};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::lookup::{Lookup, Wanted};
use super::rows::signal;
use super::signal::{Draft, New, insert, new_row, replace, with_content};
use super::{GrantRow, SignalRow, grant, number, profile};
use crate::model::grant::{Asked, Resolved, permitted};
use crate::model::profile::{Allowance, Delivered};
use crate::model::reliability::{Credibility, Reliability};
use crate::model::signal::{Content, External, Personal, Subjects};

/// The most items of one delivery.
pub const ITEMS_MAXIMUM: usize = 500;

/// One signal as a case system delivers it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it stands in the delivered file.
    pub line: i32,
    /// Only if the stored signal has this version; 0 only if there is none yet.
    pub version: Option<i32>,
    /// The signal; what could not be read of it is told in the faults.
    pub draft: Result<Draft, Vec<Fault>>,
    /// Whether it is brought out.
    pub publish: bool,
    /// Whom it is shared with.
    pub grants: Vec<Asked>,
}

/// What became of an item.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is new, with this version.
    Created(Uuid, i32),
    /// It was known and is different now, with this version.
    Changed(Uuid, i32),
    /// It was known and is the same, with this version.
    Unchanged(Uuid, i32),
    /// It was left out.
    Rejected(Vec<Fault>),
}

/// Takes a delivery in. A dry run says what would become of it and leaves nothing behind.
///
/// # Errors
/// `PROFILE_NOT_APPROVED`, `TOO_MANY`; the database's. Then nothing of the delivery stands.
pub async fn import(
    session: &Session,
    profile: &str,
    items: Vec<Item>,
    dry_run: bool,
) -> Result<Vec<(i32, Outcome)>, Fault> {
    let mut writer = session.writer(Operation::Import).await?;
    let outcomes = take(&mut writer, profile, items, dry_run).await?;
    if !dry_run {
        writer.commit().await?;
    }
    Ok(outcomes)
}

/// Takes a delivery in, within a write that its caller commits.
///
/// # Errors
/// `PROFILE_NOT_APPROVED`, `TOO_MANY`; the database's.
pub async fn take(
    writer: &mut Writer<'_>,
    profile: &str,
    items: Vec<Item>,
    dry_run: bool,
) -> Result<Vec<(i32, Outcome)>, Fault> {
    if items.len() > ITEMS_MAXIMUM {
        let many = Fault::new(Code::TooMany)
            .with("count", items.len())
            .with("maximum", ITEMS_MAXIMUM);
        return Err(many.at("items"));
    }
    let allowance = profile::allowance(writer, profile).await?;
    let lookup = Lookup::find(writer, &wanted(&items)).await?;
    let mut outcomes = HashMap::new();
    let mut waiting: Vec<(usize, Item)> = items.into_iter().enumerate().collect();
    // A reference that stands twice is taken in the order of the file: later rows after earlier ones.
    while !waiting.is_empty() {
        let mut taken = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(_, item)| reference(item).is_none_or(|external| taken.insert(external)));
        wave(writer, &allowance, &lookup, now, dry_run, &mut outcomes).await?;
        waiting = later;
    }
    let mut outcomes: Vec<_> = outcomes.into_iter().collect();
    outcomes.sort_by_key(|(index, _)| *index);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

fn reference(item: &Item) -> Option<External> {
    item.draft.as_ref().ok()?.external.clone()
}

fn wanted(items: &[Item]) -> Wanted {
    let mut wanted = Wanted::default();
    for item in items {
        if let Ok(draft) = &item.draft {
            draft.want(&mut wanted);
        }
        for grant in &item.grants {
            if !wanted.grants.contains(grant) {
                wanted.grants.push(grant.clone());
            }
        }
    }
    wanted
}

/// An item of which everything is right.
struct Right {
    index: usize,
    line: i32,
    version: Option<i32>,
    draft: Draft,
    publish: bool,
    subjects: Subjects,
    labels: access::Labels,
    retain_until: i64,
    grants: Vec<Resolved>,
}

async fn wave(
    writer: &mut Writer<'_>,
    allowance: &Allowance,
    lookup: &Lookup,
    items: Vec<(usize, Item)>,
    dry_run: bool,
    outcomes: &mut HashMap<usize, (i32, Outcome)>,
) -> Result<(), Fault> {
    let mut right = Vec::new();
    for (index, item) in items {
        let line = item.line;
        match examine(writer, allowance, lookup, index, item) {
            Ok(item) => right.push(item),
            Err(faults) => {
                outcomes.insert(index, (line, Outcome::Rejected(faults)));
            }
        }
    }
    let known = known(writer, &right).await?;
    let (changes, new): (Vec<_>, Vec<_>) = right.into_iter().partition(|item| {
        item.draft
            .external
            .as_ref()
            .is_some_and(|external| known.contains_key(external))
    });
    create(writer, new, outcomes).await?;
    let ids: Vec<Uuid> = known.values().map(|known| known.row.id).collect();
    let grants = grant::all::<SignalRow>(writer, &ids).await?;
    for item in changes {
        let Some(known) = item.draft.external.as_ref().and_then(|external| known.get(external)) else {
            continue;
        };
        let of: Vec<&GrantRow> = grants.iter().filter(|grant| grant.record_id == known.row.id).collect();
        let (index, line) = (item.index, item.line);
        let outcome = change(writer, item, known, &of, dry_run).await?;
        outcomes.insert(index, (line, outcome));
    }
    Ok(())
}

fn examine(
    writer: &Writer<'_>,
    allowance: &Allowance,
    lookup: &Lookup,
    index: usize,
    item: Item,
) -> Result<Right, Vec<Fault>> {
    let under =
        |prefix: &str, faults: Vec<Fault>| faults.into_iter().map(|fault| fault.under(prefix)).collect::<Vec<_>>();
    let draft = item.draft.map_err(|faults| under("signal", faults))?;
    let mut faults = Vec::new();
    match &draft.external {
        Some(external) => {
            faults.extend(allowance.permit(&Delivered {
                system: &external.system,
                publish: item.publish,
                personal: !draft.personal.is_empty(),
                marks: draft.marks,
                grants: &item.grants,
            }));
        }
        None => faults.push(Fault::new(Code::Required).at("signal.externalReference")),
    }
    let checked = draft
        .checked(writer, lookup)
        .map_err(|wrong| faults.extend(under("signal", wrong)))
        .ok();
    let mut grants = Vec::new();
    for (place, asked) in item.grants.iter().enumerate() {
        let resolved = lookup.grant(asked, writer.scope().now).and_then(|resolved| {
            let tlp = checked.as_ref().map_or(Tlp::Clear, |(_, labels, _)| labels.tlp);
            permitted(tlp, &resolved.audience, &asked.to)?;
            Ok(resolved)
        });
        match resolved {
            Ok(resolved) => grants.push(resolved),
            Err(wrong) => faults.extend(under(&format!("grants.{place}"), wrong)),
        }
    }
    match checked {
        Some((subjects, labels, retain_until)) if faults.is_empty() => {
            let (line, version, publish) = (item.line, item.version, item.publish);
            Ok(Right {
                index,
                line,
                version,
                draft,
                publish,
                subjects,
                labels,
                retain_until,
                grants,
            })
        }
        _ => Err(faults),
    }
}

/// A signal that was delivered before, as it stands.
struct Standing {
    row: SignalRow,
    subjects: Subjects,
    personal: Personal,
}

impl Standing {
    /// What is delivered, with what people have judged since where the delivery says nothing of it.
    fn completed(&self, delivered: &Content) -> Content {
        let row = &self.row;
        let mut content = delivered.clone();
        content.reliability = content
            .reliability
            .or(row.reliability.and_then(Reliability::from_number));
        content.credibility = content
            .credibility
            .or(row.credibility.and_then(Credibility::from_number));
        content.valid_until = content.valid_until.or(row.valid_until);
        content.provenance = content.provenance.or_else(|| super::signal::provenance(row));
        content
    }
}

async fn known(writer: &Writer<'_>, items: &[Right]) -> Result<HashMap<External, Standing>, Fault> {
    let mut references: HashMap<&str, Vec<&str>> = HashMap::new();
    for external in items.iter().filter_map(|item| item.draft.external.as_ref()) {
        references
            .entry(&external.system)
            .or_default()
            .push(&external.reference);
    }
    let mut rows = Vec::new();
    for (system, references) in references {
        let delivered = signal::Entity::find()
            .filter(signal::Column::OwnerId.eq(writer.scope().caller.organisation))
            .filter(signal::Column::ExternalSystem.eq(system))
            .filter(signal::Column::ExternalReference.is_in(references));
        rows.extend(writer.see(delivered).await?);
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut subjects = super::signal::subjects_within(writer, &ids).await?;
    let mut personal = super::signal::personal_within(writer, &ids).await?;
    let standing = rows.into_iter().map(|row| {
        let (subjects, personal) = (subjects.remove(&row.id), personal.remove(&row.id));
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let external = External {
            system: text(&row.external_system),
            reference: text(&row.external_reference),
        };
        let (subjects, personal) = (subjects.unwrap_or_default(), personal.unwrap_or_default());
        (
            external,
            Standing {
                row: (*row).clone(),
                subjects,
                personal,
            },
        )
    });
    Ok(standing.collect())
}

async fn create(
    writer: &mut Writer<'_>,
    items: Vec<Right>,
    outcomes: &mut HashMap<usize, (i32, Outcome)>,
) -> Result<(), Fault> {
    // Whoever names a version means a signal that is there.
    let (items, gone): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.version.unwrap_or(0) == 0);
    for item in gone {
        let stale = stale(item.version.unwrap_or(0), 0);
        outcomes.insert(item.index, (item.line, Outcome::Rejected(vec![stale])));
    }
    if items.is_empty() {
        return Ok(());
    }
    let numbers = number::take(writer, items.len()).await?;
    let (mut new, mut places) = (Vec::with_capacity(items.len()), HashMap::new());
    for (item, number) in items.into_iter().zip(numbers) {
        let mut row = new_row(writer, &item.draft, number, item.labels, item.retain_until);
        if item.publish {
            row.state = State::Published as i16;
        }
        let mut grants = Vec::with_capacity(item.grants.len());
        for resolved in &item.grants {
            grants.push(grant::row(writer, &row, resolved).await?);
        }
        outcomes.insert(item.index, (item.line, Outcome::Created(row.id, row.version)));
        places.insert(row.id, (item.index, item.line));
        new.push(New {
            row,
            personal: item.draft.personal,
            subjects: item.subjects,
            grants,
        });
    }
    // A reference may be taken by a signal that this case system may not see.
    for taken in insert(writer, new, "imported").await? {
        if let Some((index, line)) = places.remove(&taken) {
            let fault = Fault::new(Code::DuplicateReference).at("signal.externalReference");
            outcomes.insert(index, (line, Outcome::Rejected(vec![fault])));
        }
    }
    Ok(())
}

async fn change(
    writer: &mut Writer<'_>,
    item: Right,
    known: &Standing,
    grants: &[&GrantRow],
    dry_run: bool,
) -> Result<Outcome, Fault> {
    let row = &known.row;
    match item.version {
        Some(0) => {
            let there = Fault::new(Code::DuplicateReference).at("signal.externalReference");
            return Ok(Outcome::Rejected(vec![there]));
        }
        Some(given) if given != row.version => return Ok(Outcome::Rejected(vec![stale(given, row.version)])),
        _ => {}
    }
    if State::from_number(row.state) == Some(State::Retracted) {
        let state = Fault::new(Code::WrongState)
            .with("state", "RETRACTED")
            .with("operation", "import");
        return Ok(Outcome::Rejected(vec![state.at("signal.externalReference")]));
    }
    let mut next = with_content(row.clone(), &known.completed(&item.draft.content));
    // What people have marked since is theirs: a delivery tightens, and never loosens.
    next.rank = row.rank.max(item.labels.rank as i16);
    next.tlp = row.tlp.max(item.labels.tlp as i16);
    if item.draft.marks.retain_until.is_some() {
        next.retain_until = item.retain_until;
    }
    if item.publish {
        next.state = State::Published as i16;
    }
    let tlp = Tlp::from_number(next.tlp).ok_or_else(|| Fault::broken("a stored mark outside its values"))?;
    let mut missing = Vec::new();
    for resolved in item.grants.iter().filter(|resolved| tlp.permits(&resolved.audience)) {
        let row = grant::row(writer, row, resolved).await?;
        let there = grants
            .iter()
            .any(|grant| grant.channel == row.channel && grant.legal_basis_id == row.legal_basis_id);
        if !there {
            missing.push(row);
        }
    }
    // A personal part is replaced only where one is delivered. A dry run does not compare it: it would tell, without a
    // trace, what the case system may not see.
    let delivered = Some(&item.draft.personal).filter(|delivered| !delivered.is_empty() && !dry_run);
    let personal = delivered.filter(|delivered| **delivered != known.personal);
    if next == *row && item.subjects == known.subjects && missing.is_empty() && personal.is_none() {
        return Ok(Outcome::Unchanged(row.id, row.version));
    }
    let loaded = writer.load::<signal::Entity>(row.id).await?;
    if next.tlp != row.tlp {
        grant::end_forbidden(writer, &loaded, tlp).await?;
    }
    grant::add::<SignalRow>(writer, &missing).await?;
    let changed = replace(writer, &loaded, next, Some(&item.subjects), personal, "imported").await?;
    Ok(Outcome::Changed(row.id, changed.version))
}

fn stale(given: i32, current: i32) -> Fault {
    let stale = Fault::new(Code::StaleVersion).with("given", given);
    stale.with("current", current).at("version")
}
