//! What recurs in records, and nothing else: which of them belong together, and why each of them does.
//!
//! What it is for: proposing recurring themes (rode draden) over what records say.
//! What it may not do: no database, no clock, no network; what is looked at is handed in, by whoever may see it.
//! Where to start: [`Gathering`], which takes records one by one and gives [`Proposal`]s.
//!
//! What records say is taken as traits (words, phrases, parties, sites, regions, category); traits that come together in
//! several records make a proposal, and each member tells which of them it shares. Near-linear in the number of records:
//! each has at most a handful of traits that count ([`profile`]), only pairs of traits that really come together are
//! looked at ([`clusters`]), and no record is ever compared with every other. The same records in the same order give
//! the same proposals. It is a crate of its own because it reckons: it alone is compiled for speed.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]

mod clusters;
mod profile;
#[cfg(test)]
mod tests;
pub mod words;

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use clusters::Cluster;
use profile::Profile;
use words::{Gap, stem, words};

/// How many records make a proposal, at least.
pub const RECURS: usize = 3;
/// How many members a proposal has, at most.
pub const MEMBERS_MAXIMUM: usize = 500;
/// How many records are looked at, at most.
pub const RECORDS_MAXIMUM: usize = 20_000;
/// How much of a narrative is read, in characters: what matters is said first.
pub const NARRATIVE_READ: usize = 2_000;

/// What is known of a record.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its narrative.
    pub narrative: &'a str,
    /// The code of its category.
    pub category: &'a str,
    /// The parties that it is about.
    pub parties: &'a [Uuid],
    /// The sites that it is about.
    pub sites: &'a [Uuid],
    /// The safety regions that it is about.
    pub regions: &'a [Uuid],
}

/// Something that a record has and others may have too (kenmerk).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Trait {
    /// Two words that follow each other in a title, by their numbers.
    Phrase(u32, u32),
    /// A word, as stem.
    Word(String),
    /// A party.
    Party(Uuid),
    /// A site.
    Site(Uuid),
    /// A safety region.
    Region(Uuid),
    /// A category.
    Category(String),
}

/// What members of a proposal share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A word or a phrase, as somebody wrote it.
    Words(String),
    /// A party.
    Party(Uuid),
    /// A site.
    Site(Uuid),
    /// A safety region.
    Region(Uuid),
    /// A category, by code.
    Category(String),
}

/// A reason, and how many members have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What is shared.
    pub what: What,
    /// By how many members.
    pub members: usize,
}

/// A record in a proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its place among the records that were gathered, from 0.
    pub place: usize,
    /// How much of what it says is shared, 0 to 1.
    pub share: f64,
    /// Which of the proposal's shared traits it has, by their place in the list.
    pub reasons: Vec<usize>,
}

/// Records that may belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The records, in the order in which they were gathered.
    pub members: Vec<Member>,
    /// Whether there are more than [`MEMBERS_MAXIMUM`]: then these are the first.
    pub more: bool,
    /// What they share.
    pub shared: Vec<Shared>,
    /// How much of what its members say is shared, 0 to 1.
    pub tightness: f64,
    stems: BTreeSet<String>,
}

impl Proposal {
    /// A name made of what a member's title has in common with the others; `None` when that is nothing.
    pub fn label(&self, title: &str) -> Option<String> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut open = false;
        let mut between = true;
        for word in words(title) {
            let shared = stem(&title[word.place.clone()]).map(|stem| self.stems.contains(&stem));
            between = between && word.gap != Gap::Part;
            match shared {
                Some(true) if open && between => runs.last_mut().expect("a run is open").1 = word.place.end,
                Some(true) => runs.push((word.place.start, word.place.end)),
                Some(false) => open = false,
                None => {}
            }
            if shared == Some(true) {
                (open, between) = (true, true);
            }
        }
        let piece = |(start, end): (usize, usize)| {
            let piece = &title[start..end];
            // A bracket that was opened is closed with it.
            let open = piece.matches('(').count() > piece.matches(')').count();
            piece.to_owned() + if open { ")" } else { "" }
        };
        let pieces: Vec<String> = runs.into_iter().map(piece).collect();
        (!pieces.is_empty()).then(|| pieces.join(", "))
    }

    fn weight(&self) -> f64 {
        self.members.len() as f64 * self.tightness.powi(3)
    }
}

