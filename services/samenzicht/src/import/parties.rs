//! The parties and sites that rows are about: each distinct one looked up once, many in a question, by the registry's own
//! door and as whoever imports. What the registry does not have is registered where the mapping says so; what cannot be
//! told apart refuses its rows.
//!
//! [`wanted`] is whom a row is about, [`ask`] what is asked, [`matching`] decides which of the answers it is.

pub mod ask;
pub mod matching;
pub mod wanted;

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::mapping::Mode;
use super::row::Reject;
use crate::api::{Api, ApiFault, Each};
use ask::{Document, LOOKUPS, REGISTRATIONS};
use matching::{Candidates, Decision, Party, Site};
use wanted::Wanted;

/// Parties that are remembered; beyond them the memory begins anew.
const REMEMBERED: usize = 20_000;

/// By what a party is remembered.
type Key = [u8; 32];

/// How parties are found.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// What is done about those that are not registered.
    pub mode: Mode,
    /// Whether a name alone is enough.
    pub name_alone: bool,
    /// The column of rejects.
    pub place: &'a str,
    /// Only look.
    pub dry_run: bool,
}

/// Whom a row is about, as the registry knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The party; none where it would be registered, were this no dry run.
    pub party: Option<String>,
    /// The site, where the row says one.
    pub site: Option<String>,
    /// Whether one of them was registered for this row, or would be.
    pub new: bool,
}

/// How many parties and sites were found and registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions that were asked.
    pub questions: u64,
    /// Distinct parties that were looked up.
    pub parties: u64,
    /// Parties that were registered.
    pub parties_registered: u64,
    /// Sites that were registered.
    pub sites_registered: u64,
}

/// What is known of a party that rows are about.
#[derive(Clone, Debug)]
enum Known {
    Is(Party),
    /// It would be registered.
    New,
    Refused(Reject),
}

/// Finds parties, and remembers them.
pub struct Parties<'a> {
    api: &'a Api,
    rules: Rules<'a>,
    known: HashMap<Key, Known>,
    /// What was done.
    pub counts: Counts,
}

impl<'a> Parties<'a> {
    /// None yet.
    pub fn new(api: &'a Api, rules: Rules<'a>) -> Self {
        Self {
            api,
            rules,
            known: HashMap::new(),
            counts: Counts::default(),
        }
    }

    /// Whom these rows are about, in their order.
    ///
    /// # Errors
    /// The API does not answer, or not to this caller.
    pub async fn find(&mut self, wanted: &[&Wanted]) -> Result<Vec<Result<Found, Reject>>, ApiFault> {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
        let keyed: Vec<(Key, &Wanted)> = wanted.iter().map(|wanted| (self.key(wanted), *wanted)).collect();
        let mut new: Vec<(Key, &Wanted)> = Vec::new();
        for (key, wanted) in &keyed {
            if !self.known.contains_key(key) && !new.iter().any(|(other, _)| other == key) {
                new.push((*key, wanted));
            }
        }
        self.counts.parties += new.len() as u64;
        for some in new.chunks(LOOKUPS) {
            self.look_for(some).await?;
        }
        let mut registered = self.register(&new).await?;
        let mut placed = self.place(&keyed).await?;
        let mut found = Vec::with_capacity(keyed.len());
        for (key, wanted) in &keyed {
            // What is new is so for the first row alone.
            let place = registered.iter().position(|other| other == key);
            let new = place.map(|place| registered.swap_remove(place)).is_some();
            found.push(self.found(key, wanted, new, &mut placed));
        }
        Ok(found)
    }

    fn key(&self, wanted: &Wanted) -> Key {
        Sha256::digest(wanted.key(self.rules.name_alone)).into()
    }

    /// Looks up distinct parties in one question, and decides each.
    async fn look_for(&mut self, some: &[(Key, &Wanted)]) -> Result<(), ApiFault> {
        let mut document = Document::default();
        let names: Vec<Vec<String>> = some.iter().map(|(_, wanted)| document.look_for(wanted)).collect();
        let mut answers = if document.is_empty() {
            HashMap::new()
        } else {
            self.counts.questions += 1;
            self.api.each(document.body("query")).await?
        };
        for ((key, wanted), names) in some.iter().zip(names) {
            let mut candidates = Candidates::default();
            let mut refused = None;
            for name in names {
                match answers.remove(&name) {
                    Some(Each::Answered(page)) => {
                        candidates.more |= page["pageInfo"]["hasNextPage"] == true;
                        let parties: Vec<Party> = read(page["nodes"].clone())?;
                        let known = |party: &Party| candidates.parties.iter().any(|other| other.id == party.id);
                        let new: Vec<Party> = parties.into_iter().filter(|party| !known(party)).collect();
                        candidates.parties.extend(new);
                    }
                    Some(Each::Refused { code, message }) => refused = Some(self.refusal(&code, &message)),
                    None => return Err(ApiFault::Unexpected(format!("`{name}` is not answered"))),
                }
            }
            let decided = match refused {
                Some(reject) => Known::Refused(reject),
                None => self.decided(wanted, &candidates),
            };
            self.known.insert(*key, decided);
        }
        Ok(())
    }

