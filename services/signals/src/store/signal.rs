//! Signals: each change is one transaction that decides, moves, saves, feeds, logs; each read goes through the door.

use std::collections::{BTreeSet, HashMap};

use access::{Labels, MaskReason, Operation, Rank, State};
use foundation::reference::alias;
use foundation::session::Loaded;
use foundation::{Code, Fault, Reader, Seen, Session, Writer};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::lookup::{Lookup, Wanted};
use super::rows::{signal, signal_grant, signal_personal, signal_subject};
use super::{GrantRow, SignalRow, feed, grant, number, search};
use crate::model::signal::{
    self as model, Content, DEFAULT_LABELS, External, Marks, Personal, Subjects, at_most, check, check_external,
    check_personal, same_version,
};

/// A signal as it is handed in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says.
    pub content: Content,
    /// Its personal part.
    pub personal: Personal,
    /// Its key in another system.
    pub external: Option<External>,
    /// The parties it names.
    pub parties: Vec<Uuid>,
    /// The sites it names.
    pub sites: Vec<Uuid>,
    /// The codes of the safety regions it names.
    pub regions: Vec<String>,
    /// Its marks, where its maker says something.
    pub marks: Marks,
}

impl Draft {
    /// Adds what has to be looked up.
    pub fn want(&self, wanted: &mut Wanted) {
        wanted.categories.insert(self.content.category.clone());
        wanted.parties.extend(&self.parties);
        wanted.sites.extend(&self.sites);
        wanted.regions.extend(self.regions.iter().cloned());
    }

    /// Everything that is wrong with it, or what it is about and its marks.
    ///
    /// # Errors
    /// Every fault at once, each at its field.
    pub fn checked(&self, writer: &Writer<'_>, lookup: &Lookup) -> Result<(Subjects, Labels, i64), Vec<Fault>> {
        let scope = writer.scope();
        let mut faults = check(&self.content, scope.now);
        faults.extend(check_personal(&self.personal));
        faults.extend(self.external.as_ref().map(check_external).unwrap_or_default());
        at_most("parties", self.parties.len(), &mut faults);
        at_most("sites", self.sites.len(), &mut faults);
        at_most("regions", self.regions.len(), &mut faults);
        lookup.category(&self.content.category, &mut faults);
        lookup.parties(&self.parties, &mut faults);
        lookup.sites(&self.sites, &mut faults);
        let regions = lookup.regions(&self.regions, &mut faults);
        let labels = Labels {
            rank: self
                .marks
                .rank
                .unwrap_or(DEFAULT_LABELS.rank.min(scope.caller.clearance)),
            tlp: self.marks.tlp.unwrap_or(DEFAULT_LABELS.tlp),
            use_limit: self.marks.use_limit.unwrap_or(DEFAULT_LABELS.use_limit),
        };
        faults.extend(within_clearance(writer, labels.rank).err());
        let retain_until = model::retention(self.marks.retain_until, scope.now);
        match retain_until {
            Ok(retain_until) if faults.is_empty() => {
                let unique = |ids: &[Uuid]| {
                    let mut ids = ids.to_vec();
                    ids.sort_unstable();
                    ids.dedup();
                    ids
                };
                let subjects = Subjects {
                    parties: unique(&self.parties),
                    sites: unique(&self.sites),
                    regions: unique(&regions),
                };
                Ok((subjects, labels, retain_until))
            }
            retained => {
                faults.extend(retained.err());
                Err(faults)
            }
        }
    }
}

fn within_clearance(writer: &Writer<'_>, rank: Rank) -> Result<(), Fault> {
    if rank > writer.scope().caller.clearance {
        return Err(Fault::new(Code::RankAboveClearance).at("labels.rank"));
    }
    Ok(())
}

/// A new signal with its parts.
pub struct New {
    /// The signal.
    pub row: SignalRow,
    /// Its personal part.
    pub personal: Personal,
    /// What it is about.
    pub subjects: Subjects,
    /// Its grants.
    pub grants: Vec<GrantRow>,
}

/// Records a draft.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn record(session: &Session, draft: Draft) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::Record).await?;
    let mut wanted = Wanted::default();
    draft.want(&mut wanted);
    let lookup = Lookup::find(&writer, &wanted).await?;
    let (subjects, labels, retain_until) = draft
        .checked(&writer, &lookup)
        .map_err(|faults| under("input", faults))?;
    let number = number::take(&writer, 1)
        .await?
        .pop()
        .ok_or_else(|| Fault::broken("no number was taken"))?;
    let row = new_row(&writer, &draft, number, labels, retain_until);
    let id = row.id;
    let new = New {
        row,
        personal: draft.personal,
        subjects,
        grants: Vec::new(),
    };
    if !insert(&mut writer, vec![new], "recorded").await?.is_empty() {
        return Err(Fault::new(Code::DuplicateReference)
            .at("input.externalReference")
            .into());
    }
    writer.commit().await?;
    Ok(id)
}