/// Records on their way to proposals. It keeps their traits, not their texts.
#[derive(Default)]
pub struct Gathering {
    /// The trait of each word as it is written; `None` for a word that says nothing.
    read: HashMap<String, Option<u32>>,
    known: HashMap<Trait, u32>,
    samples: Vec<(Trait, String)>,
    records: Vec<Gathered>,
}

/// What was gathered of one record: traits by number.
#[derive(Default)]
struct Gathered {
    /// The parts of its title, with the words and phrases of each.
    pub parts: Vec<Vec<u32>>,
    /// The words of its narrative.
    pub narrative: Vec<u32>,
    /// Parties, sites, regions, category.
    pub facets: [Vec<u32>; 4],
}

impl Gathered {
    /// All its traits, each once.
    fn all(&self) -> Vec<u32> {
        let lists = self.parts.iter().chain([&self.narrative]).chain(&self.facets);
        let mut all: Vec<u32> = lists.flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Gathering {
    /// Adds a record; those beyond [`RECORDS_MAXIMUM`] are left out.
    pub fn add(&mut self, record: Material<'_>) {
        if self.records.len() >= RECORDS_MAXIMUM {
            return;
        }
        let gathered = Gathered {
            parts: self.title(record.title),
            narrative: self.narrative(record.narrative),
            facets: [
                self.about(record.parties, Trait::Party),
                self.about(record.sites, Trait::Site),
                self.about(record.regions, Trait::Region),
                vec![self.number(Trait::Category(record.category.to_owned()), "")],
            ],
        };
        self.records.push(gathered);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn number(&mut self, what: Trait, sample: &str) -> u32 {
        if let Some(number) = self.known.get(&what) {
            return *number;
        }
        let number =
            u32::try_from(self.samples.len()).expect("far fewer traits than 2³²: records and texts are capped");
        self.known.insert(what.clone(), number);
        self.samples.push((what, sample.to_owned()));
        number
    }

    fn title(&mut self, text: &str) -> Vec<Vec<u32>> {
        let mut parts: Vec<Vec<u32>> = Vec::new();
        let mut before: Option<(u32, usize)> = None;
        for word in words(text) {
            if word.gap == Gap::Part || parts.is_empty() {
                parts.push(Vec::new());
            }
            if word.gap != Gap::Joined {
                before = None;
            }
            let Some(this) = self.word(&text[word.place.clone()]) else {
                continue;
            };
            let mut found = vec![this];
            if let Some((first, start)) = before.replace((this, word.place.start))
                && first != this
            {
                found.push(self.number(Trait::Phrase(first, this), &text[start..word.place.end]));
            }
            parts.last_mut().expect("there is a part").extend(found);
        }
        for part in &mut parts {
            part.sort_unstable();
            part.dedup();
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    fn narrative(&mut self, text: &str) -> Vec<u32> {
        let end = text
            .char_indices()
            .nth(NARRATIVE_READ)
            .map_or(text.len(), |(place, _)| place);
        let text = &text[..end];
        let mut numbers: Vec<u32> = words(text)
            .into_iter()
            .filter_map(|word| self.word(&text[word.place]))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The trait of a word.
    fn word(&mut self, word: &str) -> Option<u32> {
        if let Some(known) = self.read.get(word) {
            return *known;
        }
        let number = stem(word).map(|stem| self.number(Trait::Word(stem), word));
        self.read.insert(word.to_owned(), number);
        number
    }

    fn about(&mut self, ids: &[Uuid], of: fn(Uuid) -> Trait) -> Vec<u32> {
        ids.iter().map(|id| self.number(of(*id), "")).collect()
    }

    /// The proposals, those that say most first.
    pub fn propose(self) -> Vec<Proposal> {
        let traits: Vec<&Trait> = self.samples.iter().map(|(what, _)| what).collect();
        let common = profile::Common::of(&self.records, &traits);
        let profiles: Vec<Profile> = self.records.iter().map(|record| common.profile(record)).collect();
        let mut proposals: Vec<Proposal> = clusters::find(&profiles, self.samples.len())
            .into_iter()
            .map(|cluster| self.explain(&common, &profiles, &cluster))
            .collect();
        proposals.sort_by(|one, other| {
            let places = |proposal: &Proposal| proposal.members.iter().map(|member| member.place).collect::<Vec<_>>();
            other
                .weight()
                .total_cmp(&one.weight())
                .then_with(|| places(one).cmp(&places(other)))
        });
        proposals
    }

    fn explain(&self, common: &profile::Common, profiles: &[Profile], cluster: &Cluster) -> Proposal {
        // A trait stands for all that come with it wherever it comes.
        let told = self.told(
            cluster
                .shared
                .iter()
                .flat_map(|what| common.with(*what).iter().copied()),
        );
        let has = |place: u32, what: u32| profiles[place as usize].has(common.stands_for(what));
        let member = |(place, share): &(u32, f64)| Member {
            place: *place as usize,
            share: *share,
            reasons: (0..told.len()).filter(|reason| has(*place, told[*reason])).collect(),
        };
        let members: Vec<Member> = cluster.members.iter().take(MEMBERS_MAXIMUM).map(member).collect();
        let shared = told.iter().enumerate().map(|(reason, what)| Shared {
            what: self.what(*what),
            members: members.iter().filter(|member| member.reasons.contains(&reason)).count(),
        });
        let stems = cluster
            .shared
            .iter()
            .flat_map(|what| common.with(*what))
            .flat_map(|what| self.stems(*what));
        Proposal {
            shared: shared.collect(),
            tightness: members.iter().map(|member| member.share).sum::<f64>() / members.len() as f64,
            stems: stems.collect(),
            more: cluster.members.len() > members.len(),
            members,
        }
    }

    /// The traits that are told: no word that stands in a phrase that is told too.
    fn told(&self, shared: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut told: Vec<u32> = shared.collect();
        told.sort_unstable_by(|one, other| self.samples[*one as usize].cmp(&self.samples[*other as usize]));
        let in_phrases: BTreeSet<String> = told
            .iter()
            .filter(|what| matches!(self.samples[**what as usize].0, Trait::Phrase(..)))
            .flat_map(|what| self.stems(*what))
            .collect();
        told.retain(|what| match &self.samples[*what as usize].0 {
            Trait::Word(stem) => !in_phrases.contains(stem),
            Trait::Phrase(..) | Trait::Party(_) | Trait::Site(_) | Trait::Region(_) | Trait::Category(_) => true,
        });
        told
    }

    fn what(&self, number: u32) -> What {
        let (what, sample) = &self.samples[number as usize];
        match what {
            Trait::Word(_) | Trait::Phrase(..) => What::Words(sample.clone()),
            Trait::Party(id) => What::Party(*id),
            Trait::Site(id) => What::Site(*id),
            Trait::Region(id) => What::Region(*id),
            Trait::Category(code) => What::Category(code.clone()),
        }
    }

    fn stems(&self, number: u32) -> Vec<String> {
        match &self.samples[number as usize].0 {
            Trait::Word(stem) => vec![stem.clone()],
            Trait::Phrase(first, second) => [first, second].into_iter().flat_map(|word| self.stems(*word)).collect(),
            Trait::Party(_) | Trait::Site(_) | Trait::Region(_) | Trait::Category(_) => Vec::new(),
        }
    }
}
