//! What counts of a record when it is compared: a handful of traits, each with a weight.
//!
//! Each part of a title weighs the same, whatever its length: who writes "cause – line" means both. Within a part rare
//! words weigh more. Facets weigh as much as they narrow. A narrative only helps, by its rarest words. What most records
//! have, and what nearly none has, counts for nothing.

use std::collections::HashMap;

use crate::{Gathered, RECURS, Trait};

/// How many traits of one record count, at most.
const TRAITS_MAXIMUM: usize = 16;
/// How many of them lead: a pair that is looked at has one of these.
const LEADING: usize = 4;
/// How many words of a narrative count, at most: the rarest.
const NARRATIVE_WORDS: usize = 8;
/// The weight of a narrative; that of a title is 1.
const NARRATIVE: f64 = 0.2;
/// The weights of parties, sites, regions and category.
const FACETS: [f64; 4] = [0.6, 0.4, 0.2, 0.2];
/// What this many records have may always count.
const RARE_ENOUGH: usize = 10;

/// What counts of one record: traits by number, in order, with their weights.
pub(super) struct Profile {
    /// Each trait with its weight.
    pub traits: Vec<(u32, f64)>,
    /// The heaviest of them.
    pub leading: Vec<u32>,
    /// All weights together.
    pub total: f64,
}

impl Profile {
    /// Whether it has a trait.
    pub fn has(&self, what: u32) -> bool {
        self.traits.binary_search_by_key(&what, |(number, _)| *number).is_ok()
    }
}

/// How common each trait is, and which always come together.
pub(super) struct Common {
    /// How many records there are.
    records: usize,
    /// In how many records each trait is; 0 where it does not count.
    frequency: Vec<usize>,
    /// The trait that each stands under.
    standing: Vec<u32>,
    /// The traits that stand under each.
    under: HashMap<u32, Vec<u32>>,
}

impl Common {
    /// Counts the traits of all records.
    pub fn of(records: &[Gathered], traits: &[&Trait]) -> Self {
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); traits.len()];
        for (place, record) in (0u32..).zip(records) {
            for what in record.all() {
                places[what as usize].push(place);
            }
        }
        let most = (records.len() / 2).max(RARE_ENOUGH);
        for found in &mut places {
            if !(RECURS..=most).contains(&found.len()) {
                found.clear();
            }
        }
        let standing = standing(&places, traits);
        let mut under: HashMap<u32, Vec<u32>> = HashMap::new();
        for (what, stands) in (0u32..).zip(&standing) {
            under.entry(*stands).or_default().push(what);
        }
        Self {
            records: records.len(),
            frequency: places.iter().map(Vec::len).collect(),
            standing,
            under,
        }
    }

    /// The trait that stands for this one and all that always come with it.
    pub fn stands_for(&self, what: u32) -> u32 {
        self.standing[what as usize]
    }

    /// The traits that a trait stands for, itself among them.
    pub fn with(&self, what: u32) -> &[u32] {
        self.under.get(&what).map_or(&[], Vec::as_slice)
    }

    fn counting(&self, traits: &[u32]) -> Vec<u32> {
        let counts = traits.iter().filter(|what| self.frequency[**what as usize] > 0);
        let mut counting: Vec<u32> = counts.map(|what| self.stands_for(*what)).collect();
        counting.sort_unstable();
        counting.dedup();
        counting
    }

    /// How much a trait says by being there: the less common, the more.
    fn rarity(&self, what: u32) -> f64 {
        ((self.records + 1) as f64 / self.frequency[what as usize] as f64).ln()
    }

    /// What counts of a record.
    pub fn profile(&self, record: &Gathered) -> Profile {
        let mut weights: HashMap<u32, f64> = HashMap::new();
        let mut spread = |traits: &[u32], weight: f64, rarity: &dyn Fn(u32) -> f64| {
            let total: f64 = traits.iter().map(|what| rarity(*what)).sum();
            for what in traits {
                *weights.entry(*what).or_default() += weight * rarity(*what) / total;
            }
        };
        let alike = |_| 1.0;
        let parts: Vec<Vec<u32>> = record.parts.iter().map(|part| self.counting(part)).collect();
        let parts: Vec<Vec<u32>> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        for part in &parts {
            spread(part, 1.0 / parts.len() as f64, &|what| self.rarity(what));
        }
        for (facet, weight) in record.facets.iter().zip(FACETS) {
            spread(&self.counting(facet), weight, &alike);
        }
        let mut narrative = self.counting(&record.narrative);
        narrative.retain(|what| !parts.iter().any(|part| part.contains(what)));
        narrative.sort_by_key(|what| (self.frequency[*what as usize], *what));
        narrative.truncate(NARRATIVE_WORDS);
        spread(&narrative, NARRATIVE, &alike);
        let mut traits: Vec<(u32, f64)> = weights.into_iter().collect();
        traits.sort_by(|(one, of_one), (other, of_other)| {
            let rarity = |what: &u32| (self.frequency[*what as usize], *what);
            of_other.total_cmp(of_one).then_with(|| rarity(one).cmp(&rarity(other)))
        });
        traits.truncate(TRAITS_MAXIMUM);
        let leading = traits.iter().take(LEADING).map(|(what, _)| *what).collect();
        traits.sort_unstable_by_key(|(what, _)| *what);
        Profile {
            leading,
            total: traits.iter().map(|(_, weight)| weight).sum(),
            traits,
        }
    }
}

/// Words and phrases that are in exactly the same records are one trait: five words of the same boilerplate must not
/// weigh five times. A phrase goes before a word.
fn standing(places: &[Vec<u32>], traits: &[&Trait]) -> Vec<u32> {
    let text = |what: usize| matches!(traits[what], Trait::Word(_) | Trait::Phrase(..));
    let mut order: Vec<usize> = (0..traits.len()).filter(|what| text(*what)).collect();
    order.sort_by_key(|what| (traits[*what], *what));
    let mut first: HashMap<&[u32], u32> = HashMap::new();
    let mut standing: Vec<u32> = (0u32..).take(traits.len()).collect();
    for what in order.into_iter().filter(|what| !places[*what].is_empty()) {
        standing[what] = *first.entry(&places[what]).or_insert(standing[what]);
    }
    standing
}
