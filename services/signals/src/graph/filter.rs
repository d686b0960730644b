//! The filter of lists, counts and live events, and its written form.

use async_graphql::{Enum, ID, InputObject, InputType, Name, Scalar, ScalarType, Value};
use foundation::graphql::kit::{DateTime, State};
use foundation::session::Order;
use foundation::{Code, Fault, ids};
use uuid::Uuid;

use super::provenance::{InformationCredibility, SourceReliability};
use super::signal::{Origin, Severity, Urgency};
use crate::model::filter::{self as model, Filter, VALUES_MAXIMUM};
use crate::store::order;

/// Narrows signals; all that is given must hold. Never shows more than the caller may see.
#[derive(InputObject, Clone, Debug, Default)]
pub struct SignalFilter {
    /// Category code (categorie).
    pub category: Option<String>,
    /// Severity (ernst).
    pub severity: Option<Severity>,
    /// A party it is about (ondertoezichtstaande), `pty_…`.
    pub party: Option<ID>,
    /// A site it is about (vestiging), `sit_…`.
    pub site: Option<ID>,
    /// The code of a safety region it is about (veiligheidsregio), `VR01` to `VR25`.
    pub region: Option<String>,
    /// Observed at or after (waargenomen vanaf).
    pub observed_from: Option<DateTime>,
    /// Observed before (waargenomen voor).
    pub observed_until: Option<DateTime>,
    /// The code of the owning organisation (eigenaar), such as `ilt`.
    pub owner: Option<String>,
    /// The code of a circle it is shared with (samenwerkingsverband): one of the caller's own, or for own signals any.
    pub circle: Option<String>,
    /// Words in its number, title, narrative or place; all must be there, whole, in any order.
    pub text: Option<String>,
    /// Category codes (categorieën).
    pub categories: Option<Choice<String>>,
    /// Severities (ernst).
    pub severities: Option<Choice<Severity>>,
    /// Urgencies (urgentie).
    pub urgencies: Option<Choice<Urgency>>,
    /// Where it comes from (herkomst).
    pub origins: Option<Choice<Origin>>,
    /// Where it is in its life (staat).
    pub states: Option<Choice<State>>,
    /// Codes of owning organisations (eigenaren).
    pub owners: Option<Choice<String>>,
    /// Parties (ondertoezichtstaanden), `pty_…`.
    pub parties: Option<Subjects<ID>>,
    /// Sites (vestigingen), `sit_…`.
    pub sites: Option<Subjects<ID>>,
    /// Codes of safety regions (veiligheidsregio's).
    pub regions: Option<Subjects<String>>,
    /// Recorded at or after (vastgelegd vanaf).
    pub created_from: Option<DateTime>,
    /// Recorded before (vastgelegd voor).
    pub created_until: Option<DateTime>,
    /// How reliable the source is (betrouwbaarheid). A signal of which nobody said is none of any.
    pub reliabilities: Option<Choice<SourceReliability>>,
    /// How credible the information is (geloofwaardigheid). A signal of which nobody said is none of any.
    pub credibilities: Option<Choice<InformationCredibility>>,
    /// True: only those whose validity has ended (verouderd); false: only those that hold.
    pub outdated: Option<bool>,
    /// Pseudonyms of persons involved (betrokkenen), `psn_…`, as the own inspectorate has them under the stated purpose;
    /// of published signals. Refused to whoever gets no pseudonyms.
    pub persons: Option<PersonChoice>,
}

/// A choice of persons by pseudonym (keuze); at most 100 in each list.
#[derive(InputObject, Clone, Debug, PartialEq, Eq)]
pub struct PersonChoice {
    /// At least one of these (een of meer van). An empty list matches nothing.
    #[graphql(name = "in")]
    pub any_of: Option<Vec<ID>>,
    /// None of these (geen van).
    #[graphql(name = "notIn")]
    pub none_of: Option<Vec<ID>>,
    /// Every one of these (alle).
    #[graphql(name = "all")]
    pub all_of: Option<Vec<ID>>,
}

impl From<PersonChoice> for Subjects<ID> {
    fn from(choice: PersonChoice) -> Self {
        Self {
            any_of: choice.any_of,
            none_of: choice.none_of,
            all_of: choice.all_of,
            absent: None,
        }
    }
}

impl From<Subjects<ID>> for PersonChoice {
    fn from(subjects: Subjects<ID>) -> Self {
        Self {
            any_of: subjects.any_of,
            none_of: subjects.none_of,
            all_of: subjects.all_of,
        }
    }
}