fn under(prefix: &str, faults: Vec<Fault>) -> Vec<Fault> {
    faults.into_iter().map(|fault| fault.under(prefix)).collect()
}

/// The row of a new draft.
pub fn new_row(writer: &Writer<'_>, draft: &Draft, number: String, labels: Labels, retain_until: i64) -> SignalRow {
    let scope = writer.scope();
    let row = SignalRow {
        id: writer.id(),
        number,
        owner_id: scope.caller.organisation,
        author_id: scope.caller.account,
        created_at: scope.now,
        updated_at: scope.now,
        version: 1,
        state: State::Draft as i16,
        rank: labels.rank as i16,
        tlp: labels.tlp as i16,
        use_limit: labels.use_limit as i16,
        retain_until,
        title: String::new(),
        narrative: String::new(),
        category: String::new(),
        severity: 0,
        urgency: 0,
        observed_from: 0,
        observed_until: None,
        place: None,
        note: None,
        origin: 0,
        external_system: draft.external.as_ref().map(|external| external.system.clone()),
        external_reference: draft.external.as_ref().map(|external| external.reference.clone()),
        retraction: None,
    };
    with_content(row, &draft.content)
}

/// A row with this content.
pub fn with_content(row: SignalRow, content: &Content) -> SignalRow {
    SignalRow {
        title: content.title.trim().to_owned(),
        narrative: content.narrative.trim().to_owned(),
        category: content.category.clone(),
        severity: content.severity as i16,
        urgency: content.urgency as i16,
        observed_from: content.observed_from,
        observed_until: content.observed_until,
        place: content.place.clone(),
        note: content.note.clone(),
        origin: content.origin as i16,
        ..row
    }
}

/// Writes new signals with their parts, feed, search words and log lines; gives those that were left out, because
/// their external reference is taken.
///
/// # Errors
/// The database's.
pub async fn insert(writer: &mut Writer<'_>, mut new: Vec<New>, change: &'static str) -> Result<Vec<Uuid>, Fault> {
    let rows = new.iter().map(|new| new.row.clone().into_active_model()).collect();
    let taken = writer.insert_unless_taken(rows).await?;
    let taken: Vec<Uuid> = taken
        .into_iter()
        .filter_map(|index| new.get(index))
        .map(|new| new.row.id)
        .collect();
    new.retain(|new| !taken.contains(&new.row.id));
    // The feed before the parts: row-level security lets a part be written only to a signal that can be seen.
    let shaped: Vec<_> = new
        .iter()
        .map(|new| feed::Shaped {
            signal: &new.row,
            subjects: new.subjects.numbered().map(|(_, id)| id).collect(),
            grants: &new.grants,
        })
        .collect();
    feed::add(writer, &shaped).await?;
    let subjects = new.iter().flat_map(|new| subject_rows(new.row.id, &new.subjects));
    writer.insert(subjects.collect()).await?;
    let personal = new.iter().filter_map(|new| personal_row(new.row.id, &new.personal));
    writer.insert(personal.collect()).await?;
    let grants = new.iter().flat_map(|new| &new.grants);
    writer
        .insert(grants.map(|row| row.clone().into_active_model()).collect())
        .await?;
    search::add(writer, &new.iter().map(|new| &new.row).collect::<Vec<_>>()).await?;
    for new in &new {
        writer.changed::<signal::Entity>(new.row.id, change, new.row.version);
    }
    Ok(taken)
}

fn subject_rows(id: Uuid, subjects: &Subjects) -> Vec<signal_subject::ActiveModel> {
    let row = |(kind, subject)| signal_subject::ActiveModel {
        signal_id: Set(id),
        kind: Set(kind),
        subject_id: Set(subject),
    };
    subjects.numbered().map(row).collect()
}

fn personal_row(id: Uuid, personal: &Personal) -> Option<signal_personal::ActiveModel> {
    (!personal.is_empty()).then(|| signal_personal::ActiveModel {
        signal_id: Set(id),
        reporter_name: Set(personal.reporter_name.clone()),
        reporter_contact: Set(personal.reporter_contact.clone()),
        persons_involved: Set(serde_json::to_string(&personal.persons_involved).unwrap_or_else(|_| "[]".to_owned())),
    })
}

