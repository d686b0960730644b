//! Lists of signals: a filter becomes conditions on the feed, never more than the caller may see.

use std::collections::{BTreeSet, HashMap};

use access::Instant;
use foundation::reference::{alias, category, channel, circle, organisation, safety_region};
use foundation::session::{About, FEED, FeedQuery, Page, Place, column};
use foundation::{Code, Fault, Protected, Reader, Reference, Seen};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::rows::{signal, signal_grant};
use super::{SignalRow, person, search};
use crate::model::filter::{Choice, Filter, Subjects};

/// The list's query on the feed.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist.
pub async fn query(reader: &Reader<'_>, filter: &Filter) -> Result<FeedQuery, Fault> {
    let query = without_persons(reader, filter).await?;
    if filter.persons == Subjects::default() {
        return Ok(query);
    }
    person::narrow(reader, query, &filter.persons).await
}

/// Those of these signals that may be seen and fit the filter.
///
/// # Errors
/// `UNKNOWN_REFERENCE` for a code that does not exist; the database's.
pub async fn among(reader: &Reader<'_>, filter: &Filter, signals: Vec<Uuid>) -> Result<Vec<Seen<SignalRow>>, Fault> {
    let limit = signals.len() as u64;
    let mut query = FeedQuery {
        records: Some(signals),
        ..without_persons(reader, filter).await?
    };
    if filter.persons != Subjects::default() {
        query = person::narrow(reader, query, &filter.persons).await?;
    }
    Ok(page(reader, &query, None, limit).await?.rows)
}

async fn without_persons(reader: &Reader<'_>, filter: &Filter) -> Result<FeedQuery, Fault> {
    let known = Known::find(reader, &[filter]).await?;
    known.query(reader, filter)
}

/// The queries of several filters, found together, each with the circle that it names; persons are not looked at, but
/// whoever asks for them asks for published signals. A fault of one is its own.
///
/// # Errors
/// The database's.
pub async fn queries(
    reader: &Reader<'_>,
    filters: &[&Filter],
) -> Result<Vec<Result<(FeedQuery, Option<Uuid>), Fault>>, Fault> {
    let known = Known::find(reader, filters).await?;
    let query = |filter: &&Filter| {
        let mut query = known.query(reader, filter)?;
        if filter.persons != Subjects::default() {
            reader.tells_persons_apart()?;
            query = person::published(query);
        }
        let circle = filter.circle.as_ref().and_then(|code| known.circles.get(code));
        Ok((query, circle.copied()))
    };
    Ok(filters.iter().map(query).collect())
}

/// What filters name, found in one query per vocabulary: codes, and the ids under which parties are written.
#[derive(Default)]
pub(super) struct Known {
    parties: HashMap<Uuid, Vec<Uuid>>,
    categories: HashMap<String, Uuid>,
    regions: HashMap<String, Uuid>,
    owners: HashMap<String, Uuid>,
    circles: HashMap<String, Uuid>,
    /// The caller's channels, where a filter names a circle.
    channels: Vec<channel::Model>,
}

impl Known {
    async fn find(reader: &Reader<'_>, filters: &[&Filter]) -> Result<Self, Fault> {
        let mut known = Self::default();
        let named = |names: fn(&Filter) -> Vec<&String>| -> BTreeSet<&String> {
            filters.iter().flat_map(|filter| names(filter)).collect()
        };
        let parties = filters
            .iter()
            .flat_map(|filter| filter.party.iter().chain(filter.parties.named()));
        let parties: Vec<Uuid> = parties.copied().collect();
        known.parties = alias::all_ids(reader, &parties).await?;
        let categories = named(|filter| filter.category.iter().chain(filter.categories.named()).collect());
        if !categories.is_empty() {
            let rows = category::Entity::find().filter(category::Column::Code.is_in(categories));
            let rows = reader.reference(rows).await?;
            known.categories = rows.into_iter().map(|row| (row.code, row.id)).collect();
        }
        let regions = named(|filter| filter.region.iter().chain(filter.regions.named()).collect());
        if !regions.is_empty() {
            let rows = safety_region::Entity::find().filter(safety_region::Column::Code.is_in(regions));
            let rows = reader.reference(rows).await?;
            known.regions = rows.into_iter().map(|row| (row.code, row.id)).collect();
        }
        let owners = named(|filter| filter.owner.iter().chain(filter.owners.named()).collect());
        if !owners.is_empty() {
            let rows = organisation::Entity::find().filter(organisation::Column::Code.is_in(owners));
            let rows = reader.reference(rows).await?;
            known.owners = rows.into_iter().map(|row| (row.code, row.id)).collect();
        }
        let circles = named(|filter| filter.circle.iter().collect());
        if !circles.is_empty() {
            let rows = circle::Entity::find().filter(circle::Column::Code.is_in(circles));
            let rows = reader.reference(rows).await?;
            known.circles = rows.into_iter().map(|row| (row.code, row.id)).collect();
            let own = channel::Column::Id.is_in(reader.scope().channels.iter().copied());
            known.channels = reader.reference(channel::Entity::find().filter(own)).await?;
        }
        Ok(known)
    }

