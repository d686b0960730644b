//! Lists of signals: a filter becomes conditions on the feed, never more than the caller may see.

use std::collections::HashMap;

use foundation::reference::{category, channel, circle, organisation, safety_region};
use foundation::session::{FEED, FeedQuery, Page, Position, column};
use foundation::{Code, Fault, Reader, Reference, Seen};
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
    let mut subjects: Vec<Uuid> = filter.party.into_iter().chain(filter.site).collect();
    if let Some(code) = &filter.region {
        subjects.push(region(reader, code, "filter.region").await?);
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
    for subject in subjects.iter().skip(1) {
        conditions = conditions.add(about(*subject));
    }
    Ok(FeedQuery {
        filter: conditions,
        subject: subjects.first().copied(),
        channels,
        after: None,
        limit: 0,
    })
}

/// A safety region by its code.
///
/// # Errors
/// `UNKNOWN_REFERENCE` at this field.
pub async fn region(reader: &Reader<'_>, code: &str, field: &'static str) -> Result<Uuid, Fault> {
    let rows = safety_region::Entity::find().filter(safety_region::Column::Code.eq(code));
    Ok(one(reader, rows, code, field).await?.id)
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

fn about(subject: Uuid) -> SimpleExpr {
    let record = Expr::col(column(FEED, "record_id"));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(signal_subject::Entity)
        .and_where(signal_subject::Column::SubjectId.eq(subject))
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

/// The newest signals about each of several parties, in two statements for all of them.
///
/// # Errors
/// The database's.
pub async fn newest_about(
    reader: &Reader<'_>,
    subjects: &[Uuid],
    limit: u64,
) -> Result<HashMap<Uuid, Page<SignalRow>>, Fault> {
    reader.newest_per_subject::<signal::Entity>(subjects, limit).await
}

/// The signal with this key in another system: the own inspectorate's, or else the one of another that is visible.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for an owner that does not exist; `INVALID_INPUT` when several others have the same key.
pub async fn by_external(
    reader: &Reader<'_>,
    system: &str,
    reference: &str,
    owner: Option<&str>,
) -> Result<Option<Seen<SignalRow>>, Fault> {
    let mut select = signal::Entity::find()
        .filter(signal::Column::ExternalSystem.eq(system))
        .filter(signal::Column::ExternalReference.eq(reference));
    if let Some(code) = owner {
        let rows = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
        let owner = one(reader, rows, code, "owner").await?.id;
        select = select.filter(signal::Column::OwnerId.eq(owner));
    }
    let mut found = reader.see(select).await?;
    if let Some(own) = found.iter().position(Seen::own) {
        return Ok(Some(found.swap_remove(own)));
    }
    if found.len() > 1 {
        let (dutch, english) = (
            "meer inspecties hebben dit kenmerk",
            "several inspectorates have this reference",
        );
        let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
        return Err(fault.at("owner"));
    }
    Ok(found.pop())
}
