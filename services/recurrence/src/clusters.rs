//! Which records come together: every pair of traits that recurs is a candidate, and the best of them are taken.
//!
//! Bounded by the profiles: with at most 16 traits, of which 4 lead, a record gives at most 54 pairs, so 20,000 records
//! give at most 1.1 million of twelve bytes, which are sorted. No record is ever compared with every other.

use std::collections::{HashMap, HashSet};

use crate::RECURS;
use crate::profile::Profile;

/// How much of what a record says must be shared for it to be a member: the tightest clusters are taken first.
const TIGHTNESS: [f64; 4] = [0.8, 0.6, 0.45, 0.3];
/// What this part of the members has is shared.
const SHARED_BY: f64 = 0.8;
/// Room for the rounding of sums.
const ROUNDING: f64 = 1e-9;

/// Records that share much of what they say.
pub(super) struct Cluster {
    /// The records by place, in order, each with the share of what it says that is shared.
    pub members: Vec<(u32, f64)>,
    /// The traits that are shared, in order.
    pub shared: Vec<u32>,
}

/// The clusters among these records. One record may be in two when both keep enough that is new.
pub(super) fn find(profiles: &[Profile], traits: usize) -> Vec<Cluster> {
    let pairs = pairs(profiles);
    let places: Vec<u32> = pairs.iter().map(|(_, _, place)| *place).collect();
    let mut counter = Counter::new(profiles, traits);
    let mut candidates: HashMap<Vec<u32>, usize> = HashMap::new();
    for together in recurring(&pairs, &places) {
        for (level, members) in counter.tight(together) {
            let known = candidates.entry(members).or_insert(level);
            *known = level.min(*known);
        }
    }
    let mut candidates: Vec<(usize, Vec<u32>)> = candidates
        .into_iter()
        .map(|(members, level)| (level, members))
        .collect();
    candidates.sort_unstable_by(|(level, one), (other_level, other)| {
        let order = level.cmp(other_level).then(other.len().cmp(&one.len()));
        order.then_with(|| one.cmp(other))
    });
    let mut taken = vec![false; profiles.len()];
    let mut clusters = Vec::new();
    for (_, members) in candidates {
        let new = members.iter().filter(|place| !taken[**place as usize]).count();
        if new >= RECURS && new * 2 >= members.len() {
            members.iter().for_each(|place| taken[*place as usize] = true);
            clusters.push(counter.cluster(members));
        }
    }
    clusters
}

/// Every pair of traits of one record of which one leads, with the place of the record.
fn pairs(profiles: &[Profile]) -> Vec<(u32, u32, u32)> {
    let mut pairs = Vec::new();
    for (place, profile) in (0u32..).zip(profiles) {
        for (index, one) in profile.leading.iter().enumerate() {
            let counted = &profile.leading[..=index];
            let others = profile.traits.iter().map(|(other, _)| *other);
            let others = others.filter(|other| !counted.contains(other));
            pairs.extend(others.map(|other| (other.min(*one), other.max(*one), place)));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The records of each pair that recurs, each set of records once.
fn recurring<'p>(pairs: &[(u32, u32, u32)], places: &'p [u32]) -> Vec<&'p [u32]> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut begin = 0;
    for group in pairs.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        let together = &places[begin..begin + group.len()];
        begin += group.len();
        if together.len() >= RECURS && seen.insert(together) {
            found.push(together);
        }
    }
    found
}

/// Counts which traits records share; kept between counts, because there are many.
struct Counter<'p> {
    profiles: &'p [Profile],
    counts: Vec<usize>,
    shared: Vec<bool>,
}

impl<'p> Counter<'p> {
    fn new(profiles: &'p [Profile], traits: usize) -> Self {
        Self {
            profiles,
            counts: vec![0; traits],
            shared: vec![false; traits],
        }
    }

    /// The traits that most of these records have.
    fn shared(&mut self, members: &[u32]) -> Vec<u32> {
        let mut touched = Vec::new();
        for place in members {
            for (what, _) in &self.profiles[*place as usize].traits {
                let count = &mut self.counts[*what as usize];
                if *count == 0 {
                    touched.push(*what);
                }
                *count += 1;
            }
        }
        let enough = SHARED_BY * members.len() as f64;
        let mut shared = Vec::new();
        for what in touched {
            if std::mem::take(&mut self.counts[what as usize]) as f64 + ROUNDING >= enough {
                shared.push(what);
            }
        }
        shared.sort_unstable();
        shared
    }

    /// How much of what each of these records says is shared.
    fn shares(&mut self, members: &[u32], shared: &[u32]) -> Vec<(u32, f64)> {
        shared.iter().for_each(|what| self.shared[*what as usize] = true);
        let share = |place: &u32| {
            let profile = &self.profiles[*place as usize];
            let common = profile.traits.iter().filter(|(what, _)| self.shared[*what as usize]);
            (*place, common.map(|(_, weight)| weight).sum::<f64>() / profile.total)
        };
        let shares = members.iter().map(share).collect();
        shared.iter().for_each(|what| self.shared[*what as usize] = false);
        shares
    }

    /// The members that share enough, at each level of tightness at which they differ.
    fn tight(&mut self, together: &[u32]) -> Vec<(usize, Vec<u32>)> {
        let shared = self.shared(together);
        let shares = self.shares(together, &shared);
        let mut found: Vec<(usize, Vec<u32>)> = Vec::new();
        for (level, tightness) in TIGHTNESS.into_iter().enumerate() {
            let members = shares.iter().filter(|(_, share)| share + ROUNDING >= tightness);
            let members: Vec<u32> = members.map(|(place, _)| *place).collect();
            let grown = found.last().is_none_or(|(_, before)| before.len() < members.len());
            if grown && members.len() >= RECURS {
                found.push((level, members));
            }
        }
        found
    }

    fn cluster(&mut self, members: Vec<u32>) -> Cluster {
        let shared = self.shared(&members);
        Cluster {
            members: self.shares(&members, &shared),
            shared,
        }
    }
}
