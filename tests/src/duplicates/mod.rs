//! How well duplicates are proposed: precision and recall on labelled pairs, by the way that the registry goes —
//! candidates by rare trigrams and by postcode and number, compared one by one, proposed from the shipped score on.
//!
//! [`generated`] makes companies with slips, abbreviations and moved addresses; [`hygiene`] reads real businesses with
//! labels that were given by hand. `infra/duplicates` prints both.

pub mod generated;
pub mod hygiene;
pub mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use registry::model::census::Census;
use registry::model::duplicate::{CANDIDATES, Likeness, Profile, compare};
use registry::model::name::Trigram;

/// Two records, the first of them the earlier.
pub type Pair = (usize, usize);

/// Every pair that is worth comparing, compared.
pub fn compared(profiles: &[Profile]) -> BTreeMap<Pair, Likeness> {
    let trigrams: Vec<BTreeSet<Trigram>> = profiles.iter().map(Profile::trigrams).collect();
    let mut census = Census::default();
    let mut bearers: HashMap<Trigram, Vec<usize>> = HashMap::new();
    let mut doors: HashMap<(&str, i32), Vec<usize>> = HashMap::new();
    for (record, profile) in profiles.iter().enumerate() {
        census.add(&trigrams[record]);
        for trigram in &trigrams[record] {
            bearers.entry(*trigram).or_default().push(record);
        }
        for door in profile.doors() {
            doors.entry(door).or_default().push(record);
        }
    }
    let mut pairs = BTreeMap::new();
    for (record, profile) in profiles.iter().enumerate() {
        let by_name = candidates(&trigrams[record], &census, &bearers, record);
        let neighbours = profile
            .doors()
            .flat_map(|door| doors[&door].iter().copied().take(CANDIDATES));
        for other in by_name.into_iter().chain(neighbours).filter(|other| *other != record) {
            let pair = (record.min(other), record.max(other));
            if let Some(likeness) = compare(&profiles[pair.0], &profiles[pair.1], &census) {
                pairs.insert(pair, likeness);
            }
        }
    }
    pairs
}

fn candidates(
    trigrams: &BTreeSet<Trigram>,
    census: &Census,
    bearers: &HashMap<Trigram, Vec<usize>>,
    record: usize,
) -> Vec<usize> {
    let mut weights: HashMap<usize, f64> = HashMap::new();
    for trigram in census.rarest(trigrams) {
        for bearer in &bearers[&trigram] {
            *weights.entry(*bearer).or_default() += census.weight_of(census.bearers(trigram));
        }
    }
    weights.remove(&record);
    let mut heaviest: Vec<(usize, f64)> = weights.into_iter().collect();
    heaviest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    heaviest
        .into_iter()
        .take(CANDIDATES)
        .map(|(bearer, _)| bearer)
        .collect()
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
