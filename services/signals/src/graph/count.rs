//! Counts and trends of signals: every number has the filter of its list.

use async_graphql::resolver_utils::EnumType;
use async_graphql::{Context, Enum, Object, SimpleObject, Value as Json};
use foundation::graphql::kit::{Date, PAGE_DEFAULT, State, page_cost, page_size};
use foundation::{Fault, ids};

use super::door::{Door, door};
use super::filter::{SignalFilter, SignalFilterValue};
use super::party::SupervisedParty;
use super::provenance::{InformationCredibility, SourceReliability};
use super::signal::{Organisation, Origin, SafetyRegion, Severity, Site, Urgency};
use crate::model::count::{self as model, COUNTED_MAXIMUM, Value};
use crate::model::filter::Filter;
use crate::model::period::Per;
use crate::store::count;

/// What a count weighs beside its buckets: it walks the whole list.
pub const COUNT_COST: usize = 20_000;
/// How many values a trend is divided by when nothing is said.
const DIVIDED_DEFAULT: i32 = 10;

/// What signals are counted by (indeling).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SignalDimension", remote = "model::Dimension")]
pub enum Dimension {
    /// Categorie.
    Category,
    /// Ernst.
    Severity,
    /// Urgentie.
    Urgency,
    /// Herkomst.
    Origin,
    /// Staat.
    State,
    /// Eigenaar: the owning organisation.
    Owner,
    /// Ondertoezichtstaande: a signal about two counts with both.
    Party,
    /// Vestiging: a signal about two counts with both.
    Site,
    /// Veiligheidsregio: a signal about two counts with both.
    Region,
    /// Betrouwbaarheid: how reliable the source is.
    Reliability,
    /// Geloofwaardigheid: how credible the information is.
    Credibility,
    /// Betrokkene: a person involved, by pseudonym, in published signals; among at most 10,000. Refused to whoever gets no
    /// pseudonyms.
    Person,
    /// Maand: the Dutch civil month in which it began to be observed.
    Month,
    /// Jaar: the Dutch civil year in which it began to be observed.
    Year,
}

/// How long the periods of a trend are (periode).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Per")]
pub enum TrendPeriod {
    /// Week, from Monday (ISO 8601).
    Week,
    /// Maand.
    Month,
    /// Jaar.
    Year,
}

/// How many signals (aantal); exact up to 100,000. Exactly one of the two is set.
#[derive(Clone, Copy, Debug)]
pub struct SignalCount {
    count: u64,
    complete: bool,
}

/// How many signals (aantal); exact up to 100,000. Exactly one of the two is set.
#[Object]
impl SignalCount {
    /// The count, when all could be counted.
    async fn exactly(&self) -> Option<u64> {
        self.complete.then_some(self.count)
    }

    /// The count among the newest 100,000, when there are more.
    async fn at_least(&self) -> Option<u64> {
        (!self.complete).then_some(self.count)
    }
}

/// The signals with one value (vak).
pub struct SignalBucket {
    bucket: model::Bucket,
    complete: bool,
    door: Door,
}

/// The name of an enumeration's value in the graph.
fn word(value: impl EnumType) -> Option<String> {
    match async_graphql::resolver_utils::enum_value(value) {
        Json::Enum(name) => Some(name.to_string()),
        _ => None,
    }
}

/// The signals with one value (vak).
#[Object]
impl SignalBucket {
    /// The value: a code, an id, `2026-05`; null for the signals that have none.
    async fn key(&self) -> Option<String> {
        match &self.bucket.value {
            Value::Category(code) | Value::Owner(_, code) => Some(code.clone()),
            Value::Severity(value) => word(Severity::from(*value)),
            Value::Urgency(value) => word(Urgency::from(*value)),
            Value::Origin(value) => word(Origin::from(*value)),
            Value::State(value) => word(State::from(*value)),
            Value::Reliability(value) => value.and_then(|value| word(SourceReliability::from(value))),
            Value::Credibility(value) => value.and_then(|value| word(InformationCredibility::from(value))),
            Value::Party(party) => party.map(|id| ids::write(ids::prefix::PARTY, id).0),
            Value::Site(site) => site.map(|id| ids::write(ids::prefix::SITE, id).0),
            Value::Region(code) => code.clone(),
            Value::Person(pseudonym) => Some(ids::write(ids::prefix::PSEUDONYM, *pseudonym).0),
            Value::Period(period) => Some(period.name()),
        }
    }