/// A choice of values (keuze) for what a signal has one of; at most 100 in each list.
#[derive(InputObject, Clone, Debug, PartialEq, Eq)]
#[graphql(
    concrete(name = "CodeChoice", params(String)),
    concrete(name = "SeverityChoice", params(Severity)),
    concrete(name = "UrgencyChoice", params(Urgency)),
    concrete(name = "SignalOriginChoice", params(Origin)),
    concrete(name = "StateChoice", params(State)),
    concrete(name = "SourceReliabilityChoice", params(SourceReliability)),
    concrete(name = "InformationCredibilityChoice", params(InformationCredibility))
)]
pub struct Choice<T: InputType> {
    /// One of these (een van). An empty list matches nothing.
    #[graphql(name = "in")]
    pub any_of: Option<Vec<T>>,
    /// None of these (geen van).
    #[graphql(name = "notIn")]
    pub none_of: Option<Vec<T>>,
}

/// A choice of values (keuze) for what a signal may have several of, or none; at most 100 in each list.
#[derive(InputObject, Clone, Debug, PartialEq, Eq)]
#[graphql(
    concrete(name = "IdSetChoice", params(ID)),
    concrete(name = "CodeSetChoice", params(String))
)]
pub struct Subjects<T: InputType> {
    /// At least one of these (een of meer van). An empty list matches nothing.
    #[graphql(name = "in")]
    pub any_of: Option<Vec<T>>,
    /// None of these (geen van).
    #[graphql(name = "notIn")]
    pub none_of: Option<Vec<T>>,
    /// Every one of these (alle).
    #[graphql(name = "all")]
    pub all_of: Option<Vec<T>>,
    /// True: only those that have none at all (zonder); false: only those that have one.
    #[graphql(name = "none")]
    pub absent: Option<bool>,
}

/// In which order signals come (volgorde).
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignalOrder {
    /// Laatst vastgelegd eerst: newest recorded first.
    #[default]
    RecordedNewest,
    /// Eerst vastgelegd eerst: oldest recorded first.
    RecordedOldest,
    /// Laatst waargenomen eerst: newest observed first.
    ObservedNewest,
    /// Eerst waargenomen eerst: oldest observed first.
    ObservedOldest,
    /// Ernstigste eerst: most serious first, of these the newest recorded.
    Severity,
}

impl From<SignalOrder> for Order {
    fn from(order: SignalOrder) -> Self {
        match order {
            SignalOrder::RecordedNewest => Self::NEWEST,
            SignalOrder::RecordedOldest => order::RECORDED_OLDEST,
            SignalOrder::ObservedNewest => order::OBSERVED_NEWEST,
            SignalOrder::ObservedOldest => order::OBSERVED_OLDEST,
            SignalOrder::Severity => order::SEVERITY,
        }
    }
}

fn few<T>(field: &str, values: Vec<T>) -> Result<Vec<T>, Fault> {
    if values.len() > VALUES_MAXIMUM {
        let many = Fault::new(Code::TooMany).with("count", values.len());
        return Err(many.with("maximum", VALUES_MAXIMUM).at(field));
    }
    Ok(values)
}

/// Reads the values of one list; a fault names the value's place.
fn each<T, U>(field: String, values: Vec<T>, read: impl Fn(T) -> Result<U, Fault>) -> Result<Vec<U>, Fault> {
    let values = few(&field, values)?.into_iter().enumerate();
    let one = |(place, value)| read(value).map_err(|fault| fault.at(format!("{field}.{place}")));
    values.map(one).collect()
}

impl<T: InputType> Choice<T> {
    fn read<U>(choice: Option<Self>, field: &str, read: impl Fn(T) -> U) -> Result<model::Choice<U>, Fault> {
        let Some(choice) = choice else {
            return Ok(model::Choice::default());
        };
        let any_of = choice
            .any_of
            .map(|values| each(format!("{field}.in"), values, |value| Ok(read(value))));
        Ok(model::Choice {
            any_of: any_of.transpose()?,
            none_of: each(format!("{field}.notIn"), choice.none_of.unwrap_or_default(), |value| {
                Ok(read(value))
            })?,
        })
    }

    fn write<U: Clone>(choice: &model::Choice<U>, write: impl Fn(U) -> T) -> Option<Self> {
        let list = |values: &Vec<U>| values.iter().cloned().map(&write).collect::<Vec<T>>();
        let written = Self {
            any_of: choice.any_of.as_ref().map(list),
            none_of: Some(list(&choice.none_of)).filter(|values| !values.is_empty()),
        };
        (written.any_of.is_some() || written.none_of.is_some()).then_some(written)
    }
}

