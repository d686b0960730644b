//! Lists of signals: a filter becomes conditions on the feed, never more than the caller may see.

use std::collections::HashMap;

use foundation::reference::{alias, category, channel, circle, organisation, safety_region};
use foundation::session::{FEED, FeedQuery, Page, Position, column};
use foundation::{Code, Fault, Reader, Reference};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use uuid::Uuid;

use access::Instant;

use super::rows::{signal, signal_grant, signal_subject};
use super::{SignalRow, search};
use crate::model::signal::Severity;

/// The name of signals in the outbox.
pub const KIND: &str = <signal::Entity as foundation::Protected>::KIND;

/// What a list is narrowed to, beside what the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Category code.
    pub category: Option<String>,
    /// Severity.
    pub severity: Option<Severity>,
    /// A party it is about.
    pub party: Option<Uuid>,
    /// A site it is about.
    pub site: Option<Uuid>,
    /// The code of a safety region it is about.
    pub region: Option<String>,
    /// Observed at or after.
    pub observed_from: Option<Instant>,
    /// Observed before.
    pub observed_until: Option<Instant>,
    /// The code of the owning organisation.
    pub owner: Option<String>,
    /// The code of a circle it is shared with.
    pub circle: Option<String>,
    /// Words in its number, title, narrative or place.
    pub text: Option<String>,
}

/// The list's query on the feed.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub async fn query(reader: &Reader<'_>, filter: &Filter) -> Result<FeedQuery, Fault> {
    let mut conditions = Condition::all();
    // Each of them under every id by which it is written.
    let mut subjects: Vec<Vec<Uuid>> = Vec::new();
    if let Some(party) = filter.party {
        subjects.extend(alias::all_ids(reader, &[party]).await?.into_values());
    }
    subjects.extend(filter.site.map(|site| vec![site]));
    if let Some(code) = &filter.region {
        let rows = safety_region::Entity::find().filter(safety_region::Column::Code.eq(code));
        subjects.push(vec![one(reader, rows, code, "filter.region").await?.id]);
    }
    if let Some(code) = &filter.category {
        let rows = category::Entity::find().filter(category::Column::Code.eq(code));
        one(reader, rows, code, "filter.category").await?;
        conditions = conditions.add(Expr::col(column(FEED, "category")).eq(code.as_str()));
    }
    if let Some(severity) = filter.severity {
        conditions = conditions.add(Expr::col(column(FEED, "severity")).eq(severity as i16));
    }
    if let Some(code) = &filter.owner {
        let rows = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
        let owner = one(reader, rows, code, "filter.owner").await?.id;
        conditions = conditions.add(Expr::col(column(FEED, "owner_id")).eq(owner));
    }
    if let Some(from) = filter.observed_from {
        conditions = conditions.add(Expr::col(column(FEED, "observed_at")).gte(from));
    }
    if let Some(until) = filter.observed_until {
        conditions = conditions.add(Expr::col(column(FEED, "observed_at")).lt(until));
    }
    if let Some(text) = &filter.text {
        let record = format!("{FEED}.record_id");
        // A text without words matches nothing: it asked for something, and nothing has it.
        let found = search::condition(reader.backend(), text, &record);
        conditions = conditions.add(found.unwrap_or_else(|| Expr::cust("1 = 0")));
    }
    let mut channels = None;
    if let Some(code) = &filter.circle {
        let (through, condition) = circle(reader, code).await?;
        channels = Some(through);
        conditions = conditions.add(condition);
    }
    // The first subject chooses the index to walk; further ones are looked up per row.
    let mut subjects = subjects.into_iter();
    let first = subjects.next();
    for ids in subjects {
        conditions = conditions.add(about(ids));
    }
    Ok(FeedQuery {
        filter: conditions,
        subjects: first.unwrap_or_default(),
        channels,
        after: None,
        limit: 0,
    })
}

async fn one<E: Reference>(
    reader: &Reader<'_>,
    rows: sea_orm::Select<E>,
    code: &str,
    field: &'static str,
) -> Result<E::Model, Fault> {
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at(field);
    reader.reference(rows).await?.pop().ok_or_else(unknown)
}

