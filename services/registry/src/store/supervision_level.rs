//! Supervision levels: set, listed. Marking, sharing and retracting are done as for every root.

use std::collections::HashMap;

use access::{Instant, Operation, State};
use foundation::clock;
use foundation::root::check::{Marks, labels};
use foundation::root::grant::{Asked, Resolved};
use foundation::root::lookup::{Lookup, Wanted};
use foundation::root::{Subjects, life, sharing};
use foundation::session::{FEED, FeedQuery, column};
use foundation::{Code, Fault, Reader, Seen, Session, Writer};
use jiff::civil;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::LevelRow;
use super::alias::all_ids;
use super::covenant::{about, owned};
use super::rows::supervision_level;
use crate::model::supervision_level::{Level, Step, check};

/// A step as it is handed in.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The party.
    pub party: Uuid,
    /// The level from now on.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// The Dutch date from which it holds; today where nothing is said.
    pub from: Option<civil::Date>,
    /// Its marks.
    pub marks: Marks,
    /// Whom it is shared with.
    pub grants: Vec<Asked>,
}

/// Sets the level at which the own inspectorate supervises a party: recorded and brought out in one step.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn set(session: &Session, draft: Draft) -> Result<Uuid, Vec<Fault>> {
    let mut writer = session.writer(Operation::Publish).await?;
    let wanted = Wanted {
        parties: [draft.party].into(),
        grants: draft.grants.clone(),
        ..Wanted::default()
    };
    let lookup = Lookup::find(&writer, &wanted).await?;
    let (scope, mut faults) = (writer.scope(), Vec::new());
    faults.extend(check(&draft.reason).into_iter().map(|fault| fault.under("input")));
    let mut missing = Vec::new();
    lookup.parties(&[draft.party], &mut missing);
    faults.extend(missing.into_iter().map(|fault| fault.at("input.party")));
    let from = draft.from.map_or(Some(scope.now), clock::start_of);
    if from.is_none() {
        let words = ("hij is niet voor te stellen", "it cannot be represented");
        let fault = Fault::new(Code::InvalidDate).with_words("reason", words.0, words.1);
        faults.push(fault.at("input.from"));
    }
    let marked = labels(&draft.marks, scope.caller.clearance, scope.now);
    let tlp = marked.as_ref().map_or(access::Tlp::Clear, |(labels, _)| labels.tlp);
    let grants = lookup.grants(&draft.grants, tlp, writer.scope().now, &mut faults);
    let ((labels, retain_until), from) = match (marked, from) {
        (Ok(marked), Some(from)) if faults.is_empty() => (marked, from),
        (marked, _) => {
            faults.extend(marked.err().unwrap_or_default());
            return Err(faults);
        }
    };
    let before = before(&writer, draft.party, from).await?;
    let step = Step::between(before, draft.level);
    let head = life::head(&writer, labels, retain_until);
    let row = LevelRow {
        id: head.id,
        owner_id: head.owner_id,
        author_id: head.author_id,
        created_at: head.created_at,
        updated_at: head.updated_at,
        version: head.version,
        state: State::Published as i16,
        rank: head.rank,
        tlp: head.tlp,
        use_limit: head.use_limit,
        retain_until: head.retain_until,
        retraction: head.retraction,
        held_at: head.held_at,
        frozen_at: head.frozen_at,
        party_id: draft.party,
        level: draft.level as i16,
        step: step as i16,
        reason: draft.reason.trim().to_owned(),
        starts_at: from,
    };
    place(&mut writer, &row, &grants, step).await?;
    writer.commit().await?;
    Ok(row.id)
}

/// The level before a step: of the own inspectorate's published steps that hold by then, the latest that is seen.
async fn before(writer: &Writer<'_>, party: Uuid, from: Instant) -> Result<Option<Level>, Fault> {
    let ids = all_ids(writer, party).await?;
    let own = supervision_level::Entity::find()
        .filter(supervision_level::Column::PartyId.is_in(ids))
        .filter(supervision_level::Column::OwnerId.eq(writer.scope().caller.organisation))
        .filter(supervision_level::Column::State.eq(State::Published as i16))
        .filter(supervision_level::Column::StartsAt.lte(from));
    let steps = writer.see(own).await?;
    let latest = steps
        .iter()
        .max_by_key(|step| (step.starts_at, step.created_at, step.id));
    Ok(latest.and_then(|step| Level::from_number(step.level)))
}

async fn place(writer: &mut Writer<'_>, row: &LevelRow, grants: &[Resolved], step: Step) -> Result<(), Fault> {
    writer.insert(vec![row.clone().into_active_model()]).await?;
    let mut rows = Vec::with_capacity(grants.len());
    for grant in grants {
        rows.push(sharing::row(writer, row, grant).await?);
    }
    let subjects = Subjects {
        parties: vec![row.party_id],
        ..Subjects::default()
    };
    let new = life::New {
        row,
        subjects: &subjects,
        grants: &rows,
    };
    life::place(writer, &[new], step.change()).await
}

/// What a list is narrowed to, beside what the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The party.
    pub party: Option<Uuid>,
    /// The code of the inspectorate whose level it is.
    pub owner: Option<String>,
    /// The level.
    pub level: Option<Level>,
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
    if let Some(level) = filter.level {
        conditions = conditions.add(Expr::col(column(FEED, "level")).eq(level as i16));
    }
    about(reader, conditions, filter.party).await
}

/// Steps by id, those that may be seen.
///
/// # Errors
/// The database's.
pub async fn by_ids(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Seen<LevelRow>>, Fault> {
    let select = supervision_level::Entity::find().filter(supervision_level::Column::Id.is_in(ids.iter().copied()));
    let rows = session.reader().await?.see(select).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The level of each inspectorate at which parties are supervised now, as far as the caller may see: of each
/// inspectorate the latest step that holds.
///
/// # Errors
/// The database's.
pub async fn current(session: &Session, parties: &[Uuid]) -> Result<HashMap<Uuid, Vec<Seen<LevelRow>>>, Fault> {
    let reader = session.reader().await?;
    reader
        .latest_per_owner::<supervision_level::Entity>(parties, "starts_at")
        .await
}