impl<T: InputType> Subjects<T> {
    fn read<U>(
        subjects: Option<Self>,
        field: &str,
        read: impl Fn(T) -> Result<U, Fault>,
    ) -> Result<model::Subjects<U>, Fault> {
        let Some(subjects) = subjects else {
            return Ok(model::Subjects::default());
        };
        let list = |name: &str, values: Vec<T>| each(format!("{field}.{name}"), values, &read);
        Ok(model::Subjects {
            any_of: subjects.any_of.map(|values| list("in", values)).transpose()?,
            none_of: list("notIn", subjects.none_of.unwrap_or_default())?,
            all_of: list("all", subjects.all_of.unwrap_or_default())?,
            absent: subjects.absent,
        })
    }

    fn write<U: Clone + PartialEq>(subjects: &model::Subjects<U>, write: impl Fn(U) -> T) -> Option<Self> {
        let list = |values: &Vec<U>| values.iter().cloned().map(&write).collect::<Vec<T>>();
        let some = |values: &Vec<U>| Some(list(values)).filter(|values| !values.is_empty());
        (*subjects != model::Subjects::default()).then(|| Self {
            any_of: subjects.any_of.as_ref().map(list),
            none_of: some(&subjects.none_of),
            all_of: some(&subjects.all_of),
            absent: subjects.absent,
        })
    }
}

fn period(from: Option<DateTime>, until: Option<DateTime>, field: &str) -> Result<(Option<i64>, Option<i64>), Fault> {
    let (from, until) = (from.map(|moment| moment.0), until.map(|moment| moment.0));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Fault::new(Code::InvalidPeriod).at(field));
    }
    Ok((from, until))
}

impl SignalFilter {
    /// The filter with its ids read.
    ///
    /// # Errors
    /// `INVALID_ID`, `INVALID_PERIOD`, `TOO_LONG`, `TOO_MANY`, at the field.
    pub fn read(self) -> Result<Filter, Fault> {
        let one = |prefix, field: &'static str, id: Option<ID>| {
            id.map(|id| ids::read(prefix, &id).map_err(|fault| fault.at(field)))
                .transpose()
        };
        let id = |prefix| move |id: ID| ids::read(prefix, &id);
        let (observed_from, observed_until) = period(self.observed_from, self.observed_until, "filter.observedUntil")?;
        let (created_from, created_until) = period(self.created_from, self.created_until, "filter.createdUntil")?;
        let mut faults = Vec::new();
        crate::model::signal::optional("filter.text", self.text.as_deref(), 500, &mut faults);
        if let Some(fault) = faults.pop() {
            return Err(fault);
        }
        Ok(Filter {
            category: self.category,
            severity: self.severity.map(Into::into),
            party: one(ids::prefix::PARTY, "filter.party", self.party)?,
            site: one(ids::prefix::SITE, "filter.site", self.site)?,
            region: self.region,
            observed_from,
            observed_until,
            owner: self.owner,
            circle: self.circle,
            text: self.text,
            categories: Choice::read(self.categories, "filter.categories", |code| code)?,
            severities: Choice::read(self.severities, "filter.severities", Into::into)?,
            urgencies: Choice::read(self.urgencies, "filter.urgencies", Into::into)?,
            origins: Choice::read(self.origins, "filter.origins", Into::into)?,
            states: Choice::read(self.states, "filter.states", Into::into)?,
            owners: Choice::read(self.owners, "filter.owners", |code| code)?,
            parties: Subjects::read(self.parties, "filter.parties", id(ids::prefix::PARTY))?,
            sites: Subjects::read(self.sites, "filter.sites", id(ids::prefix::SITE))?,
            regions: Subjects::read(self.regions, "filter.regions", Ok)?,
            created_from,
            created_until,
            reliabilities: Choice::read(self.reliabilities, "filter.reliabilities", Into::into)?,
            credibilities: Choice::read(self.credibilities, "filter.credibilities", Into::into)?,
            outdated: self.outdated,
            persons: Subjects::read(
                self.persons.map(Into::into),
                "filter.persons",
                id(ids::prefix::PSEUDONYM),
            )?,
        })
    }

    /// A filter as clients would write it.
    pub fn of(filter: &Filter) -> Self {
        let id = |prefix| move |id: Uuid| ids::write(prefix, id);
        Self {
            category: filter.category.clone(),
            severity: filter.severity.map(Into::into),
            party: filter.party.map(id(ids::prefix::PARTY)),
            site: filter.site.map(id(ids::prefix::SITE)),
            region: filter.region.clone(),
            observed_from: filter.observed_from.map(DateTime),
            observed_until: filter.observed_until.map(DateTime),
            owner: filter.owner.clone(),
            circle: filter.circle.clone(),
            text: filter.text.clone(),
            categories: Choice::write(&filter.categories, |code| code),
            severities: Choice::write(&filter.severities, Into::into),
            urgencies: Choice::write(&filter.urgencies, Into::into),
            origins: Choice::write(&filter.origins, Into::into),
            states: Choice::write(&filter.states, Into::into),
            owners: Choice::write(&filter.owners, |code| code),
            parties: Subjects::write(&filter.parties, id(ids::prefix::PARTY)),
            sites: Subjects::write(&filter.sites, id(ids::prefix::SITE)),
            regions: Subjects::write(&filter.regions, |code| code),
            created_from: filter.created_from.map(DateTime),
            created_until: filter.created_until.map(DateTime),
            reliabilities: Choice::write(&filter.reliabilities, Into::into),
            credibilities: Choice::write(&filter.credibilities, Into::into),
            outdated: filter.outdated,
            persons: Subjects::write(&filter.persons, id(ids::prefix::PSEUDONYM)).map(Into::into),
        }
    }
}