    /// How many.
    async fn count(&self) -> SignalCount {
        SignalCount {
            count: self.bucket.count,
            complete: self.complete,
        }
    }

    /// The filter of exactly these signals (doorklikken): `signals(filter: …)` lists them.
    async fn drill_down(&self) -> SignalFilterValue {
        SignalFilterValue(self.bucket.filter.clone())
    }

    /// The organisation, when they are counted by owner (eigenaar).
    async fn owner(&self) -> Option<Organisation> {
        let Value::Owner(id, _) = self.bucket.value else {
            return None;
        };
        let id = ids::write(ids::prefix::ORGANISATION, id);
        Some(Organisation { id })
    }

    /// The party, when they are counted by party (ondertoezichtstaande).
    async fn party(&self) -> Option<SupervisedParty> {
        let Value::Party(Some(id)) = self.bucket.value else {
            return None;
        };
        Some(SupervisedParty::new(id, self.door.clone()))
    }

    /// The site, when they are counted by site (vestiging).
    async fn site(&self) -> Option<Site> {
        let Value::Site(Some(id)) = self.bucket.value else {
            return None;
        };
        let id = ids::write(ids::prefix::SITE, id);
        Some(Site { id })
    }

    /// The safety region, when they are counted by region (veiligheidsregio).
    async fn region(&self) -> Option<SafetyRegion> {
        let Value::Region(Some(code)) = &self.bucket.value else {
            return None;
        };
        Some(SafetyRegion { code: code.clone() })
    }
}

/// The signals by one dimension (uitsplitsing).
#[derive(SimpleObject)]
pub struct SignalBreakdown {
    /// What they are counted by.
    by: Dimension,
    /// The largest first; months and years newest first.
    buckets: Vec<SignalBucket>,
    /// Whether there are more values than were asked for.
    more: bool,
}

/// How many signals the caller may see under the stated purpose (aantallen). Counts what the caller may list, nothing
/// else.
#[derive(SimpleObject)]
pub struct SignalCounts {
    /// All of them, each once.
    total: SignalCount,
    /// By each dimension that was asked for.
    breakdowns: Vec<SignalBreakdown>,
}

/// The signals that began to be observed in one period.
#[derive(SimpleObject)]
pub struct TrendPoint {
    /// The period: `2026-W22`, `2026-05`, `2026`.
    period: String,
    /// Its first day, a Dutch civil date.
    first: Date,
    /// Its last day.
    last: Date,
    /// How many.
    count: SignalCount,
    /// The filter of exactly these signals (doorklikken): `signals(filter: …)` lists them.
    drill_down: SignalFilterValue,
    /// By the dimension that was asked for: the values that are largest over all periods, as far as they occur in this.
    buckets: Vec<SignalBucket>,
}

/// How many signals the caller may see over time (verloop). Counts what the caller may list, nothing else.
#[derive(SimpleObject)]
pub struct SignalTrend {
    /// All of them, each once.
    total: SignalCount,
    /// The periods from the first with a signal to the last, oldest first, those without signals among them.
    points: Vec<TrendPoint>,
}

/// The counts of a filter.
///
/// # Errors
/// `PAGE_SIZE`, and what the filter says.
pub async fn counts(
    door: &Door,
    filter: &Filter,
    by: Vec<Dimension>,
    most: Option<i32>,
) -> Result<SignalCounts, Fault> {
    let most = size(most)?;
    let mut dimensions: Vec<model::Dimension> = Vec::new();
    for dimension in by.into_iter().map(model::Dimension::from) {
        if !dimensions.contains(&dimension) {
            dimensions.push(dimension);
        }
    }
    let asked = asked(filter, &format!("{dimensions:?}"));
    let reader = door.session().reader().await?;
    let counts = count::counts(&reader, filter, &dimensions, most, &asked).await?;
    drop(reader);
    let complete = counts.total <= COUNTED_MAXIMUM;
    let breakdown = |breakdown: model::Breakdown| SignalBreakdown {
        by: breakdown.by.into(),
        buckets: buckets(breakdown.buckets, complete, door),
        more: breakdown.more,
    };
    Ok(SignalCounts {
        total: total(counts.total),
        breakdowns: counts.breakdowns.into_iter().map(breakdown).collect(),
    })
}

