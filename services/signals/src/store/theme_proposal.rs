//! Proposed themes: worked out from what the caller sees at the moment of asking, kept nowhere.

use std::collections::HashMap;
use std::time::Duration;

use access::{Operation, State};
use foundation::root::subject;
use foundation::session::FeedQuery;
use foundation::{Code, Fault, Reader, Seen, Session, Weighed};
use recurrence::{Gathering, Material, NARRATIVE_READ, Proposal, RECORDS_MAXIMUM};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use uuid::Uuid;

use super::SignalRow;
use super::list;
use super::rows::signal;
use super::signal::by_ids;
use crate::model::filter::Filter;
use crate::model::signal::Subjects;

/// Signals per statement.
const ROWS: usize = 500;
/// Working proposals out keeps a processor busy: one caller at a time, so that others' requests go on.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
/// How long a caller waits for its turn, so that waiting and working stay within what a fetch may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long signals are read. It is enough for all that are looked at; a machine that is too busy looks at fewer, and
/// the answer says so.
const READING: Duration = Duration::from_millis(1_500);

/// What was found.
pub struct Found {
    /// How many signals were looked at.
    pub considered: usize,
    /// Whether these were all that fit the filter.
    pub complete: bool,
    /// The proposals, with their members.
    pub proposals: Vec<(Proposal, Vec<Seen<SignalRow>>)>,
}

/// Proposes themes over the published signals that the caller may see and that fit the filter. All members of the
/// proposals that are given are seen, and logged so; the others were only weighed.
///
/// # Errors
/// `FORBIDDEN` for a role that names no themes; `BUSY` while others have their turn; what the filter says; the database's.
pub async fn propose(session: &Session, filter: &Filter, first: usize) -> Result<Found, Fault> {
    // Who may not is told so before anything else, whoever has the turn.
    let reader = session.reader().await?;
    access::may_ever(&reader.scope().caller.roles, Operation::NameTheme)
        .map_err(|_| Fault::new(Code::Forbidden).with("operation", Operation::NameTheme.code()))?;
    drop(reader);
    let turn = turn().await?;
    let reader = session.reader().await?;
    let (gathering, ids, complete) = gather(&reader, filter).await?;
    drop(reader);
    let proposals = tokio::task::spawn_blocking(move || gathering.propose());
    let mut proposals = proposals.await.map_err(Fault::internal)?;
    drop(turn);
    proposals.truncate(first);
    let reader = session.reader().await?;
    let seen = see(&reader, &ids, &proposals).await?;
    let with_members = |proposal: Proposal| {
        let places = proposal.members.iter().map(|member| ids[member.place]);
        let members: Option<Vec<Seen<SignalRow>>> = places.map(|id| seen.get(&id).cloned()).collect();
        members.map(|members| (proposal, members))
    };
    Ok(Found {
        considered: ids.len(),
        complete,
        proposals: proposals.into_iter().filter_map(with_members).collect(),
    })
}

/// The caller's turn.
async fn turn() -> Result<SemaphorePermit<'static>, Fault> {
    let turn = tokio::time::timeout(PATIENCE, ONE_AT_A_TIME.acquire()).await;
    turn.map_err(|_| Fault::new(Code::Busy))?.map_err(Fault::internal)
}

/// Gathers the newest signals, with the id of each by its place.
async fn gather(reader: &Reader<'_>, filter: &Filter) -> Result<(Gathering, Vec<Uuid>, bool), Fault> {
    let query = FeedQuery {
        limit: RECORDS_MAXIMUM as u64 + 1,
        ..list::query(reader, filter).await?
    };
    let mut newest = reader.places::<signal::Entity>(&query).await?;
    let mut complete = newest.len() <= RECORDS_MAXIMUM;
    newest.truncate(RECORDS_MAXIMUM);
    let begun = Instant::now();
    let nothing = Subjects::default();
    let mut gathering = Gathering::default();
    let mut ids = Vec::with_capacity(newest.len());
    for chunk in newest.chunks(ROWS) {
        if begun.elapsed() > READING {
            complete = false;
            break;
        }
        let rows: HashMap<Uuid, Weighed<Said>> = said(reader, chunk)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let subjects = subject::weighed::<SignalRow>(reader, chunk).await?;
        for row in chunk.iter().filter_map(|id| rows.get(id)) {
            let about = subjects.get(&row.id).unwrap_or(&nothing);
            gathering.add(Material {
                title: &row.title,
                narrative: &row.narrative,
                category: &row.category,
                parties: &about.parties,
                sites: &about.sites,
                regions: &about.regions,
            });
            ids.push(row.id);
        }
    }
    Ok((gathering, ids, complete))
}

/// What a signal says: all that is read of it to reckon with.
#[derive(FromQueryResult)]
struct Said {
    id: Uuid,
    title: String,
    narrative: String,
    category: String,
}

/// What published signals say; a draft and what is retracted make no theme.
async fn said(reader: &Reader<'_>, ids: &[Uuid]) -> Result<Vec<Weighed<Said>>, Fault> {
    let beginning = Func::cust("SUBSTR")
        .arg(Expr::col((signal::Entity, signal::Column::Narrative)))
        .arg(1)
        .arg(NARRATIVE_READ as i32);
    let select = signal::Entity::find()
        .select_only()
        .columns([signal::Column::Id, signal::Column::Title, signal::Column::Category])
        .expr_as(beginning, "narrative")
        .filter(signal::Column::Id.is_in(ids.iter().copied()))
        .filter(signal::Column::State.eq(State::Published as i16));
    reader.weigh(select).await
}

async fn see(
    reader: &Reader<'_>,
    ids: &[Uuid],
    proposals: &[Proposal],
) -> Result<HashMap<Uuid, Seen<SignalRow>>, Fault> {
    let members = proposals.iter().flat_map(|proposal| &proposal.members);
    let mut members: Vec<Uuid> = members.map(|member| ids[member.place]).collect();
    members.sort_unstable();
    members.dedup();
    let mut seen = HashMap::new();
    for chunk in members.chunks(ROWS) {
        let rows = by_ids(reader, chunk).await?;
        seen.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(seen)
}