    fn decided(&self, wanted: &Wanted, found: &Candidates) -> Known {
        let rules = &self.rules;
        match matching::party(wanted, found, rules.name_alone, rules.place) {
            Decision::Is(party) => Known::Is(party),
            Decision::Refused(reject) => Known::Refused(reject),
            Decision::New if rules.mode == Mode::Create && wanted.party.name.is_some() => Known::New,
            Decision::New => {
                let name = wanted.party.name.as_deref().unwrap_or("this number");
                let mend = "register it, or let the mapping say `mode = \"create\"`";
                let reason = format!("PARTY_NOT_FOUND: `{name}` is not registered: {mend}");
                Known::Refused(Reject::new(rules.place, reason))
            }
        }
    }

    /// Registers what is new, and what another inspectorate alone keeps where a site is wanted at it; which were new.
    async fn register(&mut self, new: &[(Key, &Wanted)]) -> Result<Vec<Key>, ApiFault> {
        if self.rules.dry_run {
            let is_new = |(key, _): &&(Key, &Wanted)| matches!(self.known.get(key), Some(Known::New));
            return Ok(new.iter().filter(is_new).map(|(key, _)| *key).collect());
        }
        let mut asked: Vec<(Key, &Wanted, Value)> = Vec::new();
        for (key, wanted) in new {
            match self.known.get(key) {
                Some(Known::New) => asked.push((*key, wanted, wanted.party.input())),
                Some(Known::Is(party)) if !party.kept && self.needs_site(wanted, party) => {
                    asked.push((*key, wanted, ask::again(party)));
                }
                _ => {}
            }
        }
        let mut registered = Vec::new();
        for some in asked.chunks(REGISTRATIONS) {
            let mut document = Document::default();
            let names: Vec<String> = some
                .iter()
                .map(|(.., input)| document.register(input.clone()))
                .collect();
            self.counts.questions += 1;
            let mut answers = self.api.each(document.body("mutation")).await?;
            for ((key, wanted, _), name) in some.iter().zip(names) {
                let known = match answers.remove(&name) {
                    Some(Each::Refused { code, message }) => Known::Refused(self.refusal(&code, &message)),
                    Some(Each::Answered(payload)) => {
                        let party: Party = read(payload["party"].clone())?;
                        if payload["alreadyRegistered"] == true {
                            self.met(wanted, key, party)
                        } else {
                            registered.push(*key);
                            Known::Is(party)
                        }
                    }
                    None => return Err(ApiFault::Unexpected(format!("`{name}` is not answered"))),
                };
                self.known.insert(*key, known);
            }
        }
        self.counts.parties_registered += registered.len() as u64;
        Ok(registered)
    }

    /// A party that was there when it was registered: found by another just now, or not found by its name before.
    fn met(&self, wanted: &Wanted, key: &Key, party: Party) -> Known {
        if let Some(Known::Is(known)) = self.known.get(key)
            && known.id == party.id
        {
            return Known::Is(party);
        }
        let candidates = Candidates {
            parties: vec![party],
            more: false,
        };
        self.decided(wanted, &candidates)
    }

    fn needs_site(&self, wanted: &Wanted, party: &Party) -> bool {
        let site = wanted.site.as_ref().map(|site| matching::site(site, &party.sites));
        self.rules.mode == Mode::Create && matches!(site, Some(Decision::New))
    }

