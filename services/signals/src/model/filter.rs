//! What a list, a count or a live stream is narrowed to, beside what the caller may see: one filter for all of them.

use access::{Instant, State};
use uuid::Uuid;

use super::reliability::{Credibility, Reliability};
use super::signal::{Origin, Severity, Urgency};

/// The most values of one choice.
pub const VALUES_MAXIMUM: usize = 100;

/// A choice of values for what a signal has one of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<T> {
    /// One of these; any where nothing is said. None of none is true.
    pub any_of: Option<Vec<T>>,
    /// None of these.
    pub none_of: Vec<T>,
}

impl<T> Default for Choice<T> {
    fn default() -> Self {
        Self {
            any_of: None,
            none_of: Vec::new(),
        }
    }
}

impl<T> Choice<T> {
    /// Exactly this value.
    pub fn only(value: T) -> Self {
        Self {
            any_of: Some(vec![value]),
            none_of: Vec::new(),
        }
    }

    /// All values that it names.
    pub fn named(&self) -> impl Iterator<Item = &T> {
        self.any_of.iter().flatten().chain(&self.none_of)
    }
}

/// A choice of values for what a signal may have several of, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects<T> {
    /// At least one of these; any where nothing is said.
    pub any_of: Option<Vec<T>>,
    /// None of these.
    pub none_of: Vec<T>,
    /// Every one of these.
    pub all_of: Vec<T>,
    /// Whether it has none at all; either where nothing is said.
    pub absent: Option<bool>,
}

impl<T> Default for Subjects<T> {
    fn default() -> Self {
        Self {
            any_of: None,
            none_of: Vec::new(),
            all_of: Vec::new(),
            absent: None,
        }
    }
}

impl<T: PartialEq> Subjects<T> {
    /// The same with this value too.
    #[must_use]
    pub fn with(mut self, value: T) -> Self {
        if !self.all_of.contains(&value) {
            self.all_of.push(value);
        }
        self
    }

    /// All values that it names.
    pub fn named(&self) -> impl Iterator<Item = &T> {
        self.any_of.iter().flatten().chain(&self.none_of).chain(&self.all_of)
    }

    /// Whether it needs any of its values, beside those that it excludes.
    pub fn needs(&self) -> bool {
        self.any_of.is_some() || !self.all_of.is_empty()
    }

    /// Whether what it needs is among these.
    pub fn met_by(&self, values: &[T]) -> bool {
        let any = self.any_of.as_ref();
        any.is_none_or(|any| any.iter().any(|value| values.contains(value)))
            && self.all_of.iter().all(|value| values.contains(value))
    }

    /// Whether one of these is excluded.
    pub fn excludes(&self, values: &[T]) -> bool {
        values.iter().any(|value| self.none_of.contains(value))
    }
}

/// What signals are narrowed to; all of it must hold. Its written form is that of the API's `SignalFilter`.
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
    /// Category codes.
    pub categories: Choice<String>,
    /// Severities.
    pub severities: Choice<Severity>,
    /// Urgencies.
    pub urgencies: Choice<Urgency>,
    /// Origins.
    pub origins: Choice<Origin>,
    /// States.
    pub states: Choice<State>,
    /// Codes of owning organisations.
    pub owners: Choice<String>,
    /// Parties.
    pub parties: Subjects<Uuid>,
    /// Sites.
    pub sites: Subjects<Uuid>,
    /// Codes of safety regions.
    pub regions: Subjects<String>,
    /// Recorded at or after.
    pub created_from: Option<Instant>,
    /// Recorded before.
    pub created_until: Option<Instant>,
    /// Reliabilities of the source.
    pub reliabilities: Choice<Reliability>,
    /// Credibilities of the information.
    pub credibilities: Choice<Credibility>,
    /// Whether its validity has ended.
    pub outdated: Option<bool>,
    /// Pseudonyms of persons involved, of the asking inspectorate under the stated purpose.
    pub persons: Subjects<Uuid>,
}

impl Filter {
    /// The same, observed within this period too.
    #[must_use]
    pub fn observed_within(mut self, from: Instant, until: Instant) -> Self {
        self.observed_from = Some(self.observed_from.map_or(from, |known| known.max(from)));
        self.observed_until = Some(self.observed_until.map_or(until, |known| known.min(until)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_only_becomes_narrower() {
        let filter = Filter {
            observed_from: Some(10),
            ..Filter::default()
        };
        let narrowed = filter.observed_within(5, 20);
        assert_eq!((narrowed.observed_from, narrowed.observed_until), (Some(10), Some(20)));
        let narrowed = narrowed.observed_within(12, 30);
        assert_eq!((narrowed.observed_from, narrowed.observed_until), (Some(12), Some(20)));
    }

    #[test]
    fn a_value_is_asked_for_once() {
        let twice = Subjects::default().with(1).with(1);
        assert_eq!(twice.all_of, [1]);
        assert_eq!(twice.named().collect::<Vec<_>>(), [&1]);
        assert_eq!(Choice::only(2).named().collect::<Vec<_>>(), [&2]);
    }
}
