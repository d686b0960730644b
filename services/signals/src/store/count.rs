//! Counts and trends: what a list has, by value; each number with the filter of its list.

use std::collections::HashMap;
use std::hash::Hash;

use access::State;
use foundation::reference::{organisation, safety_region};
use foundation::session::{Facet, Group, Key};
use foundation::{Code, Fault, Reader};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::rows::signal;
use super::{list, person};
use crate::model::count::{
    Breakdown, Bucket, COUNTED_MAXIMUM, Counts, Dimension, PERIODS_MAXIMUM, Point, Trend, Value, top,
};
use crate::model::filter::Filter;
use crate::model::period::{Per, Period};
use crate::model::reliability::{Credibility, Reliability};
use crate::model::signal::{Origin, Severity, Urgency};

/// The moment by which periods go.
const OBSERVED: Facet = Facet::Hour("observed_at");

fn facet(dimension: Dimension) -> Option<Facet> {
    Some(match dimension {
        Dimension::Category => Facet::Text("category"),
        Dimension::Severity => Facet::Number("severity"),
        Dimension::Urgency => Facet::Number("urgency"),
        Dimension::Origin => Facet::Number("origin"),
        Dimension::State => Facet::Number("state"),
        Dimension::Reliability => Facet::Number("reliability"),
        Dimension::Credibility => Facet::Number("credibility"),
        Dimension::Owner => Facet::Id("owner_id"),
        Dimension::Party => Facet::Subject("reference_party"),
        Dimension::Site => Facet::Subject("reference_site"),
        Dimension::Region => Facet::Subject("reference_region"),
        Dimension::Month | Dimension::Year => OBSERVED,
        // Names are not in the feed.
        Dimension::Person => return None,
    })
}

/// How many signals a list has, by each of these dimensions.
///
/// # Errors
/// What the filter says; the database's.
pub async fn counts(
    reader: &Reader<'_>,
    filter: &Filter,
    by: &[Dimension],
    most: usize,
    asked: &str,
) -> Result<Counts, Fault> {
    let query = list::query(reader, filter).await?;
    let facets: Vec<Vec<Facet>> = by
        .iter()
        .filter_map(|dimension| facet(*dimension))
        .map(|one| vec![one])
        .collect();
    let (total, tallies) = reader
        .tally::<signal::Entity>(&query, &facets, COUNTED_MAXIMUM, asked)
        .await?;
    let names = Names::find(reader, tallies.iter().flatten()).await?;
    let mut breakdowns = Vec::with_capacity(by.len());
    let mut tallies = tallies.into_iter();
    for dimension in by {
        let mut buckets = Vec::new();
        if facet(*dimension).is_none() {
            let persons = person::tally(reader, &query).await?.into_iter();
            buckets.extend(persons.map(|(person, count)| (Value::Person(person), count)));
        } else {
            for (key, count) in together(tallies.next().unwrap_or_default(), *dimension) {
                buckets.push((names.value(*dimension, key)?, count));
            }
        }
        let more = top(&mut buckets, most, name);
        let bucket = |(value, count): (Value, u64)| Bucket {
            filter: value.of(filter),
            value,
            count,
        };
        breakdowns.push(Breakdown {
            by: *dimension,
            buckets: buckets.into_iter().map(bucket).collect(),
            more,
        });
    }
    Ok(Counts { total, breakdowns })
}

