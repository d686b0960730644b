//! How common words are in the names of all parties: a name that nobody else has says more than one of many.

use std::collections::HashMap;

/// In a small register every name looks rare, and in truth is not.
const FEWEST: u32 = 10_000;

/// How many parties there are, and how many of them bear each word.
#[derive(Clone, Debug, Default)]
pub struct Census {
    parties: u32,
    bearers: HashMap<String, u32>,
}

impl Census {
    /// A census. A word that is not named has no bearers.
    pub fn new(parties: u32, bearers: HashMap<String, u32>) -> Self {
        Self { parties, bearers }
    }

    /// Counts one more party, with what it is found by.
    pub fn add<'k>(&mut self, keys: impl IntoIterator<Item = &'k String>) {
        self.parties += 1;
        for key in keys {
            *self.bearers.entry(key.clone()).or_default() += 1;
        }
    }

    /// How many parties bear a word.
    pub fn bearers(&self, word: &str) -> u32 {
        self.bearers.get(word).copied().unwrap_or_default()
    }

    /// How much it says that two names share a word: 0 when all bear it, 1 when it is theirs alone.
    pub fn weight(&self, word: &str) -> f64 {
        let parties = self.parties.max(FEWEST);
        let share = f64::from(parties + 1) / f64::from(self.bearers(word).clamp(1, parties) + 1);
        share.ln() / (f64::from(parties + 1) / 2.0).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::Census;
    use crate::model::name::Name;

    #[test]
    fn what_few_bear_says_more() {
        let mut census = Census::default();
        for number in 0..20_000 {
            let name = if number % 10 == 0 { "Bakkerij" } else { "Zaak" };
            census.add(&Name::new(name).keys());
        }
        census.add(&Name::new("Verzinsel").keys());
        assert!(census.weight("verzinsel") > 0.99 && census.weight("unheard") > 0.99);
        assert!(census.weight("bakkerij") < 0.3);
        assert!(census.weight("zaak") < 0.05);
    }
}
