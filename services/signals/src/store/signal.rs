//! Signals: each change is one transaction that decides, moves, saves, feeds, logs; each read goes through the door.

use std::collections::HashMap;

use access::{Labels, MaskReason, Operation};
use foundation::root::{Head, life, subject};
use foundation::session::Loaded;
use foundation::{Code, Fault, Reader, Seen, Session, Writer};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::lookup::{Lookup, Wanted};
use super::rows::{signal, signal_personal};
use super::{GrantRow, SignalRow, number, search};
use crate::model::provenance::Provenance;
use crate::model::signal::{
    self as model, Content, External, Marks, Personal, Subjects, at_most, check, check_external, check_personal,
    same_version,
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
        faults.extend(check_personal(&self.personal, self.content.origin));
        faults.extend(self.external.as_ref().map(check_external).unwrap_or_default());
        at_most("parties", self.parties.len(), &mut faults);
        at_most("sites", self.sites.len(), &mut faults);
        at_most("regions", self.regions.len(), &mut faults);
        lookup.category(&self.content.category, &mut faults);
        lookup.parties(&self.parties, &mut faults);
        lookup.sites(&self.sites, &mut faults);
        let regions = lookup.regions(&self.regions, &mut faults);
        match model::labels(&self.marks, scope.caller.clearance, scope.now) {
            Ok((labels, retain_until)) if faults.is_empty() => {
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
            marked => {
                faults.extend(marked.err().unwrap_or_default());
                Err(faults)
            }
        }
    }
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
    let Head {
        id,
        owner_id,
        author_id,
        created_at,
        updated_at,
        version,
        state,
        rank,
        tlp,
        use_limit,
        retain_until,
        retraction,
        held_at,
        frozen_at,
    } = life::head(writer, labels, retain_until);
    let row = SignalRow {
        id,
        number,
        owner_id,
        author_id,
        created_at,
        updated_at,
        version,
        state,
        rank,
        tlp,
        use_limit,
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
        retraction,
        held_at,
        frozen_at,
        valid_until: None,
        reliability: None,
        credibility: None,
        url_hash: None,
        collected_at: None,
        tool: None,
        tool_version: None,
        confidence: None,
        product_category: None,
    };
    with_content(row, &draft.content)
}

/// A row with this content.
pub fn with_content(row: SignalRow, content: &Content) -> SignalRow {
    let found = content.provenance.as_ref();
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
        valid_until: content.valid_until,
        reliability: content.reliability.map(|value| value as i16),
        credibility: content.credibility.map(|value| value as i16),
        url_hash: found.map(|found| found.url_hash.clone()),
        collected_at: found.map(|found| found.collected_at),
        tool: found.map(|found| found.tool.clone()),
        tool_version: found.and_then(|found| found.tool_version.clone()),
        confidence: found.and_then(|found| found.confidence),
        product_category: found.and_then(|found| found.product_category.clone()),
        ..row
    }
}

/// How a machine came by a stored signal.
pub fn provenance(row: &SignalRow) -> Option<Provenance> {
    Some(Provenance {
        url_hash: row.url_hash.clone()?,
        collected_at: row.collected_at?,
        tool: row.tool.clone()?,
        tool_version: row.tool_version.clone(),
        confidence: row.confidence,
        product_category: row.product_category.clone(),
    })
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
    let placed: Vec<_> = new
        .iter()
        .map(|new| life::New {
            row: &new.row,
            subjects: &new.subjects,
            grants: &new.grants,
        })
        .collect();
    life::place(writer, &placed, change).await?;
    let personal = new.iter().filter_map(|new| personal_row(new.row.id, &new.personal));
    writer.insert(personal.collect()).await?;
    search::add(writer, &new.iter().map(|new| &new.row).collect::<Vec<_>>()).await?;
    Ok(taken)
}

fn personal_row(id: Uuid, personal: &Personal) -> Option<signal_personal::ActiveModel> {
    (!personal.is_empty()).then(|| signal_personal::ActiveModel {
        signal_id: Set(id),
        reporter_name: Set(personal.reporter_name.clone()),
        reporter_contact: Set(personal.reporter_contact.clone()),
        persons_involved: Set(serde_json::to_string(&personal.persons_involved).unwrap_or_else(|_| "[]".to_owned())),
    })
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
    // Before its subjects change: they are part of what it was.
    super::version::keep(writer, loaded).await?;
    if let Some(subjects) = subjects {
        subject::replace::<SignalRow>(writer, id, subjects).await?;
    }
    if let Some(personal) = personal {
        let old = signal_personal::Entity::delete_many().filter(signal_personal::Column::SignalId.eq(id));
        writer.execute(&old.into_query()).await?;
        writer.insert(personal_row(id, personal).into_iter().collect()).await?;
    }
    search::remove(writer, id).await?;
    search::add(writer, &[&next]).await?;
    life::replace(writer, loaded, next, change).await
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
    changed(&mut writer, &loaded, draft, changes, "edited").await?;
    Ok(writer.commit().await?)
}

/// Corrects a signal on another's proposal, as an edit does.
///
/// # Errors
/// Every fault at once.
pub async fn corrected(
    writer: &mut Writer<'_>,
    loaded: &Loaded<SignalRow>,
    draft: Draft,
    changes: Changes,
) -> Result<SignalRow, Vec<Fault>> {
    changed(writer, loaded, draft, changes, "corrected").await
}

async fn changed(
    writer: &mut Writer<'_>,
    loaded: &Loaded<SignalRow>,
    draft: Draft,
    changes: Changes,
    change: &'static str,
) -> Result<SignalRow, Vec<Fault>> {
    let mut wanted = Wanted::default();
    draft.want(&mut wanted);
    let lookup = Lookup::find(writer, &wanted).await?;
    let (mut subjects, _, _) = draft
        .checked(writer, &lookup)
        .map_err(|faults| under("input", faults))?;
    let old = subjects_within(writer, &[loaded.id])
        .await?
        .remove(&loaded.id)
        .unwrap_or_default();
    if !changes.parties {
        subjects.parties = old.parties;
    }
    if !changes.sites {
        subjects.sites = old.sites;
    }
    if !changes.regions {
        subjects.regions = old.regions;
    }
    let next = with_content((**loaded).clone(), &draft.content);
    let personal = changes.personal.then_some(&draft.personal);
    Ok(replace(writer, loaded, next, Some(&subjects), personal, change).await?)
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
    subject::within::<SignalRow>(writer, ids).await
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
    subject::of::<SignalRow>(reader, ids).await
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