/// A `SignalFilter` as a value (filter): give it back as `filter`, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalFilterValue(pub Filter);

/// A `SignalFilter` as a value (filter): give it back as `filter`, as it is, in a variable of that type.
#[Scalar(name = "SignalFilterValue")]
impl ScalarType for SignalFilterValue {
    fn parse(value: Value) -> async_graphql::InputValueResult<Self> {
        let read = <SignalFilter as InputType>::parse(Some(value)).map_err(|error| error.propagate::<Self>())?;
        let filter = read.read().map_err(|fault| fault.to_string())?;
        Ok(Self(filter))
    }

    fn to_value(&self) -> Value {
        said(SignalFilter::of(&self.0).to_value())
    }
}

/// A value without what it says nothing of.
fn said(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| *value != Value::Null);
            Value::Object(fields.map(|(name, value): (Name, Value)| (name, said(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reliability::{Credibility, Reliability};
    use crate::model::signal as words;

    #[test]
    fn a_filter_is_read_as_it_was_written() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let filter = Filter {
            category: Some("chemicals".to_owned()),
            severity: Some(words::Severity::Minor),
            party: Some(one),
            site: Some(other),
            region: Some("VR17".to_owned()),
            observed_from: Some(1),
            observed_until: Some(2),
            owner: Some("ilt".to_owned()),
            circle: Some("cmj".to_owned()),
            text: Some("damp".to_owned()),
            categories: model::Choice::only("youth-care".to_owned()),
            severities: model::Choice::only(words::Severity::Critical),
            urgencies: model::Choice {
                any_of: Some(Vec::new()),
                none_of: vec![words::Urgency::Soon],
            },
            origins: model::Choice::only(words::Origin::CaseSystem),
            states: model::Choice {
                any_of: None,
                none_of: vec![access::State::Draft],
            },
            owners: model::Choice::only("igj".to_owned()),
            parties: model::Subjects {
                any_of: Some(vec![one]),
                none_of: vec![other],
                all_of: vec![one, other],
                absent: Some(false),
            },
            sites: model::Subjects::default().with(other),
            regions: model::Subjects {
                absent: Some(true),
                ..model::Subjects::default()
            },
            created_from: Some(3),
            created_until: Some(4),
            reliabilities: model::Choice::only(Reliability::UsuallyReliable),
            credibilities: model::Choice::only(Credibility::Doubtful),
            outdated: Some(false),
            persons: model::Subjects {
                any_of: Some(vec![other]),
                none_of: vec![one],
                ..model::Subjects::default()
            },
        };
        let value = ScalarType::to_value(&SignalFilterValue(filter.clone()));
        let read: SignalFilterValue = ScalarType::parse(value).expect("what was written can be read");
        assert_eq!(read.0, filter);
    }

    #[test]
    fn what_is_not_said_is_not_written() {
        let value = ScalarType::to_value(&SignalFilterValue(Filter::default()));
        assert_eq!(value.to_string(), "{}");
    }
}