    /// Registers the sites that are new, each once; by the party and what the row says of it.
    async fn place(&mut self, keyed: &[(Key, &Wanted)]) -> Result<Vec<Placed>, ApiFault> {
        let mut asked: Vec<(Key, String, &Wanted)> = Vec::new();
        let mut placed: Vec<Placed> = Vec::new();
        for (key, wanted) in keyed {
            let Some(Known::Is(party)) = self.known.get(key) else {
                continue;
            };
            let Some(site) = &wanted.site else { continue };
            let same = |other: &&Wanted| other.site.as_ref().is_some_and(|other| matching::is_one(other, site));
            let twice = asked.iter().any(|(other, _, wanted)| other == key && same(wanted));
            if self.rules.dry_run || twice || site.lacks().is_some() || !self.needs_site(wanted, party) {
                continue;
            }
            asked.push((*key, party.id.clone(), wanted));
        }
        for some in asked.chunks(REGISTRATIONS) {
            let mut document = Document::default();
            let mut names = Vec::new();
            for (_, party, wanted) in some {
                let name = wanted.party.name.as_deref().unwrap_or_default();
                let input = wanted.site.as_ref().map(|site| site.input(name)).unwrap_or_default();
                names.push(document.place(party, input));
            }
            self.counts.questions += 1;
            let mut answers = self.api.each(document.body("mutation")).await?;
            for ((key, _, wanted), name) in some.iter().zip(names) {
                let outcome = match answers.remove(&name) {
                    Some(Each::Refused { code, message }) => Err(Reject::new("site", format!("{code}: {message}"))),
                    Some(Each::Answered(payload)) => {
                        let site: Site = read(payload["site"].clone())?;
                        let new = payload["alreadyRegistered"] == false;
                        self.counts.sites_registered += u64::from(new);
                        if let Some(Known::Is(party)) = self.known.get_mut(key) {
                            party.sites.push(site.clone());
                        }
                        Ok((site.id, new))
                    }
                    None => return Err(ApiFault::Unexpected(format!("`{name}` is not answered"))),
                };
                placed.push(Placed {
                    key: *key,
                    wanted: (*wanted).clone(),
                    outcome,
                });
            }
        }
        Ok(placed)
    }

    fn found(&self, key: &Key, wanted: &Wanted, new: bool, placed: &mut [Placed]) -> Result<Found, Reject> {
        let party = match self.known.get(key) {
            Some(Known::Is(party)) => party,
            Some(Known::Refused(reject)) => return Err(reject.clone()),
            Some(Known::New) => {
                let site = wanted.site.as_ref().and_then(|site| site.lacks());
                return site.map_or(
                    Ok(Found {
                        new: true,
                        ..Found::default()
                    }),
                    |lacks| Err(lacking(lacks)),
                );
            }
            None => return Err(Reject::new(self.rules.place, "PARTY_NOT_FOUND: it was not looked up")),
        };
        let found = Found {
            party: Some(party.id.clone()),
            site: None,
            new,
        };
        let Some(site) = &wanted.site else { return Ok(found) };
        let just = placed.iter_mut().find(|placed| {
            placed.key == *key
                && placed
                    .wanted
                    .site
                    .as_ref()
                    .is_some_and(|other| matching::is_one(other, site))
        });
        if let Some(placed) = just {
            let (id, made) = placed.outcome.clone()?;
            placed.outcome = Ok((id.clone(), false));
            return Ok(Found {
                site: Some(id),
                new: new || made,
                ..found
            });
        }
        match matching::site(site, &party.sites) {
            Decision::Is(known) => Ok(Found {
                site: Some(known.id.clone()),
                ..found
            }),
            Decision::Refused(reject) => Err(reject),
            Decision::New if site.lacks().is_some() => Err(lacking(site.lacks().unwrap_or_default())),
            Decision::New if self.rules.mode == Mode::Create && self.rules.dry_run => Ok(Found { new: true, ..found }),
            Decision::New => {
                let mend = "register it, or let the mapping say `mode = \"create\"`";
                let reason = format!("SITE_NOT_FOUND: {} has no site there: {mend}", party.id);
                Err(Reject::new("site", reason))
            }
        }
    }

    fn refusal(&self, code: &str, message: &str) -> Reject {
        Reject::new(self.rules.place, format!("{code}: {message}"))
    }
}

/// What came of registering a site.
struct Placed {
    key: Key,
    wanted: Wanted,
    outcome: Result<(String, bool), Reject>,
}

fn lacking(part: &str) -> Reject {
    Reject::new(
        format!("site.{part}"),
        "SITE_INCOMPLETE: an address has street, postcode and city: fill in what is missing",
    )
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, ApiFault> {
    serde_json::from_value(value).map_err(|error| ApiFault::Unexpected(error.to_string()))
}