    /// The query of one of them, but for the persons that it asks for.
    fn query(&self, reader: &Reader<'_>, filter: &Filter) -> Result<FeedQuery, Fault> {
        let indexed = filter.text.as_ref();
        let indexed = indexed.map(|text| search::indexed(reader.backend(), text));
        let (subjects, mut looked_up) = self.subjects(filter)?;
        let mut channels = None;
        if let Some(code) = &filter.circle {
            let (through, condition) = self.circle(reader, code)?;
            channels = Some(through);
            looked_up = looked_up.add(condition);
        }
        Ok(FeedQuery {
            filter: self.own_columns(filter, reader.scope().now)?,
            looked_up,
            indexed,
            subjects,
            channels,
            ..FeedQuery::default()
        })
    }

    /// What is shared with a circle: seen as its member, or as owner of what was granted to it. Whoever is neither
    /// learns nothing of who shares what with it.
    fn circle(&self, reader: &Reader<'_>, code: &str) -> Result<(Vec<i64>, SimpleExpr), Fault> {
        let circle = found(&self.circles, code, "filter.circle")?;
        let of_circle = |row: &&channel::Model| row.kind == 3 && row.audience == circle;
        let members: Vec<i64> = self.channels.iter().filter(of_circle).map(|row| row.id).collect();
        let own_side = self.channels.iter().filter(|row| (5..=7).contains(&row.kind));
        let through = own_side.map(|row| row.id).chain(members.iter().copied()).collect();
        let granted = Query::select()
            .expr(Expr::val(1))
            .from(signal_grant::Entity)
            .and_where(signal_grant::Column::AudienceKind.eq(3))
            .and_where(signal_grant::Column::Audience.eq(circle))
            .and_where(signal_grant::Column::RevokedAt.is_null())
            .and_where(signal_grant::Column::OwnerId.eq(reader.scope().caller.organisation))
            .and_where(
                Expr::col((signal_grant::Entity, signal_grant::Column::SignalId))
                    .eq(Expr::col(column(FEED, "record_id"))),
            )
            .take();
        let record = Expr::col(column(FEED, "record_id"));
        let seen = reader.visible_through::<signal::Entity>(&members, record);
        Ok((through, seen.or(Expr::exists(granted))))
    }