/// Saves a signal's next state: its row, its feed, its log line. What its feed depends on must be saved before.
///
/// # Errors
/// The database's.
pub async fn save(
    writer: &mut Writer<'_>,
    loaded: &Loaded<SignalRow>,
    next: SignalRow,
    change: &'static str,
) -> Result<SignalRow, Fault> {
    let next = SignalRow {
        version: loaded.version + 1,
        updated_at: writer.scope().now,
        ..next
    };
    let (id, version) = (next.id, next.version);
    let mut active = next.clone().into_active_model().reset_all();
    active.id = sea_orm::ActiveValue::NotSet;
    let update = signal::Entity::update_many()
        .set(active)
        .filter(signal::Column::Id.eq(id));
    // The row before the feed: afterwards the caller may no longer see it.
    writer.execute(&update.into_query()).await?;
    let subjects = writer.parts(&[id], signal_subject::Entity::find()).await?;
    let grants = writer.parts(&[id], signal_grant::Entity::find()).await?;
    let subjects = subjects.into_iter().map(|row| row.subject_id).collect();
    feed::renew(
        writer,
        feed::Shaped {
            signal: &next,
            subjects,
            grants: &grants,
        },
    )
    .await?;
    writer.changed::<signal::Entity>(id, change, version);
    Ok(next)
}

/// Replaces a signal's content and parts.
///
/// # Errors
/// The database's.
pub async fn replace(
    writer: &mut Writer<'_>,
    loaded: &Loaded<SignalRow>,
    next: SignalRow,
    subjects: Option<&Subjects>,
    personal: Option<&Personal>,
    change: &'static str,
) -> Result<SignalRow, Fault> {
    let id = loaded.id;
    if let Some(subjects) = subjects {
        let old = signal_subject::Entity::delete_many().filter(signal_subject::Column::SignalId.eq(id));
        writer.execute(&old.into_query()).await?;
        writer.insert(subject_rows(id, subjects)).await?;
    }
    if let Some(personal) = personal {
        let old = signal_personal::Entity::delete_many().filter(signal_personal::Column::SignalId.eq(id));
        writer.execute(&old.into_query()).await?;
        writer.insert(personal_row(id, personal).into_iter().collect()).await?;
    }
    search::remove(writer, id).await?;
    search::add(writer, &[&next]).await?;
    save(writer, loaded, next, change).await
}

/// Edits a signal: `edit` says what its draft becomes.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn edit(
    session: &Session,
    id: Uuid,
    version: i32,
    edit: impl FnOnce(&SignalRow) -> (Draft, Changes) + Send,
) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Edit).await?;
    let loaded = writer.load::<signal::Entity>(id).await?;
    same_version(version, loaded.version)?;
    let (draft, changes) = edit(&loaded);
    let mut wanted = Wanted::default();
    draft.want(&mut wanted);
    let lookup = Lookup::find(&writer, &wanted).await?;
    let (mut subjects, _, _) = draft
        .checked(&writer, &lookup)
        .map_err(|faults| under("input", faults))?;
    let old = subjects_within(&writer, &[id]).await?.remove(&id).unwrap_or_default();
    if !changes.parties {
        subjects.parties = old.parties;
    }
    if !changes.sites {
        subjects.sites = old.sites;
    }
    if !changes.regions {
        subjects.regions = old.regions;
    }
    let next = with_content((*loaded).clone(), &draft.content);
    let personal = changes.personal.then_some(&draft.personal);
    replace(&mut writer, &loaded, next, Some(&subjects), personal, "edited").await?;
    Ok(writer.commit().await?)
}

/// Which parts an edit says something of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Parties.
    pub parties: bool,
    /// Sites.
    pub sites: bool,
    /// Regions.
    pub regions: bool,
    /// The personal part.
    pub personal: bool,
}

/// What signals that a write has seen are about.
///
/// # Errors
/// The database's.
pub async fn subjects_within(writer: &Writer<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
    Ok(group(writer.parts(ids, signal_subject::Entity::find()).await?))
}

fn group(mut rows: Vec<signal_subject::Model>) -> HashMap<Uuid, Subjects> {
    rows.sort_by_key(|row| (row.kind, row.subject_id));
    let mut all: HashMap<Uuid, Subjects> = HashMap::new();
    for row in rows {
        let subjects = all.entry(row.signal_id).or_default();
        match row.kind {
            1 => subjects.parties.push(row.subject_id),
            2 => subjects.sites.push(row.subject_id),
            _ => subjects.regions.push(row.subject_id),
        }
    }
    all
}

