//! What everybody should see at this moment: the script's own statements, kept. Plain sets; no rule of the platform's
//! access is asked here.

use std::collections::{BTreeMap, BTreeSet};

use super::audience::Audience;
use super::cast::{Asker, Cast};
use super::script::{Step, told};

/// What should be seen, by whom.
pub struct Oracle {
    /// Who takes part.
    pub cast: Cast,
    /// The ids of everything that has a name in the script.
    pub ids: BTreeMap<String, String>,
    /// Records, and rows that lists show, by name.
    records: BTreeMap<String, Audience>,
    ranks: BTreeMap<String, u8>,
    parts: Vec<(String, Part)>,
    items: Vec<Item>,
    read_until: BTreeMap<String, i64>,
    known: BTreeMap<String, Known>,
    /// Which askers have been shown a record.
    pub shown: BTreeMap<String, BTreeSet<Asker>>,
}

/// Something that stands beside a record.
struct Part {
    record: String,
    field: String,
    audience: Audience,
}

/// Something that the inbox tells.
struct Item {
    kind: String,
    record: String,
    audience: Audience,
    at: i64,
}

/// What outsiders may know of a record.
struct Known {
    party: String,
    title: bool,
    audience: Audience,
}

impl Oracle {
    /// Nobody sees anything yet.
    pub fn new(cast: Cast) -> Self {
        Self {
            cast,
            ids: BTreeMap::new(),
            records: BTreeMap::new(),
            ranks: BTreeMap::new(),
            parts: Vec::new(),
            items: Vec::new(),
            read_until: BTreeMap::new(),
            known: BTreeMap::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Takes in what a step says, at its moment.
    pub fn hears(&mut self, step: &Step, at: i64) {
        for change in &step.cast {
            self.cast.change(change);
        }
        for (record, rank) in &step.rank {
            self.ranks.insert(record.clone(), *rank);
        }
        for line in &step.sees {
            let (record, audience) = told(line);
            assert!(self.ids.contains_key(record), "nothing is called {record}");
            self.records.insert(record.to_owned(), Audience::read(audience));
        }
        for part in &step.gone {
            let before = self.parts.len();
            self.parts.retain(|(name, _)| name != part);
            assert!(self.parts.len() < before, "nothing beside is called {part}");
        }
        for line in &step.beside {
            let (place, audience) = told(line);
            let (name, place) = place.split_once(" = ").expect("a name and where it stands");
            let (record, field) = place.split_once('.').expect("a record and a field");
            let part = Part {
                record: record.to_owned(),
                field: field.to_owned(),
                audience: Audience::read(audience),
            };
            self.parts.push((name.to_owned(), part));
        }
        for line in &step.tells {
            let (what, audience) = told(line);
            let (kind, record) = what.split_once(' ').expect("a kind and a record");
            self.items.push(Item {
                kind: kind.to_owned(),
                record: record.to_owned(),
                audience: Audience::read(audience),
                at,
            });
        }
        for account in &step.read {
            self.read_until.insert(account.clone(), at);
        }
        for line in &step.knows {
            let (what, audience) = told(line);
            let [record, mode, party] = what.split(' ').collect::<Vec<_>>()[..] else {
                panic!("'{line}' names no record, mode and party");
            };
            let known = Known {
                party: party.to_owned(),
                title: mode == "TITLE",
                audience: Audience::read(audience),
            };
            self.known.insert(record.to_owned(), known);
        }
    }

    /// The name of an id; the id itself where it has none.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        let named = self.ids.iter().find(|(_, known)| *known == id);
        named.map_or(id, |(name, _)| name)
    }

    /// Whether somebody sees a record, or a row that a list shows.
    pub fn sees(&self, asker: &Asker, record: &str) -> bool {
        let holds = self.cast.holds(asker);
        let rank = self.ranks.get(record).copied().unwrap_or(1);
        let content = ["sig_", "cov_", "lvl_", "thm_"]
            .iter()
            .any(|prefix| self.ids[record].starts_with(prefix));
        let audience = &self.records[record];
        self.cast.refused(asker).is_none()
            && (!content || (holds.reads() && holds.clearance >= rank))
            && audience.has(&self.cast, asker, false)
    }

    /// The names of what somebody sees, of those whose ids begin so.
    pub fn seen(&self, asker: &Asker, prefix: &str) -> BTreeSet<String> {
        let of = |name: &&String| self.ids[*name].starts_with(prefix) && self.sees(asker, name);
        self.records.keys().filter(of).cloned().collect()
    }

    /// The names of what somebody sees beside a record, in a field of it.
    pub fn beside(&self, asker: &Asker, record: &str, field: &str) -> BTreeSet<String> {
        let shows = |part: &Part| {
            part.record == record
                && part.field == field
                && part.audience.has(&self.cast, asker, self.sees(asker, record))
        };
        let parts = self.parts.iter().filter(|(_, part)| shows(part));
        parts.map(|(name, _)| name.clone()).collect()
    }

    /// What somebody's inbox tells: kind, record, and whether it was read; sorted.
    pub fn inbox(&self, asker: &Asker) -> Vec<(String, String, bool)> {
        let until = self.read_until.get(&asker.account).copied().unwrap_or_default();
        let mine = |item: &&Item| self.sees(asker, &item.record) && item.audience.has(&self.cast, asker, true);
        let told = self.items.iter().filter(mine);
        let mut told: Vec<_> = told
            .map(|item| (item.kind.clone(), item.record.clone(), item.at <= until))
            .collect();
        told.sort();
        told
    }

    /// The records that outsiders may know of.
    pub fn knowable(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// The party about which one asks to learn of a record.
    pub fn party(&self, record: &str) -> &str {
        &self.known[record].party
    }

    /// Whether somebody is told that there is a record, and whether with its title.
    pub fn knows(&self, asker: &Asker, record: &str) -> Option<bool> {
        let known = &self.known[record];
        let holds = self.cast.holds(asker);
        let rank = self.ranks.get(record).copied().unwrap_or(1);
        let people = holds.reads() && !holds.roles.contains("case_system");
        let may = self.cast.refused(asker).is_none() && people && holds.clearance >= rank;
        let outside = !self.sees(asker, record);
        (may && outside && known.audience.has(&self.cast, asker, false)).then_some(known.title)
    }
}
