//! What signals are counted by, and the list behind each number.

use access::State;
use uuid::Uuid;

use super::filter::{Choice, Filter, Subjects};
use super::period::{Per, Period};
use super::reliability::{Credibility, Reliability};
use super::signal::{Origin, Severity, Urgency};

/// Up to how many signals are counted exactly; of more, the newest so many are.
pub const COUNTED_MAXIMUM: u64 = 100_000;
/// The most periods of one trend.
pub const PERIODS_MAXIMUM: usize = 600;

/// What signals are counted by (indeling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Eigenaar.
    Owner,
    /// Ondertoezichtstaande.
    Party,
    /// Vestiging.
    Site,
    /// Veiligheidsregio.
    Region,
    /// Betrouwbaarheid van de bron.
    Reliability,
    /// Geloofwaardigheid van de informatie.
    Credibility,
    /// Betrokkene, by pseudonym.
    Person,
    /// The Dutch civil month in which it began to be observed.
    Month,
    /// The Dutch civil year in which it began to be observed.
    Year,
}

impl Dimension {
    /// The length of the period, where it is one.
    pub fn per(self) -> Option<Per> {
        match self {
            Self::Month => Some(Per::Month),
            Self::Year => Some(Per::Year),
            _ => None,
        }
    }
}

/// A value by which signals were counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A category, by code.
    Category(String),
    /// A severity.
    Severity(Severity),
    /// An urgency.
    Urgency(Urgency),
    /// An origin.
    Origin(Origin),
    /// A state.
    State(State),
    /// An owning organisation, by id and code.
    Owner(Uuid, String),
    /// A party; none where the signal is about no party.
    Party(Option<Uuid>),
    /// A site; none where the signal is about no site.
    Site(Option<Uuid>),
    /// A safety region, by code; none where the signal is about no region.
    Region(Option<String>),
    /// How reliable the source is; none where nobody said.
    Reliability(Option<Reliability>),
    /// How credible the information is; none where nobody said.
    Credibility(Option<Credibility>),
    /// A person involved, by pseudonym.
    Person(Uuid),
    /// A week, month or year.
    Period(Period),
}

fn has<T: PartialEq + Clone>(subjects: &Subjects<T>, value: &Option<T>) -> Subjects<T> {
    match value {
        Some(value) => subjects.clone().with(value.clone()),
        None => Subjects {
            absent: Some(true),
            ..subjects.clone()
        },
    }
}

/// Exactly this value; where nobody said, none of all.
fn said<T: Clone>(value: Option<T>, all: &[T]) -> Choice<T> {
    value.map_or_else(
        || Choice {
            any_of: None,
            none_of: all.to_vec(),
        },
        Choice::only,
    )
}

impl Value {
    /// The filter of exactly those that a filter lets through and that have this value.
    pub fn of(&self, filter: &Filter) -> Filter {
        let mut narrowed = filter.clone();
        match self {
            Self::Category(code) => narrowed.categories = Choice::only(code.clone()),
            Self::Severity(severity) => narrowed.severities = Choice::only(*severity),
            Self::Urgency(urgency) => narrowed.urgencies = Choice::only(*urgency),
            Self::Origin(origin) => narrowed.origins = Choice::only(*origin),
            Self::State(state) => narrowed.states = Choice::only(*state),
            Self::Owner(_, code) => narrowed.owners = Choice::only(code.clone()),
            Self::Party(party) => narrowed.parties = has(&filter.parties, party),
            Self::Site(site) => narrowed.sites = has(&filter.sites, site),
            Self::Region(code) => narrowed.regions = has(&filter.regions, code),
            Self::Reliability(value) => narrowed.reliabilities = said(*value, &Reliability::ALL),
            Self::Credibility(value) => narrowed.credibilities = said(*value, &Credibility::ALL),
            Self::Person(pseudonym) => narrowed.persons = filter.persons.clone().with(*pseudonym),
            Self::Period(period) => narrowed = narrowed.observed_within(period.from(), period.until()),
        }
        narrowed
    }
}

/// How many signals have a value.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The value.
    pub value: Value,
    /// How many.
    pub count: u64,
    /// The filter of exactly these.
    pub filter: Filter,
}

/// The signals by one dimension.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// What they are counted by.
    pub by: Dimension,
    /// The largest first; periods newest first.
    pub buckets: Vec<Bucket>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// How many signals there are.
#[derive(Clone, Debug)]
pub struct Counts {
    /// All of them, each once.
    pub total: u64,
    /// By each dimension.
    pub breakdowns: Vec<Breakdown>,
}

/// How many signals were observed in a period.
#[derive(Clone, Debug)]
pub struct Point {
    /// The period.
    pub period: Period,
    /// How many.
    pub count: u64,
    /// The filter of exactly these.
    pub filter: Filter,
    /// By a dimension, where that was asked for: the values that are largest over all periods.
    pub buckets: Vec<Bucket>,
}

/// How many signals were observed over time.
#[derive(Clone, Debug)]
pub struct Trend {
    /// All of them, each once.
    pub total: u64,
    /// The periods from the first with a signal to the last, oldest first.
    pub points: Vec<Point>,
}

/// Puts the largest first (periods the newest), and keeps as many as were asked for; whether there were more.
pub fn top(buckets: &mut Vec<(Value, u64)>, most: usize, order: impl Fn(&Value) -> String) -> bool {
    buckets.sort_by(|(left, many), (right, few)| match (left, right) {
        (Value::Period(left), Value::Period(right)) => right.cmp(left),
        _ => few.cmp(many).then_with(|| order(left).cmp(&order(right))),
    });
    let more = buckets.len() > most;
    buckets.truncate(most);
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_narrows_and_never_widens() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let filter = Filter {
            category: Some("chemicals".to_owned()),
            parties: Subjects {
                any_of: Some(vec![one]),
                ..Subjects::default()
            },
            ..Filter::default()
        };
        let narrowed = Value::Party(Some(other)).of(&filter);
        assert_eq!(narrowed.parties.any_of, Some(vec![one]));
        assert_eq!(narrowed.parties.all_of, [other]);
        assert_eq!(narrowed.category.as_deref(), Some("chemicals"));
        assert_eq!(Value::Region(None).of(&filter).regions.absent, Some(true));
    }

    #[test]
    fn the_largest_come_first_and_periods_the_newest() {
        let category = |code: &str| Value::Category(code.to_owned());
        let mut buckets = vec![(category("b"), 2), (category("a"), 2), (category("c"), 5)];
        let name = |value: &Value| format!("{value:?}");
        assert!(top(&mut buckets, 2, name));
        assert_eq!(buckets, [(category("c"), 5), (category("a"), 2)]);
        let month = |moment| Value::Period(Period::of(Per::Month, moment));
        let mut buckets = vec![(month(0), 9), (month(i64::from(u32::MAX) * 1_000_000), 1)];
        assert!(!top(&mut buckets, 2, name));
        assert_eq!(buckets[1].1, 9);
    }
}
