//! Covenants: recorded, edited, listed. Publishing, marking, sharing and retracting are done as for every root.

use std::collections::HashMap;

use access::{FOREVER, Instant, Operation};
use foundation::check::same_version;
use foundation::clock;
use foundation::reference::{alias, organisation};
use foundation::root::check::{Marks, at_most, labels};
use foundation::root::lookup::{Lookup, Wanted};
use foundation::root::{Head, Subjects, life, subject};
use foundation::session::{FEED, FeedQuery, column};
use foundation::{Code, Fault, Reader, Seen, Session, Writer};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::CovenantRow;
use super::rows::{covenant, covenant_participant};
use crate::model::covenant::{Content, Participant, check};

/// A covenant as it is handed in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says.
    pub content: Content,
    /// The inspectorates that take part.
    pub participants: Vec<Participant>,
    /// The supervised parties that it is made with.
    pub parties: Vec<Uuid>,
}

/// A draft of which every reference is known to exist.
struct Checked {
    subjects: Subjects,
    participants: Vec<(Uuid, Option<i32>)>,
    period: (Instant, Instant),
}

impl Draft {
    /// Every fault at once, each at its field.
    async fn checked(&self, writer: &Writer<'_>) -> Result<Checked, Vec<Fault>> {
        let mut faults = check(&self.content, &self.participants);
        if self.parties.is_empty() {
            faults.push(Fault::new(Code::Required).at("parties"));
        }
        at_most("parties", self.parties.len(), &mut faults);
        let wanted = Wanted {
            parties: self.parties.iter().copied().collect(),
            ..Wanted::default()
        };
        Lookup::find(writer, &wanted).await?.parties(&self.parties, &mut faults);
        let participants = self.known(writer, &mut faults).await?;
        let start = clock::start_of(self.content.starts);
        let end = self.content.ends.map_or(Some(FOREVER), clock::end_of);
        let (Some(start), Some(end)) = (start, end) else {
            let words = ("hij is niet voor te stellen", "it cannot be represented");
            let fault = Fault::new(Code::InvalidDate).with_words("reason", words.0, words.1);
            return Err(vec![fault.at("starts")]);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut parties = self.parties.clone();
        parties.sort_unstable();
        parties.dedup();
        Ok(Checked {
            subjects: Subjects {
                parties,
                ..Subjects::default()
            },
            participants,
            period: (start, end),
        })
    }

    /// The participants that exist.
    async fn known(&self, writer: &Writer<'_>, faults: &mut Vec<Fault>) -> Result<Vec<(Uuid, Option<i32>)>, Fault> {
        let codes = self.participants.iter().map(|participant| &participant.organisation);
        let rows = organisation::Entity::find().filter(organisation::Column::Code.is_in(codes));
        let rows = writer.reference(rows).await?;
        let mut known = Vec::with_capacity(self.participants.len());
        for (place, participant) in self.participants.iter().enumerate() {
            match rows.iter().find(|row| row.code == participant.organisation) {
                Some(row) => known.push((row.id, participant.inspections)),
                None => {
                    let unknown = Fault::new(Code::UnknownReference).with("value", &participant.organisation);
                    faults.push(unknown.at(format!("participants.{place}.organisation")));
                }
            }
        }
        Ok(known)
    }

    fn row(&self, head: Head, period: (Instant, Instant)) -> CovenantRow {
        let content = &self.content;
        let text = |text: &Option<String>| {
            text.as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        CovenantRow {
            id: head.id,
            owner_id: head.owner_id,
            author_id: head.author_id,
            created_at: head.created_at,
            updated_at: head.updated_at,
            version: head.version,
            state: head.state,
            rank: head.rank,
            tlp: head.tlp,
            use_limit: head.use_limit,
            retain_until: head.retain_until,
            retraction: head.retraction,
            held_at: head.held_at,
            frozen_at: head.frozen_at,
            title: content.title.trim().to_owned(),
            inspections: content.inspections,
            period: content.period as i16,
            report_duty: content.report_duty,
            report_rule: text(&content.report_rule),
            report_treatment: text(&content.report_treatment),
            permit_months: content.permit_months,
            vms_quality: content.vms_quality.map(|quality| quality as i16),
            starts_at: period.0,
            ends_at: period.1,
        }
    }
}

fn under_input(faults: Vec<Fault>) -> Vec<Fault> {
    faults.into_iter().map(|fault| fault.under("input")).collect()
}

/// Records a draft.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn record(session: &Session, draft: Draft, marks: Marks) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::Record).await?;
    let checked = draft.checked(&writer).await;
    let scope = writer.scope();
    let marked = labels(&marks, scope.caller.clearance, scope.now);
    let (checked, (labels, retain_until)) = match (checked, marked) {
        (Ok(checked), Ok(marked)) => (checked, marked),
        (checked, marked) => {
            let mut faults = under_input(checked.err().unwrap_or_default());
            faults.extend(marked.err().unwrap_or_default());
            return Err(faults);
        }
    };
    let row = draft.row(life::head(&writer, labels, retain_until), checked.period);
    writer.insert(vec![row.clone().into_active_model()]).await?;
    let new = life::New {
        row: &row,
        subjects: &checked.subjects,
        grants: &[],
    };
    life::place(&mut writer, &[new], "recorded").await?;
    writer.insert(rows_of(row.id, &checked.participants)).await?;
    writer.commit().await?;
    Ok(row.id)
}

fn rows_of(id: Uuid, participants: &[(Uuid, Option<i32>)]) -> Vec<covenant_participant::ActiveModel> {
    let row = |(organisation, inspections): &(Uuid, Option<i32>)| covenant_participant::ActiveModel {
        covenant_id: Set(id),
        organisation_id: Set(*organisation),
        inspections: Set(*inspections),
    };
    participants.iter().map(row).collect()
}

/// Edits a covenant: what it says, as a whole.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn edit(session: &Session, id: Uuid, version: i32, draft: Draft) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::Edit).await?;
    let loaded = writer.load::<covenant::Entity>(id).await?;
    same_version(version, loaded.version)?;
    let checked = draft.checked(&writer).await.map_err(under_input)?;
    subject::replace::<CovenantRow>(&writer, id, &checked.subjects).await?;
    let old = covenant_participant::Entity::delete_many().filter(covenant_participant::Column::CovenantId.eq(id));
    writer.execute(&old.into_query()).await?;
    writer.insert(rows_of(id, &checked.participants)).await?;
    let next = draft.row(foundation::Root::head(&*loaded), checked.period);
    life::save(&mut writer, &loaded, next, "edited").await?;
    Ok(writer.commit().await?)
}

