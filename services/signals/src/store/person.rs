//! Persons involved, by pseudonym: shown, counted, and lists narrowed by them. Only of published signals: whoever may
//! record a draft could otherwise learn the pseudonym of any name by writing it down.

use std::collections::{HashMap, HashSet};

use access::{MaskReason, State};
use foundation::session::{ByRecord, FEED, FeedQuery, column};
use foundation::{Fault, Reader};
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use super::rows::{signal, signal_personal};
use crate::model::filter::Subjects;

/// Among how many signals persons are looked for, at most.
pub const PERSONS_MAXIMUM: u64 = 10_000;
/// How many signals may be left out of a list by their persons: they are named in each of its arms.
const EXCLUDED_MAXIMUM: usize = 200;

/// The field's name in the log.
const FIELD: &str = "personsInvolved";

fn involved(row: &signal_personal::Model) -> Vec<String> {
    serde_json::from_str(&row.persons_involved).unwrap_or_default()
}

fn reporter(row: &signal_personal::Model) -> Vec<String> {
    row.reporter_name.clone().into_iter().collect()
}

/// The pseudonyms of persons involved in signals that were seen, or why they stay masked.
///
/// # Errors
/// `PSEUDONYMS_OFF`; the database's.
pub async fn of(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Result<ByRecord, MaskReason>, Fault> {
    reader
        .pseudonymise::<signal_personal::Entity>(signals, FIELD, involved)
        .await
}

/// The pseudonyms of the reporters of signals that were seen, or why they stay masked.
///
/// # Errors
/// `PSEUDONYMS_OFF`; the database's.
pub async fn reporters(reader: &Reader<'_>, signals: &[Uuid]) -> Result<Result<ByRecord, MaskReason>, Fault> {
    reader
        .pseudonymise::<signal_personal::Entity>(signals, "reporter", reporter)
        .await
}

/// The same list, of published signals alone.
pub fn published(query: FeedQuery) -> FeedQuery {
    let published = Expr::col(column(FEED, "state")).eq(State::Published as i16);
    FeedQuery {
        filter: query.filter.add(published),
        ..query
    }
}

/// The list narrowed to the signals with these persons.
///
/// # Errors
/// `FORBIDDEN` for whoever gets no pseudonyms; `PSEUDONYMS_OFF`; `TOO_MANY`; the database's.
pub async fn narrow(reader: &Reader<'_>, query: FeedQuery, persons: &Subjects<Uuid>) -> Result<FeedQuery, Fault> {
    let query = published(query);
    let known = reader
        .persons::<signal_personal::Entity>(&query, PERSONS_MAXIMUM, involved)
        .await?;
    let excluded: Vec<Uuid> = known
        .iter()
        .filter(|(_, all)| persons.excludes(all))
        .map(|(id, _)| *id)
        .collect();
    if persons.needs() {
        let meeting = known
            .iter()
            .filter(|(_, all)| persons.met_by(all) && !persons.excludes(all));
        let records: Vec<Uuid> = meeting.map(|(id, _)| *id).collect();
        reader.narrowed_by::<signal::Entity>(FIELD, records.iter().copied());
        return Ok(FeedQuery {
            records: Some(records),
            ..query
        });
    }
    reader.narrowed_by::<signal::Entity>(FIELD, excluded.iter().copied());
    if excluded.len() > EXCLUDED_MAXIMUM {
        let many = Fault::new(foundation::Code::TooMany).with("count", excluded.len());
        return Err(many.with("maximum", EXCLUDED_MAXIMUM).at("filter.persons.notIn"));
    }
    if excluded.is_empty() {
        return Ok(query);
    }
    let others = Expr::col(column(FEED, "record_id")).is_not_in(excluded);
    Ok(FeedQuery {
        filter: query.filter.add(others),
        ..query
    })
}

/// Which of these signals, which fit the rest of a list's filter, name the persons that it asks for.
///
/// # Errors
/// `FORBIDDEN` for whoever gets no pseudonyms; `PSEUDONYMS_OFF`; the database's.
pub async fn met(
    reader: &Reader<'_>,
    query: &FeedQuery,
    persons: &Subjects<Uuid>,
    signals: &[Uuid],
) -> Result<HashSet<Uuid>, Fault> {
    let query = FeedQuery {
        records: Some(signals.to_vec()),
        ..query.clone()
    };
    let known = reader
        .persons::<signal_personal::Entity>(&query, PERSONS_MAXIMUM, involved)
        .await?;
    let meets = |signal: &&Uuid| {
        let all = known.get(*signal).map(Vec::as_slice).unwrap_or_default();
        persons.met_by(all) && !persons.excludes(all)
    };
    let met: HashSet<Uuid> = signals.iter().filter(meets).copied().collect();
    reader.narrowed_by::<signal::Entity>(FIELD, met.iter().copied());
    Ok(met)
}

/// How many signals of a list name each person.
///
/// # Errors
/// `FORBIDDEN` for whoever gets no pseudonyms; `PSEUDONYMS_OFF`; `TOO_MANY`; the database's.
pub async fn tally(reader: &Reader<'_>, query: &FeedQuery) -> Result<HashMap<Uuid, u64>, Fault> {
    let query = published(query.clone());
    let known = reader
        .persons::<signal_personal::Entity>(&query, PERSONS_MAXIMUM, involved)
        .await?;
    let mut counts = HashMap::new();
    for person in known.into_values().flatten() {
        *counts.entry(person).or_default() += 1;
    }
    Ok(counts)
}