fn about(ids: Vec<Uuid>) -> SimpleExpr {
    let record = Expr::col(column(FEED, "record_id"));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(signal_subject::Entity)
        .and_where(signal_subject::Column::SubjectId.is_in(ids))
        .and_where(Expr::col((signal_subject::Entity, signal_subject::Column::SignalId)).eq(record))
        .take();
    Expr::exists(rows)
}

/// What is shared with a circle: seen as its member, or as owner of what was granted to it. Whoever is neither
/// learns nothing of who shares what with it.
async fn circle(reader: &Reader<'_>, code: &str) -> Result<(Vec<i64>, SimpleExpr), Fault> {
    let rows = circle::Entity::find().filter(circle::Column::Code.eq(code));
    let circle = one(reader, rows, code, "filter.circle").await?.id;
    let scope = reader.scope();
    let own_or_circle = Condition::any()
        .add(channel::Column::Kind.eq(3).and(channel::Column::Audience.eq(circle)))
        .add(channel::Column::Kind.is_in([5, 6, 7]));
    let rows = channel::Entity::find()
        .filter(channel::Column::Id.is_in(scope.channels.iter().copied()))
        .filter(own_or_circle);
    let rows = reader.reference(rows).await?;
    let members: Vec<i64> = rows.iter().filter(|row| row.kind == 3).map(|row| row.id).collect();
    let granted = Query::select()
        .expr(Expr::val(1))
        .from(signal_grant::Entity)
        .and_where(signal_grant::Column::AudienceKind.eq(3))
        .and_where(signal_grant::Column::Audience.eq(circle))
        .and_where(signal_grant::Column::RevokedAt.is_null())
        .and_where(signal_grant::Column::OwnerId.eq(scope.caller.organisation))
        .and_where(
            Expr::col((signal_grant::Entity, signal_grant::Column::SignalId)).eq(Expr::col(column(FEED, "record_id"))),
        )
        .take();
    let condition = Expr::col(column(FEED, "channel"))
        .is_in(members)
        .or(Expr::exists(granted));
    Ok((rows.into_iter().map(|row| row.id).collect(), condition))
}

/// A page, newest first.
///
/// # Errors
/// The database's.
pub async fn page(
    reader: &Reader<'_>,
    query: &FeedQuery,
    after: Option<Position>,
    limit: u64,
) -> Result<Page<SignalRow>, Fault> {
    reader
        .page::<signal::Entity>(&FeedQuery {
            after,
            limit,
            ..query.clone()
        })
        .await
}

/// How many there are, up to the cap and one.
///
/// # Errors
/// The database's.
pub async fn count(reader: &Reader<'_>, query: &FeedQuery, cap: u64) -> Result<u64, Fault> {
    reader.count::<signal::Entity>(query, cap).await
}

/// Under which other purposes there is more.
///
/// # Errors
/// The database's.
pub async fn also_under(reader: &Reader<'_>, query: &FeedQuery) -> Result<Vec<String>, Fault> {
    reader.also_under::<signal::Entity>(query).await
}

/// The newest signals about a party, and every id under which it is written.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The first page.
    pub page: Page<SignalRow>,
    /// The ids of the party: its own, and of what was merged into it.
    pub ids: Vec<Uuid>,
}

impl About {
    /// The query that the whole list answers.
    pub fn query(&self) -> FeedQuery {
        FeedQuery {
            filter: Condition::all(),
            subjects: self.ids.clone(),
            channels: None,
            after: None,
            limit: 0,
        }
    }
}

/// The newest signals about each of several parties, in three statements for all of them.
///
/// # Errors
/// The database's.
pub async fn newest_about(reader: &Reader<'_>, parties: &[Uuid], limit: u64) -> Result<HashMap<Uuid, About>, Fault> {
    let subjects = alias::all_ids(reader, parties).await?;
    let mut pages = reader.newest_per_subject::<signal::Entity>(&subjects, limit).await?;
    let about = |(party, ids)| {
        let page = pages.remove(&party).unwrap_or_default();
        (party, About { page, ids })
    };
    Ok(subjects.into_iter().map(about).collect())
}
