//! A saved search (bewaarde zoekopdracht): a filter with a name, of one account under one purpose; and since when a record
//! fits one.

use access::{Instant, Rank, State, Tlp};
use foundation::check::required;
use foundation::text::normalise;
use foundation::{Fault, clock, ids};
use uuid::Uuid;

use super::fields::{Fields, word};
use super::filter::{Choice, Filter, Subjects};

/// The most saved searches of one account under one purpose.
pub const SEARCHES_MAXIMUM: usize = 50;
/// How long a deleted one can be put back, in microseconds: thirty days.
pub const KEPT: Instant = 30 * 24 * 3600 * clock::SECOND;

/// What a saved search says: everything that a change changes and an undo puts back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its name.
    pub name: String,
    /// In which format its filter is written.
    pub format: i16,
    /// Its filter, as it is written.
    pub filter: String,
    /// From when what newly fits its filter counts.
    pub watched_from: Instant,
    /// From when it is told in the inbox; not told where `None`.
    pub told_from: Option<Instant>,
    /// When it was deleted.
    pub deleted_at: Option<Instant>,
}

impl Terms {
    /// Everything that is wrong with its words.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        required("name", &self.name, 100, &mut faults);
        faults
    }

    /// As the database keeps what was before the last change.
    pub fn write(&self) -> String {
        let moments = (self.watched_from, self.told_from, self.deleted_at);
        serde_json::json!([self.name, self.format, self.filter, moments.0, moments.1, moments.2]).to_string()
    }

    /// Reads what [`Self::write`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let (name, format, filter, watched_from, told_from, deleted_at) = serde_json::from_str(text).ok()?;
        Some(Self {
            name,
            format,
            filter,
            watched_from,
            told_from,
            deleted_at,
        })
    }
}

/// What a record was, from some moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From when.
    pub since: Instant,
    /// Its open content.
    pub fields: Fields,
}

/// Who looks at a record's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Onlooker {
    /// Whether the record is its own organisation's.
    pub own: bool,
    /// Whether it is of the own side that sees RED: the author, and the stewards.
    pub close: bool,
    /// The highest rank that it may handle.
    pub clearance: Rank,
}

impl Onlooker {
    /// Whether the record could be seen when it was this, as far as its own marks say.
    fn saw(self, then: &Fields) -> bool {
        let is = |name: &str, words: &[String]| then.get(name).is_some_and(|values| words.contains(&values.join("")));
        let ranks: Vec<String> = Rank::ALL
            .into_iter()
            .filter(|rank| *rank <= self.clearance)
            .map(word)
            .collect();
        let shown = if self.own {
            self.close || !is("tlp", &[word(Tlp::Red)])
        } else {
            is("state", &[word(State::Published)])
        };
        shown && is("rank", &ranks)
    }
}

/// Since when a record fits a filter without a break, of which it is known that it fits now: its versions, the present one
/// first. What is not versioned (persons, the circle) is taken to have been as it is.
pub fn fitting_since(filter: &Filter, versions: &[Version], onlooker: Onlooker, now: Instant) -> Option<Instant> {
    let (present, earlier) = versions.split_first()?;
    let fitted =
        |version: &&Version| onlooker.saw(&version.fields) && fitted(filter, &present.fields, &version.fields, now);
    let last = earlier.iter().take_while(fitted).last();
    Some(last.unwrap_or(present).since)
}

/// Since when these periods cover everything up to now; `None` when they do not cover now.
pub fn covered_since(periods: &[(Instant, Instant)], now: Instant) -> Option<Instant> {
    let reaching = |moment: Instant| {
        let periods = periods.iter();
        let over = periods.filter(|(from, until)| *from < moment && *until >= moment);
        over.map(|(from, _)| *from).min()
    };
    let holds = |(from, until): &&(Instant, Instant)| *from <= now && *until > now;
    let mut since = periods.iter().filter(holds).map(|(from, _)| *from).min()?;
    while let Some(earlier) = reaching(since) {
        since = earlier;
    }
    Some(since)
}

