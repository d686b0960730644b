//! How well duplicates are proposed: precision and recall on labelled pairs, by the way that the registry goes —
//! candidates by near names and by postcode and number, compared one by one, proposed from the shipped score on.
//!
//! [`generated`] makes companies with slips, abbreviations and moved addresses; [`hygiene`] reads real businesses with
//! labels that were given by hand. `infra/duplicates` prints both.

pub mod generated;
pub mod hygiene;
pub mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use registry::model::census::Census;
use registry::model::duplicate::{CANDIDATES, Likeness, Profile, compare};
use registry::model::name::{Name, slips};
use registry::model::near::{Found, Key, doubtful, exactly, kept_under, looked_at, loosely, meanings};
use uuid::Uuid;

/// Two records, the first of them the earlier.
pub type Pair = (usize, usize);

/// What a register finds names by, as its tables keep it.
#[derive(Default)]
struct Register {
    kept: BTreeMap<String, Vec<(usize, String)>>,
    words: BTreeSet<String>,
    slips: HashMap<i32, BTreeSet<String>>,
}

impl Register {
    fn keep(&mut self, record: usize, name: &Name) {
        for key in kept_under(name, &[]) {
            self.kept.entry(key).or_default().push((record, name.words().join(" ")));
        }
        for word in name.words() {
            for slip in slips(word) {
                self.slips.entry(slip).or_default().insert(word.clone());
            }
            self.words.insert(word.clone());
        }
    }

    fn read(&self, keys: &[Key], found: &mut Found) {
        for key in keys {
            let limit = usize::try_from(key.limit).expect("few enough");
            for (record, name) in self.kept.get(&key.word).into_iter().flatten().take(limit) {
                found.add(key.word.clone(), Uuid::from_u128(*record as u128), 1, name.clone());
            }
        }
    }

    /// The records with the names that are nearest.
    fn near(&self, name: &Name) -> Vec<usize> {
        let words = looked_at(name);
        let mut found = Found::default();
        self.read(&exactly(&words, None), &mut found);
        let doubtful = doubtful(&words, &found);
        let slips = doubtful.iter().flat_map(|word| slips(word));
        let mut alike: BTreeSet<String> = slips
            .filter_map(|slip| self.slips.get(&slip))
            .flatten()
            .cloned()
            .collect();
        for word in &doubtful {
            let begun = self.words.range((*word).clone()..).take(5);
            alike.extend(begun.filter(|other| other.starts_with(*word)).cloned());
        }
        self.read(&loosely(&words, &meanings(&doubtful, &alike), None), &mut found);
        let near = found.compared(name, false).into_iter().take(CANDIDATES + 1);
        near.map(|near| usize::try_from(near.party.as_u128()).expect("a record's number"))
            .collect()
    }
}

/// Every pair that is worth comparing, compared.
pub fn compared(profiles: &[Profile]) -> BTreeMap<Pair, Likeness> {
    let mut census = Census::default();
    let mut register = Register::default();
    let mut doors: HashMap<(&str, i32), Vec<usize>> = HashMap::new();
    for (record, profile) in profiles.iter().enumerate() {
        census.add(&profile.words());
        for name in &profile.names {
            register.keep(record, name);
        }
        for door in profile.doors() {
            doors.entry(door).or_default().push(record);
        }
    }
    let mut pairs = BTreeMap::new();
    for (record, profile) in profiles.iter().enumerate() {
        let by_name = profile.names.iter().flat_map(|name| register.near(name));
        let neighbours = profile
            .doors()
            .flat_map(|door| doors[&door].iter().copied().take(CANDIDATES));
        for other in by_name.chain(neighbours).filter(|other| *other != record) {
            let pair = (record.min(other), record.max(other));
            if let Some(likeness) = compare(&profiles[pair.0], &profiles[pair.1], &census) {
                pairs.insert(pair, likeness);
            }
        }
    }
    pairs
}

/// How many proposals are right, and how many that should be made are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Pairs that were proposed.
    pub proposed: usize,
    /// Pairs that were proposed and are one.
    pub right: usize,
    /// Pairs that are one.
    pub wanted: usize,
}

impl Figures {
    /// Counts proposals among labelled pairs.
    pub fn of(proposed: &BTreeSet<Pair>, same: &BTreeSet<Pair>) -> Self {
        Self {
            proposed: proposed.len(),
            right: proposed.intersection(same).count(),
            wanted: same.len(),
        }
    }

    /// The share of proposals that is right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.proposed)
    }

    /// The share of what should be proposed that is.
    pub fn recall(&self) -> f64 {
        share(self.right, self.wanted)
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            proposed,
            right,
            wanted,
        } = self;
        let (precision, recall) = (100.0 * self.precision(), 100.0 * self.recall());
        write!(
            formatter,
            "precision {precision:.1} % ({right} of {proposed} proposed), recall {recall:.1} % ({right} of {wanted})"
        )
    }
}

fn share(part: usize, whole: usize) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).expect("few enough"));
    if whole == 0 { 1.0 } else { float(part) / float(whole) }
}

/// The pairs that are proposed.
pub fn proposed(compared: &BTreeMap<Pair, Likeness>) -> BTreeSet<Pair> {
    let proposed = compared.iter().filter(|(_, likeness)| likeness.is_proposed());
    proposed.map(|(pair, _)| *pair).collect()
}