    /// The conditions on what stands in the feed itself.
    pub(super) fn own_columns(&self, filter: &Filter, now: Instant) -> Result<Condition, Fault> {
        let of = |name| Expr::col(column(FEED, name));
        let category = |code: &String, field: &str| {
            found(&self.categories, code, field)?;
            Ok(code.clone())
        };
        let owner = |code: &String, field: &str| found(&self.owners, code, field);
        let (reliable, credible) = (&filter.reliabilities, &filter.credibilities);
        let number = Ok::<i16, Fault>;
        let choices = [
            chosen("category", &filter.categories, "filter.categories", category)?,
            chosen("severity", &filter.severities, "", |value, _| number(*value as i16))?,
            chosen("urgency", &filter.urgencies, "", |value, _| number(*value as i16))?,
            chosen("origin", &filter.origins, "", |value, _| number(*value as i16))?,
            chosen("state", &filter.states, "", |value, _| number(*value as i16))?,
            chosen("reliability", reliable, "", |value, _| number(*value as i16))?,
            chosen("credibility", credible, "", |value, _| number(*value as i16))?,
            chosen("owner_id", &filter.owners, "filter.owners", owner)?,
        ];
        let mut conditions = Condition::all();
        for choice in choices.into_iter().filter(|choice| !choice.is_empty()) {
            conditions = conditions.add(choice);
        }
        if let Some(code) = &filter.category {
            conditions = conditions.add(of("category").eq(category(code, "filter.category")?));
        }
        if let Some(severity) = filter.severity {
            conditions = conditions.add(of("severity").eq(severity as i16));
        }
        if let Some(code) = &filter.owner {
            conditions = conditions.add(of("owner_id").eq(owner(code, "filter.owner")?));
        }
        let bounds = [
            ("observed_at", filter.observed_from, filter.observed_until),
            ("created_at", filter.created_from, filter.created_until),
        ];
        for (name, from, until) in bounds {
            conditions = conditions
                .add_option(from.map(|from| of(name).gte(from)))
                .add_option(until.map(|until| of(name).lt(until)));
        }
        let ended = of("valid_until").lte(now);
        Ok(match filter.outdated {
            Some(true) => conditions.add(ended),
            Some(false) => conditions.add(ended.not().or(of("valid_until").is_null())),
            None => conditions,
        })
    }

    /// The subjects by which the list is walked, and the conditions for the others.
    fn subjects(&self, filter: &Filter) -> Result<(Vec<Uuid>, Condition), Fault> {
        let mut needed: Vec<Vec<Uuid>> = filter.party.iter().map(|id| self.written(&[*id])).collect();
        needed.extend(filter.site.map(|site| vec![site]));
        if let Some(code) = &filter.region {
            needed.push(vec![found(&self.regions, code, "filter.region")?]);
        }
        let mut conditions = Condition::all();
        let parties = about(&filter.parties, "filter.parties", |id, _| Ok(*id))?;
        let sites = about(&filter.sites, "filter.sites", |id, _| Ok(*id))?;
        let regions = about(&filter.regions, "filter.regions", |code, field| {
            found(&self.regions, code, field)
        })?;
        for (subjects, kind) in [
            (parties, "reference_party"),
            (sites, "reference_site"),
            (regions, "reference_region"),
        ] {
            needed.extend(subjects.all_of.iter().map(|id| self.written(&[*id])));
            needed.extend(subjects.any_of.map(|ids| self.written(&ids)));
            if !subjects.none_of.is_empty() {
                conditions = conditions.add(has(&self.written(&subjects.none_of)).not());
            }
            match subjects.absent {
                Some(true) => conditions = conditions.add(has_any(kind).not()),
                Some(false) => conditions = conditions.add(has_any(kind)),
                None => {}
            }
        }
        // The narrowest chooses the index to walk; the others are looked up per row.
        needed.sort_by_key(Vec::len);
        let mut needed = needed.into_iter();
        let walked = needed.next();
        if walked.as_ref().is_some_and(Vec::is_empty) {
            conditions = conditions.add(Expr::cust("1 = 0"));
        }
        for others in needed {
            conditions = conditions.add(has(&others));
        }
        Ok((walked.unwrap_or_default(), conditions))
    }

    /// Every id under which these are written: of a party those that were merged into it too.
    fn written(&self, ids: &[Uuid]) -> Vec<Uuid> {
        let of = |id: &Uuid| self.parties.get(id).cloned().unwrap_or_else(|| vec![*id]);
        let all: BTreeSet<Uuid> = ids.iter().flat_map(of).collect();
        all.into_iter().collect()
    }
}

fn found(known: &HashMap<String, Uuid>, code: &str, field: &str) -> Result<Uuid, Fault> {
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at(field);
    known.get(code).copied().ok_or_else(unknown)
}