fn size(most: Option<i32>) -> Result<usize, Fault> {
    let most = page_size(most).map_err(|fault| fault.at("top"))?;
    Ok(usize::try_from(most).unwrap_or(usize::MAX))
}

fn total(count: u64) -> SignalCount {
    SignalCount {
        count: count.min(COUNTED_MAXIMUM),
        complete: count <= COUNTED_MAXIMUM,
    }
}

fn buckets(buckets: Vec<model::Bucket>, complete: bool, door: &Door) -> Vec<SignalBucket> {
    let bucket = |bucket| SignalBucket {
        bucket,
        complete,
        door: door.clone(),
    };
    buckets.into_iter().map(bucket).collect()
}

/// What the log says was counted: the filter without the words that were searched for, which may be anybody's name.
fn asked(filter: &Filter, by: &str) -> String {
    let written = Filter {
        text: filter.text.as_ref().map(|_| "…".to_owned()),
        ..filter.clone()
    };
    let filter = async_graphql::ScalarType::to_value(&SignalFilterValue(written));
    format!("{by} of {filter}")
}

/// Questions about numbers of signals.
#[derive(Default)]
pub struct CountQuery;

/// Questions about numbers of signals.
#[Object]
impl CountQuery {
    /// How many signals the caller may see under the stated purpose (aantallen), by each of these dimensions. Every
    /// number is that of the list behind it.
    #[graphql(complexity = "COUNT_COST + page_cost(top, child_complexity)")]
    async fn signal_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What they are counted by.")] by: Vec<Dimension>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many values of each, 1 to 500.")] top: Option<i32>,
        #[graphql(desc = "Narrows what is counted.")] filter: Option<SignalFilter>,
    ) -> Result<Option<SignalCounts>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        Ok(Some(counts(door(context), &filter, by, top).await?))
    }

    /// How many signals the caller may see under the stated purpose over time (verloop), by when they began to be
    /// observed; at most 600 periods.
    #[graphql(complexity = "COUNT_COST + page_cost(top, child_complexity)")]
    async fn signal_trend(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "TrendPeriod::Month", desc = "How long the periods are.")] per: TrendPeriod,
        #[graphql(desc = "What each period is divided by.")] by: Option<Dimension>,
        #[graphql(
            default_with = "Some(DIVIDED_DEFAULT)",
            desc = "By how many values at most, 1 to 500."
        )]
        top: Option<i32>,
        #[graphql(desc = "Narrows what is counted.")] filter: Option<SignalFilter>,
    ) -> Result<Option<SignalTrend>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        let most = size(Some(top.unwrap_or(DIVIDED_DEFAULT)))?;
        let by = by.map(|by| (model::Dimension::from(by), most));
        let door = door(context);
        let asked = asked(&filter, &format!("{:?} {:?}", Per::from(per), by.map(|(by, _)| by)));
        let reader = door.session().reader().await?;
        let trend = count::trend(&reader, &filter, per.into(), by, &asked).await?;
        drop(reader);
        let complete = trend.total <= COUNTED_MAXIMUM;
        let point = |point: model::Point| TrendPoint {
            period: point.period.name(),
            first: Date(point.period.first()),
            last: Date(point.period.last()),
            count: SignalCount {
                count: point.count,
                complete,
            },
            drill_down: SignalFilterValue(point.filter),
            buckets: buckets(point.buckets, complete, door),
        };
        Ok(Some(SignalTrend {
            total: total(trend.total),
            points: trend.points.into_iter().map(point).collect(),
        }))
    }
}