/// Whether a record fitted a filter when it was `then`, given that it fits as it is now. What did not change since needs no
/// second look.
fn fitted(filter: &Filter, now: &Fields, then: &Fields, clock: Instant) -> bool {
    let same = |name: &str| now.get(name) == then.get(name);
    let value = |name: &str| then.get(name).and_then(|values| values.first());
    let code = |name: &str, one: &Option<String>, choice: &Choice<String>| {
        let fits = || {
            let only = one.as_ref().is_none_or(|one| value(name) == Some(one));
            only && chosen(choice, value(name), Clone::clone)
        };
        same(name) || fits()
    };
    let severity = || {
        let only = filter.severity.is_none_or(|one| value("severity") == Some(&word(one)));
        only && chosen(&filter.severities, value("severity"), |one| word(*one))
    };
    let typed = |prefix: &'static str| move |id: &Uuid| ids::write(prefix, *id).0;
    let party = typed(ids::prefix::PARTY);
    let site = typed(ids::prefix::SITE);
    let about = |name: &str, one: Option<String>, several: Subjects<String>| {
        let values = then.get(name).map(Vec::as_slice).unwrap_or_default();
        let several = one.into_iter().fold(several, Subjects::with);
        same(name) || meets(&several, values)
    };
    code("category", &filter.category, &filter.categories)
        && (same("severity") || severity())
        && (same("urgency") || chosen(&filter.urgencies, value("urgency"), |one| word(*one)))
        && (same("state") || chosen(&filter.states, value("state"), |one| word(*one)))
        && (same("reliability") || chosen(&filter.reliabilities, value("reliability"), |one| word(*one)))
        && (same("credibility") || chosen(&filter.credibilities, value("credibility"), |one| word(*one)))
        && (same("observedFrom") || observed(filter, value("observedFrom")))
        && (same("validUntil") || valid(filter, value("validUntil"), clock))
        && about(
            "parties",
            filter.party.as_ref().map(&party),
            written(&filter.parties, party),
        )
        && about("sites", filter.site.as_ref().map(&site), written(&filter.sites, site))
        && about("regions", filter.region.clone(), filter.regions.clone())
        && (["title", "narrative", "place"].into_iter().all(same) || says(filter, then))
}

fn chosen<T>(choice: &Choice<T>, value: Option<&String>, written: impl Fn(&T) -> String) -> bool {
    let among = |values: &[T]| value.is_some_and(|value| values.iter().any(|one| written(one) == *value));
    choice.any_of.as_ref().is_none_or(|values| among(values)) && !among(&choice.none_of)
}

fn written(subjects: &Subjects<Uuid>, write: impl Fn(&Uuid) -> String) -> Subjects<String> {
    let list = |values: &[Uuid]| values.iter().map(&write).collect::<Vec<_>>();
    Subjects {
        any_of: subjects.any_of.as_deref().map(list),
        none_of: list(&subjects.none_of),
        all_of: list(&subjects.all_of),
        absent: subjects.absent,
    }
}

fn meets(subjects: &Subjects<String>, values: &[String]) -> bool {
    let none = subjects.absent.is_none_or(|absent| values.is_empty() == absent);
    none && subjects.met_by(values) && !subjects.excludes(values)
}

fn observed(filter: &Filter, moment: Option<&String>) -> bool {
    let moment = moment.and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let Some(at) = moment.map(jiff::Timestamp::as_microsecond) else {
        return false;
    };
    filter.observed_from.is_none_or(|from| at >= from) && filter.observed_until.is_none_or(|until| at < until)
}

fn valid(filter: &Filter, date: Option<&String>, now: Instant) -> bool {
    let date = date.and_then(|text| text.parse::<jiff::civil::Date>().ok());
    let ended = date.and_then(clock::end_of).is_some_and(|end| end <= now);
    filter.outdated.is_none_or(|outdated| outdated == ended)
}