/// What a list is narrowed to, beside what the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A party that it is made with.
    pub party: Option<Uuid>,
    /// The code of the owning organisation.
    pub owner: Option<String>,
    /// It holds at this moment.
    pub at: Option<Instant>,
}

/// The list's query on the feed.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub async fn query(reader: &Reader<'_>, filter: &Filter) -> Result<FeedQuery, Fault> {
    let mut conditions = Condition::all();
    if let Some(code) = &filter.owner {
        conditions = conditions.add(owned(reader, code).await?);
    }
    if let Some(at) = filter.at {
        conditions = conditions
            .add(Expr::col(column(FEED, "starts_at")).lte(at))
            .add(Expr::col(column(FEED, "ends_at")).gt(at));
    }
    about(reader, conditions, filter.party).await
}

/// The condition that an organisation owns what is listed.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub(super) async fn owned(reader: &Reader<'_>, code: &str) -> Result<sea_orm::sea_query::SimpleExpr, Fault> {
    let rows = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    let unknown = || {
        Fault::new(Code::UnknownReference)
            .with("value", code)
            .at("filter.owner")
    };
    let owner = reader.reference(rows).await?.pop().ok_or_else(unknown)?;
    Ok(Expr::col(column(FEED, "owner_id")).eq(owner.id))
}

/// A list with these conditions, perhaps about one party and what was merged into it.
pub(super) async fn about(reader: &Reader<'_>, conditions: Condition, party: Option<Uuid>) -> Result<FeedQuery, Fault> {
    let party: Vec<Uuid> = party.into_iter().collect();
    Ok(FeedQuery {
        filter: conditions,
        subjects: alias::written(&alias::all_ids(reader, &party).await?),
        ..FeedQuery::default()
    })
}

/// Covenants by id, those that may be seen.
///
/// # Errors
/// The database's.
pub async fn by_ids(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Seen<CovenantRow>>, Fault> {
    let select = covenant::Entity::find().filter(covenant::Column::Id.is_in(ids.iter().copied()));
    let rows = session.reader().await?.see(select).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Who takes part in covenants that were seen, and what each has agreed to for itself.
///
/// # Errors
/// The database's.
pub async fn participants(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<(Uuid, Option<i32>)>>, Fault> {
    let rows = session
        .reader()
        .await?
        .parts(ids, covenant_participant::Entity::find())
        .await?;
    let mut all: HashMap<Uuid, Vec<(Uuid, Option<i32>)>> = HashMap::new();
    for row in rows {
        let of = all.entry(row.covenant_id).or_default();
        of.push((row.organisation_id, row.inspections));
    }
    Ok(all)
}