/// Reads the values of one list; a fault names the value's place.
fn each<T, U>(
    values: &[T],
    field: &str,
    list: &str,
    read: impl Fn(&T, &str) -> Result<U, Fault>,
) -> Result<Vec<U>, Fault> {
    let one = |(place, value)| read(value, &format!("{field}.{list}.{place}"));
    values.iter().enumerate().map(one).collect()
}

/// The condition of a choice on a column of the feed.
fn chosen<T, U: Into<sea_orm::Value>>(
    name: &'static str,
    choice: &Choice<T>,
    field: &str,
    read: impl Fn(&T, &str) -> Result<U, Fault>,
) -> Result<Condition, Fault> {
    let of = || Expr::col(column(FEED, name));
    let mut condition = Condition::all();
    if let Some(values) = &choice.any_of {
        let values = each(values, field, "in", &read)?;
        condition = condition.add(of().is_in(values.into_iter().map(Into::into)));
    }
    if !choice.none_of.is_empty() {
        let values = each(&choice.none_of, field, "notIn", &read)?;
        // What nobody said anything of is none of these.
        let none = of().is_not_in(values.into_iter().map(Into::into));
        condition = condition.add(Condition::any().add(none).add(of().is_null()));
    }
    Ok(condition)
}

/// The ids of a choice of subjects.
fn about<T>(
    subjects: &Subjects<T>,
    field: &str,
    read: impl Fn(&T, &str) -> Result<Uuid, Fault>,
) -> Result<Subjects<Uuid>, Fault> {
    let any_of = subjects.any_of.as_ref().map(|values| each(values, field, "in", &read));
    Ok(Subjects {
        any_of: any_of.transpose()?,
        none_of: each(&subjects.none_of, field, "notIn", &read)?,
        all_of: each(&subjects.all_of, field, "all", &read)?,
        absent: subjects.absent,
    })
}

/// True of a record that is about one of these.
fn has(subjects: &[Uuid]) -> SimpleExpr {
    let among = Expr::col(column("s", "subject_id")).is_in(subjects.iter().copied());
    named(among)
}

/// True of a record that is about any of a kind.
fn has_any(kind: &'static str) -> SimpleExpr {
    let known = Query::select()
        .expr(Expr::val(1))
        .from_as(Alias::new(kind), Alias::new("k"))
        .and_where(Expr::col(column("k", "id")).eq(Expr::col(column("s", "subject_id"))))
        .take();
    named(Expr::exists(known))
}

/// True of a record that has a subject of which this is true. It is asked record by record, and by the record: what is
/// limited, PostgreSQL takes as it stands, where it would otherwise gather all records with such a subject, or walk the
/// subject's, for each page. The limit leaves nothing out.
fn named(condition: SimpleExpr) -> SimpleExpr {
    let record = Expr::col(column(FEED, "record_id"));
    let its = Query::select()
        .column(column("s", "subject_id"))
        .from_as(Alias::new(signal::Entity::SUBJECT_FEED), Alias::new("s"))
        .and_where(Expr::col(column("s", "record_id")).eq(record))
        .limit(i64::MAX.unsigned_abs())
        .take();
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_subquery(its, Alias::new("s"))
        .and_where(condition)
        .take();
    Expr::exists(rows)
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

/// A page in the query's order.
///
/// # Errors
/// The database's.
pub async fn page(
    reader: &Reader<'_>,
    query: &FeedQuery,
    after: Option<Place>,
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

/// The newest signals about each of several parties, in three statements for all of them.
///
/// # Errors
/// The database's.
pub async fn newest_about(
    reader: &Reader<'_>,
    parties: &[Uuid],
    limit: u64,
) -> Result<HashMap<Uuid, About<SignalRow>>, Fault> {
    reader.newest_per_subject::<signal::Entity>(parties, limit).await
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

/// A safety region by its code.
///
/// # Errors
/// `UNKNOWN_REFERENCE` at the field.
pub async fn region(reader: &Reader<'_>, code: &str, field: &'static str) -> Result<Uuid, Fault> {
    let rows = safety_region::Entity::find().filter(safety_region::Column::Code.eq(code));
    let unknown = || Fault::new(Code::UnknownReference).with("value", code).at(field);
    Ok(reader.reference(rows).await?.pop().ok_or_else(unknown)?.id)
}
