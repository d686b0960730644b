//! The story that the demo tells (`data/*.toml`): accounts, parties, sites and signals, read and checked.
//!
//! Accounts, parties and sites are given to the registry; the signals are played through the API, each by its own
//! account, so that the demo's data went through the same doors as everybody's. Times count back from the demo's start.

use access::{Rank, Roles};
use foundation::ids::{prefix, write};
use registry::model::account::{Account, Person, rank, role};
use registry::model::code::Code;
use registry::model::identifier::Identifier;
use registry::model::party::{Party, PartyKind};
use registry::model::region::RegionCode;
use registry::model::site::{Address, Coordinates, Site};
use registry::reference::{Reference, ReferenceError, read};
use registry::seed::Noun;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::deeds::StoryDeed;

mod check;
#[cfg(test)]
mod refusals;
mod signal;
#[cfg(test)]
mod tests;

pub use signal::{Ending, Retention, StoryGrant, StoryLabels, StoryReporter, StorySignal, To};

/// The story's files as text; by default those that are embedded.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// `accounts.toml`.
    pub accounts: &'a str,
    /// `parties.toml`.
    pub parties: &'a str,
    /// `sites.toml`.
    pub sites: &'a str,
    /// `signals.toml`.
    pub signals: &'a str,
    /// `together.toml`.
    pub together: &'a str,
    /// `visits.toml`.
    pub visits: &'a str,
}

impl Files<'static> {
    /// The files that this program was built with.
    pub const EMBEDDED: Self = Self {
        accounts: include_str!("../data/accounts.toml"),
        parties: include_str!("../data/parties.toml"),
        sites: include_str!("../data/sites.toml"),
        signals: include_str!("../data/signals.toml"),
        together: include_str!("../data/together.toml"),
        visits: include_str!("../data/visits.toml"),
    };
}

/// The whole story, each part in the order of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Who can sign in.
    pub accounts: Vec<StoryAccount>,
    /// Whom it is about.
    pub parties: Vec<StoryParty>,
    /// Where it happens.
    pub sites: Vec<StorySite>,
    /// What was seen.
    pub signals: Vec<StorySignal>,
    /// What is done with each other's signals.
    pub deeds: Vec<StoryDeed>,
    /// What a visitor looks at.
    pub visits: Vec<StoryVisit>,
}

impl Story {
    /// The story that this program was built with.
    ///
    /// # Errors
    /// As [`Story::parse`]; a test keeps the embedded files free of them.
    pub fn embedded(reference: &Reference) -> Result<Self, ReferenceError> {
        Self::parse(&Files::EMBEDDED, reference)
    }

    /// Reads the files and checks them against each other and against the vocabularies.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, key and mend.
    pub fn parse(files: &Files<'_>, reference: &Reference) -> Result<Self, ReferenceError> {
        let story = Self {
            accounts: read::<Written<_>>(check::ACCOUNTS, files.accounts)?.entry,
            parties: read::<Written<WrittenParty>>(check::PARTIES, files.parties)?
                .entry
                .into_iter()
                .map(Into::into)
                .collect(),
            sites: read::<Written<WrittenSite>>(check::SITES, files.sites)?
                .entry
                .into_iter()
                .map(Into::into)
                .collect(),
            signals: read::<Written<_>>(check::SIGNALS, files.signals)?.entry,
            deeds: read::<Written<_>>(check::TOGETHER, files.together)?.entry,
            visits: read::<Written<_>>(check::VISITS, files.visits)?.entry,
        };
        check::check(&story, reference)?;
        Ok(story)
    }

    /// The account with this subject.
    pub fn account(&self, subject: &str) -> Option<&StoryAccount> {
        self.accounts.iter().find(|account| account.subject == subject)
    }
}

/// A file as written: its source, and its entries under the name of their noun.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    #[serde(rename = "source")]
    _source: String,
    #[serde(
        alias = "account",
        alias = "party",
        alias = "site",
        alias = "signal",
        alias = "deed",
        alias = "visit"
    )]
    entry: Vec<T>,
}