/// How many signals of a list were observed in each period, and of these by a dimension.
///
/// # Errors
/// What the filter says; `TOO_MANY` periods; the database's.
pub async fn trend(
    reader: &Reader<'_>,
    filter: &Filter,
    per: Per,
    by: Option<(Dimension, usize)>,
    asked: &str,
) -> Result<Trend, Fault> {
    let query = list::query(reader, filter).await?;
    let mut facets = vec![vec![OBSERVED]];
    if let Some((dimension, _)) = by {
        let no_trend = || {
            let (dutch, english) = ("een verloop per persoon bestaat niet", "there is no trend by person");
            Fault::new(Code::InvalidInput)
                .with_words("reason", dutch, english)
                .at("by")
        };
        facets.push(vec![OBSERVED, facet(dimension).ok_or_else(no_trend)?]);
    }
    let (total, tallies) = reader
        .tally::<signal::Entity>(&query, &facets, COUNTED_MAXIMUM, asked)
        .await?;
    let mut tallies = tallies.into_iter();
    let hours = tallies.next().unwrap_or_default().into_iter();
    let counts = sums(hours.map(|group| (period(per, &group.keys), group.count)));
    let mut points = Vec::new();
    for period in span(counts.keys().copied())? {
        points.push(Point {
            period,
            count: counts.get(&period).copied().unwrap_or_default(),
            filter: Value::Period(period).of(filter),
            buckets: Vec::new(),
        });
    }
    if let Some(((dimension, most), groups)) = by.zip(tallies.next()) {
        divide(reader, &mut points, per, dimension, most, groups).await?;
    }
    Ok(Trend { total, points })
}

/// Divides the points of a trend by the values of a dimension that are largest over all of it.
async fn divide(
    reader: &Reader<'_>,
    points: &mut [Point],
    per: Per,
    dimension: Dimension,
    most: usize,
    groups: Vec<Group>,
) -> Result<(), Fault> {
    let names = Names::find(reader, &groups).await?;
    let keyed = |group: &Group| key(dimension, group.keys.get(1).cloned().unwrap_or(Key::Nothing));
    let mut largest = Vec::new();
    for (key, count) in sums(groups.iter().map(|group| (keyed(group), group.count))) {
        largest.push((names.value(dimension, key)?, count));
    }
    top(&mut largest, most, name);
    let cells = sums(
        groups
            .iter()
            .map(|group| ((period(per, &group.keys), keyed(group)), group.count)),
    );
    let mut of: HashMap<Period, Vec<(Value, u64)>> = HashMap::new();
    for ((period, key), count) in cells {
        of.entry(period)
            .or_default()
            .push((names.value(dimension, key)?, count));
    }
    for point in points {
        let mut values = of.remove(&point.period).unwrap_or_default();
        values.retain(|(value, _)| largest.iter().any(|(large, _)| large == value));
        top(&mut values, most, name);
        let bucket = |(value, count): (Value, u64)| Bucket {
            filter: value.of(&point.filter),
            value,
            count,
        };
        point.buckets = values.into_iter().map(bucket).collect();
    }
    Ok(())
}

fn sums<K: Eq + Hash>(counts: impl Iterator<Item = (K, u64)>) -> HashMap<K, u64> {
    let mut sums = HashMap::new();
    for (key, count) in counts {
        *sums.entry(key).or_default() += count;
    }
    sums
}

/// The groups of one dimension; of a period those of all its hours together.
fn together(groups: Vec<Group>, dimension: Dimension) -> HashMap<Key, u64> {
    let of = |group: Group| {
        (
            key(dimension, group.keys.into_iter().next().unwrap_or(Key::Nothing)),
            group.count,
        )
    };
    sums(groups.into_iter().map(of))
}

/// The key of a dimension: of a moment, the beginning of its period.
fn key(dimension: Dimension, key: Key) -> Key {
    match (dimension.per(), key) {
        (Some(per), Key::Number(moment)) => Key::Number(Period::of(per, moment).from()),
        (_, key) => key,
    }
}

fn period(per: Per, keys: &[Key]) -> Period {
    match keys.first() {
        Some(Key::Number(moment)) => Period::of(per, *moment),
        _ => Period::of(per, 0),
    }
}

/// All periods from the first to the last of these.
fn span(periods: impl Iterator<Item = Period> + Clone) -> Result<Vec<Period>, Fault> {
    let (Some(first), Some(last)) = (periods.clone().min(), periods.max()) else {
        return Ok(Vec::new());
    };
    let all: Vec<Period> = std::iter::successors(Some(first), |period| Some(period.next()))
        .take_while(|period| *period <= last)
        .take(PERIODS_MAXIMUM + 1)
        .collect();
    if all.len() > PERIODS_MAXIMUM {
        let many = Fault::new(Code::TooMany).with("count", format!("> {PERIODS_MAXIMUM}"));
        return Err(many.with("maximum", PERIODS_MAXIMUM).at("per"));
    }
    Ok(all)
}

