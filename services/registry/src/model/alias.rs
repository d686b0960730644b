//! Parties that were merged (samengevoegd): which merges hang on which, so that one can be undone beneath others.

use std::collections::BTreeSet;

use uuid::Uuid;

/// What was merged into this party, directly or through others. Each merge is (what was merged, into what).
pub fn merged_into(party: Uuid, merges: &[(Uuid, Uuid)]) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::from([party]);
    loop {
        let before = found.len();
        let next = merges.iter().filter(|(_, into)| found.contains(into));
        let next: Vec<Uuid> = next.map(|(old, _)| *old).collect();
        found.extend(next);
        if found.len() == before {
            found.remove(&party);
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::merged_into;

    #[test]
    fn what_hangs_on_a_party_goes_with_it() {
        let id = Uuid::from_u128;
        let merges = [(1, 2), (2, 3), (4, 2), (5, 3)].map(|(old, into)| (id(old), id(into)));
        assert_eq!(merged_into(id(2), &merges), BTreeSet::from([id(1), id(4)]));
        assert_eq!(merged_into(id(3), &merges), BTreeSet::from([1, 2, 4, 5].map(id)));
        assert_eq!(merged_into(id(1), &merges), BTreeSet::new());
    }
}