/// An account of the demo; its subject is its name, such as `ilt.inspector`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryAccount {
    /// The account's name and the token's subject.
    pub subject: String,
    /// A fictitious name.
    pub name: String,
    /// The organisation it acts for.
    pub organisation: Code,
    /// Its roles there.
    #[serde(deserialize_with = "roles")]
    pub roles: Roles,
    /// The highest rank it may handle.
    #[serde(deserialize_with = "clearance")]
    pub clearance: Rank,
    /// The purposes it holds.
    pub purposes: Vec<Code>,
    /// The circles that it may read, where it is a case system.
    #[serde(default)]
    pub circles: Vec<Code>,
}

impl StoryAccount {
    /// The registry's account for it, at the demo's own issuer.
    pub fn account(&self, issuer: &str) -> Account {
        Account {
            person: Person {
                issuer: issuer.to_owned(),
                subject: self.subject.clone(),
            },
            name: self.name.clone(),
            organisation: self.organisation.clone(),
            roles: self.roles.clone(),
            clearance: self.clearance,
            purposes: self.purposes.clone(),
            circles: self.circles.clone(),
        }
    }
}

fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Roles, D::Error> {
    let codes = Vec::<String>::deserialize(deserializer)?;
    codes
        .iter()
        .map(|code| role(code))
        .collect::<Result<Vec<_>, _>>()
        .map(Roles::new)
        .map_err(D::Error::custom)
}

fn clearance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rank, D::Error> {
    rank(i16::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// A question that a visitor finds ready, with the account that asks it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryVisit {
    /// The account.
    pub r#as: String,
    /// The purpose that it states.
    pub purpose: Code,
    /// The question, as it is written; `<party:key>` stands for a party's id.
    query: String,
}

impl StoryVisit {
    /// The question, with the ids of its parties.
    pub fn query(&self, story: &Story) -> String {
        let named = |text: String, party: &StoryParty| {
            let id = write(prefix::PARTY, Noun::Party.id(party.key.as_str())).0;
            text.replace(&format!("<party:{}>", party.key), &id)
        };
        story.parties.iter().fold(self.query.trim_start().to_owned(), named)
    }
}

/// A supervised party under the key by which the story's files refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryParty {
    /// The key within the story.
    pub key: Code,
    /// What the registry is told.
    pub party: Party,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenParty {
    key: Code,
    kind: PartyKind,
    legal_name: String,
    #[serde(default)]
    trade_names: Vec<String>,
    #[serde(default)]
    identifiers: Vec<Identifier>,
    #[serde(default)]
    custodians: Vec<Code>,
}

impl From<WrittenParty> for StoryParty {
    fn from(written: WrittenParty) -> Self {
        let WrittenParty {
            key,
            kind,
            legal_name,
            trade_names,
            identifiers,
            custodians,
        } = written;
        Self {
            key,
            party: Party {
                kind,
                legal_name,
                trade_names,
                identifiers,
                custodians,
            },
        }
    }
}

/// A site under the key by which the story's files refer to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StorySite {
    /// The key within the story.
    pub key: Code,
    /// The key of the party whose site it is.
    pub party: Code,
    /// What the registry is told.
    pub site: Site,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSite {
    key: Code,
    party: Code,
    name: String,
    address: Option<Address>,
    #[serde(default)]
    identifiers: Vec<Identifier>,
    coordinates: Option<Coordinates>,
    region: Option<RegionCode>,
}

impl From<WrittenSite> for StorySite {
    fn from(written: WrittenSite) -> Self {
        let WrittenSite {
            key,
            party,
            name,
            address,
            identifiers,
            coordinates,
            region,
        } = written;
        Self {
            key,
            party,
            site: Site {
                name,
                address,
                identifiers,
                coordinates,
                region,
            },
        }
    }
}