/// By what equal numbers are put in order.
fn name(value: &Value) -> String {
    match value {
        Value::Category(code) | Value::Owner(_, code) => code.clone(),
        Value::Severity(value) => (*value as i16).to_string(),
        Value::Urgency(value) => (*value as i16).to_string(),
        Value::Origin(value) => (*value as i16).to_string(),
        Value::State(value) => (*value as i16).to_string(),
        Value::Reliability(value) => value.map(|value| (value as i16).to_string()).unwrap_or_default(),
        Value::Credibility(value) => value.map(|value| (value as i16).to_string()).unwrap_or_default(),
        Value::Person(pseudonym) => pseudonym.to_string(),
        Value::Party(id) | Value::Site(id) => id.map(|id| id.to_string()).unwrap_or_default(),
        Value::Region(code) => code.clone().unwrap_or_default(),
        Value::Period(period) => period.name(),
    }
}

/// The codes of what was counted, found in one query per vocabulary.
#[derive(Default)]
struct Names(HashMap<Uuid, String>);

impl Names {
    async fn find(reader: &Reader<'_>, groups: impl IntoIterator<Item = &Group>) -> Result<Self, Fault> {
        let ids = groups.into_iter().flat_map(|group| &group.keys);
        let ids = ids.filter_map(|key| if let Key::Id(id) = key { Some(*id) } else { None });
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let mut names = Self::default();
        if ids.is_empty() {
            return Ok(names);
        }
        // Both vocabularies are small; whoever is neither keeps its id.
        let rows = reader.reference(organisation::Entity::find()).await?;
        names.0.extend(rows.into_iter().map(|row| (row.id, row.code)));
        let rows = reader.reference(safety_region::Entity::find()).await?;
        names.0.extend(rows.into_iter().map(|row| (row.id, row.code)));
        Ok(names)
    }

    fn code(&self, id: Uuid) -> Result<String, Fault> {
        let unknown = || Fault::broken("a code of what was counted is missing");
        self.0.get(&id).cloned().ok_or_else(unknown)
    }

    fn value(&self, dimension: Dimension, key: Key) -> Result<Value, Fault> {
        let outside = || Fault::broken("a stored value outside its enumeration");
        Ok(match (dimension, key) {
            (Dimension::Category, Key::Text(code)) => Value::Category(code),
            (Dimension::Owner, Key::Id(id)) => Value::Owner(id, self.code(id)?),
            (Dimension::Party, Key::Id(id)) => Value::Party(Some(id)),
            (Dimension::Site, Key::Id(id)) => Value::Site(Some(id)),
            (Dimension::Region, Key::Id(id)) => Value::Region(Some(self.code(id)?)),
            (Dimension::Party, Key::Nothing) => Value::Party(None),
            (Dimension::Site, Key::Nothing) => Value::Site(None),
            (Dimension::Region, Key::Nothing) => Value::Region(None),
            (Dimension::Reliability, Key::Nothing) => Value::Reliability(None),
            (Dimension::Credibility, Key::Nothing) => Value::Credibility(None),
            (dimension, Key::Number(number)) => match dimension.per() {
                Some(per) => Value::Period(Period::of(per, number)),
                None => numbered(dimension, i16::try_from(number).map_err(|_| outside())?).ok_or_else(outside)?,
            },
            _ => return Err(outside()),
        })
    }
}

fn numbered(dimension: Dimension, number: i16) -> Option<Value> {
    match dimension {
        Dimension::Severity => Severity::from_number(number).map(Value::Severity),
        Dimension::Urgency => Urgency::from_number(number).map(Value::Urgency),
        Dimension::Origin => Origin::from_number(number).map(Value::Origin),
        Dimension::State => State::from_number(number).map(Value::State),
        Dimension::Reliability => Reliability::from_number(number).map(|value| Value::Reliability(Some(value))),
        Dimension::Credibility => Credibility::from_number(number).map(|value| Value::Credibility(Some(value))),
        _ => None,
    }
}