/// Brings a draft out.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn publish(session: &Session, id: Uuid, version: i32) -> Result<(), Fault> {
    let mut writer = session.writer(Operation::Publish).await?;
    let loaded = writer.load::<signal::Entity>(id).await?;
    same_version(version, loaded.version)?;
    let next = SignalRow {
        state: State::Published as i16,
        ..(*loaded).clone()
    };
    save(&mut writer, &loaded, next, "published").await?;
    writer.commit().await
}

/// Withdraws a published signal from everyone but its owner.
///
/// # Errors
/// `STALE_VERSION`, `WRONG_STATE` and what loading says.
pub async fn retract(session: &Session, id: Uuid, version: i32, reason: String) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Retract).await?;
    let mut faults = Vec::new();
    model::required("reason", &reason, 1_000, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let loaded = writer.load::<signal::Entity>(id).await?;
    same_version(version, loaded.version)?;
    let next = SignalRow {
        state: State::Retracted as i16,
        retraction: Some(reason),
        ..(*loaded).clone()
    };
    save(&mut writer, &loaded, next, "retracted").await?;
    Ok(writer.commit().await?)
}

/// Changes a signal's marks. Tightening the TLP ends the grants that it forbids, in the same transaction.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn label(session: &Session, id: Uuid, version: i32, marks: Marks) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Label).await?;
    let loaded = writer.load::<signal::Entity>(id).await?;
    same_version(version, loaded.version)?;
    let mut next = (*loaded).clone();
    if let Some(rank) = marks.rank {
        within_clearance(&writer, rank)?;
        next.rank = rank as i16;
    }
    if let Some(limit) = marks.use_limit {
        next.use_limit = limit as i16;
    }
    if let Some(date) = marks.retain_until {
        next.retain_until = model::retention(Some(date), writer.scope().now)?;
    }
    if let Some(tlp) = marks.tlp {
        grant::end_forbidden(&writer, &loaded, tlp).await?;
        next.tlp = tlp as i16;
    }
    save(&mut writer, &loaded, next, "labelled").await?;
    Ok(writer.commit().await?)
}

/// Signals by id, those that may be seen.
///
/// # Errors
/// The database's.
pub async fn by_ids(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<Seen<SignalRow>>, Fault> {
    reader
        .see(signal::Entity::find().filter(signal::Column::Id.is_in(ids.iter().copied())))
        .await
}

/// What signals that were seen are about. A party that was merged into another is that other.
///
/// # Errors
/// The database's.
pub async fn subjects(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
    let mut all = group(reader.parts(ids, signal_subject::Entity::find()).await?);
    let named: BTreeSet<Uuid> = all.values().flat_map(|subjects| &subjects.parties).copied().collect();
    let survivors = alias::survivors(reader, &Vec::from_iter(named)).await?;
    for subjects in all.values_mut().filter(|_| !survivors.is_empty()) {
        let parties: BTreeSet<Uuid> = subjects
            .parties
            .iter()
            .map(|party| survivors.get(party).copied().unwrap_or(*party))
            .collect();
        subjects.parties = parties.into_iter().collect();
    }
    Ok(all)
}

/// The personal parts of signals that a write has seen, to compare with what is delivered; never to be shown.
///
/// # Errors
/// The database's.
pub async fn personal_within(writer: &Writer<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Personal>, Fault> {
    let rows = writer.parts(ids, signal_personal::Entity::find()).await?;
    Ok(rows.into_iter().map(|row| (row.signal_id, personal_of(row))).collect())
}

/// One personal field of signals that were seen, or why it stays masked. Logged per field.
///
/// # Errors
/// The database's.
pub async fn personal(
    reader: &Reader<'_>,
    field: &'static str,
    ids: &[Uuid],
) -> Result<Result<HashMap<Uuid, Personal>, MaskReason>, Fault> {
    let rows = reader.unmask(ids, field, signal_personal::Entity::find()).await?;
    Ok(rows.map(|rows| rows.into_iter().map(|row| (row.signal_id, personal_of(row))).collect()))
}

fn personal_of(row: signal_personal::Model) -> Personal {
    Personal {
        reporter_name: row.reporter_name,
        reporter_contact: row.reporter_contact,
        persons_involved: serde_json::from_str(&row.persons_involved).unwrap_or_default(),
    }
}
