//! How common the parts of names are among all parties: a name that nobody else has says more than one of many.

use std::collections::{BTreeSet, HashMap};

use super::name::{Trigram, trigrams};

/// In a small register every name looks rare, and in truth is not.
const FEWEST: u64 = 10_000;

/// How many bearers the trigrams have together that a name is looked for by: a bound on what a search reads.
pub const BUDGET: u64 = 12_000;

/// How many parties there are, and how many of them bear each trigram.
#[derive(Clone, Debug, Default)]
pub struct Census {
    parties: u64,
    bearers: HashMap<Trigram, u64>,
}

impl Census {
    /// A census. A trigram that is not named has no bearers.
    pub fn new(parties: u64, bearers: HashMap<Trigram, u64>) -> Self {
        Self { parties, bearers }
    }

    /// Counts one more party, with the trigrams of its names.
    pub fn add<'t>(&mut self, trigrams: impl IntoIterator<Item = &'t Trigram>) {
        self.parties += 1;
        for trigram in trigrams {
            *self.bearers.entry(*trigram).or_default() += 1;
        }
    }

    /// How many parties bear a trigram.
    pub fn bearers(&self, trigram: Trigram) -> u64 {
        self.bearers.get(&trigram).copied().unwrap_or_default()
    }

    /// How much it says that two names share what so many bear: 0 when all do, 1 when it is theirs alone.
    pub fn weight_of(&self, bearers: u64) -> f64 {
        let parties = self.parties.max(FEWEST);
        let share = as_float(parties + 1) / as_float(bearers.clamp(1, parties) + 1);
        share.ln() / (as_float(parties + 1) / 2.0).ln()
    }

    /// How much a word says. No more parties have it than have its rarest trigram.
    pub fn weight(&self, word: &str) -> f64 {
        let rarest = trigrams(word).map(|trigram| self.bearers(trigram)).min();
        self.weight_of(rarest.unwrap_or_default())
    }

    /// The trigrams to look for, rarest first, until they have [`BUDGET`] bearers together. What nobody bears is
    /// left out: it is a slip of the pen.
    pub fn rarest(&self, trigrams: &BTreeSet<Trigram>) -> Vec<Trigram> {
        let mut counted: Vec<(u64, Trigram)> = trigrams
            .iter()
            .map(|trigram| (self.bearers(*trigram), *trigram))
            .filter(|(bearers, _)| *bearers > 0)
            .collect();
        counted.sort_unstable();
        let mut together = 0;
        let within = |(bearers, _): &(u64, Trigram)| {
            together += bearers;
            together <= BUDGET
        };
        counted
            .into_iter()
            .take_while(within)
            .map(|(_, trigram)| trigram)
            .collect()
    }
}

/// A count as a number to reckon with; exact up to 2⁵².
fn as_float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Census};
    use crate::model::name::Name;

    fn census() -> Census {
        let mut census = Census::default();
        for number in 0..20_000 {
            let name = if number % 10 == 0 {
                "bakkerij".to_owned()
            } else {
                format!("zaak {number}")
            };
            census.add(&Name::new(&name).trigrams());
        }
        census.add(&Name::new("verzinsel").trigrams());
        census
    }

    #[test]
    fn what_few_bear_says_more() {
        let census = census();
        assert!(census.weight("verzinsel") > 0.99);
        assert!(census.weight("bakkerij") < 0.3);
        assert!(census.weight("zaak") < 0.05);
    }

    #[test]
    fn the_rarest_come_first_and_the_budget_holds() {
        let census = census();
        let wanted = Name::new("bakkerij verzinselx").trigrams();
        let rarest = census.rarest(&wanted);
        let bearers: Vec<u64> = rarest.iter().map(|trigram| census.bearers(*trigram)).collect();
        assert!(bearers.is_sorted() && bearers[0] == 1);
        assert!(bearers.iter().sum::<u64>() <= BUDGET);
        assert!(rarest.len() < wanted.len());
    }
}