/// Whether its open texts have all words that are searched for.
fn says(filter: &Filter, then: &Fields) -> bool {
    let Some(text) = &filter.text else {
        return true;
    };
    let texts = ["number", "title", "narrative", "place"].map(|name| then.get(name).map(|values| values.join(" ")));
    let texts = normalise(&texts.map(Option::unwrap_or_default).join(" "));
    let words: Vec<&str> = texts.split(' ').collect();
    normalise(text).split(' ').all(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::Severity;

    fn fields(of: &[(&str, &str)]) -> Fields {
        let all = [
            ("state", "PUBLISHED"),
            ("rank", "INTERN"),
            ("tlp", "AMBER"),
            ("title", "Lek"),
        ];
        let all = all.iter().chain(of);
        all.map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    const READER: Onlooker = Onlooker {
        own: false,
        close: false,
        clearance: Rank::Vertrouwelijk,
    };

    fn since(filter: &Filter, versions: &[(Instant, &[(&str, &str)])]) -> Option<Instant> {
        let version = |(since, of): &(Instant, &[(&str, &str)])| Version {
            since: *since,
            fields: fields(of),
        };
        let versions: Vec<Version> = versions.iter().map(version).collect();
        fitting_since(filter, &versions, READER, 100)
    }

    #[test]
    fn a_change_that_matters_not_is_not_new() {
        let filter = Filter {
            severities: Choice {
                any_of: Some(vec![Severity::Serious, Severity::Critical]),
                none_of: Vec::new(),
            },
            ..Filter::default()
        };
        let serious: &[(&str, &str)] = &[("severity", "SERIOUS")];
        let noted: &[(&str, &str)] = &[("severity", "SERIOUS"), ("note", "Nagekeken")];
        let critical: &[(&str, &str)] = &[("severity", "CRITICAL")];
        let minor: &[(&str, &str)] = &[("severity", "MINOR")];
        assert_eq!(since(&filter, &[(30, noted), (20, serious)]), Some(20));
        assert_eq!(
            since(&filter, &[(30, critical), (20, serious)]),
            Some(20),
            "either fits"
        );
        assert_eq!(
            since(&filter, &[(30, critical), (20, minor), (10, serious)]),
            Some(30),
            "it fits anew"
        );
        assert_eq!(since(&filter, &[]), None);
    }

    #[test]
    fn what_could_not_be_seen_did_not_fit() {
        let draft: &[(&str, &str)] = &[("state", "DRAFT")];
        let high: &[(&str, &str)] = &[("rank", "DEPARTEMENTAAL_VERTROUWELIJK")];
        let filter = Filter::default();
        assert_eq!(since(&filter, &[(20, &[]), (10, draft)]), Some(20));
        assert_eq!(since(&filter, &[(20, &[]), (10, high)]), Some(20));
        let red = Version {
            since: 10,
            fields: fields(&[("tlp", "RED")]),
        };
        let now = Version {
            since: 20,
            fields: fields(&[]),
        };
        let own = |close| Onlooker {
            own: true,
            close,
            ..READER
        };
        let both = [now, red];
        assert_eq!(fitting_since(&filter, &both, own(false), 100), Some(20));
        assert_eq!(fitting_since(&filter, &both, own(true), 100), Some(10));
    }

    #[test]
    fn words_subjects_and_moments_count_too() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let of = |id| ids::write(ids::prefix::PARTY, id).0;
        let about = |id: Uuid| [("parties", of(id))];
        let borrow = |pairs: &[(&'static str, String); 1]| fields(&[(pairs[0].0, pairs[0].1.as_str())]);
        let filter = Filter {
            parties: Subjects::default().with(one),
            ..Filter::default()
        };
        let (now, then) = (borrow(&about(one)), borrow(&about(other)));
        assert!(!fitted(&filter, &now, &then, 0));
        assert!(fitted(&Filter::default(), &now, &then, 0));
        let filter = Filter {
            text: Some("groot LEK".to_owned()),
            ..Filter::default()
        };
        let now = fields(&[("title", "Een groot lek")]);
        assert!(!fitted(&filter, &now, &fields(&[]), 0));
        assert!(fitted(&filter, &now, &fields(&[("narrative", "Groot, zeer groot")]), 0));
        let filter = Filter {
            observed_from: Some(0),
            outdated: Some(false),
            ..Filter::default()
        };
        let then = fields(&[("observedFrom", "1969-01-01T00:00:00Z")]);
        assert!(!fitted(
            &filter,
            &fields(&[("observedFrom", "2026-01-01T00:00:00Z")]),
            &then,
            0
        ));
        assert!(!fitted(
            &filter,
            &fields(&[]),
            &fields(&[("validUntil", "1960-01-01")]),
            0
        ));
    }

    #[test]
    fn grants_that_follow_one_another_cover_as_one() {
        assert_eq!(covered_since(&[(10, 20), (20, 40), (30, 200)], 100), Some(10));
        assert_eq!(
            covered_since(&[(10, 20), (30, 200)], 100),
            Some(30),
            "what was taken away is new again"
        );
        assert_eq!(covered_since(&[(10, 100)], 100), None, "the end is exclusive");
    }

    #[test]
    fn terms_are_read_as_they_were_written() {
        let terms = Terms {
            name: "Ketelwagens".to_owned(),
            format: 1,
            filter: "{}".to_owned(),
            watched_from: 5,
            told_from: None,
            deleted_at: Some(7),
        };
        assert_eq!(Terms::read(&terms.write()), Some(terms));
    }
}
