//! Gives the story's accounts, parties and sites to the registry. Its signals are played through the API instead.

use registry::seed::{PlacedSite, Population};

use crate::story::Story;

/// What the registry is told of the story, its accounts at this issuer.
pub fn population(story: &Story, issuer: &str) -> Population {
    let placed = |site: &crate::story::StorySite| PlacedSite {
        key: site.key.clone(),
        party: site.party.clone(),
        site: site.site.clone(),
    };
    Population {
        accounts: story.accounts.iter().map(|account| account.account(issuer)).collect(),
        parties: story
            .parties
            .iter()
            .map(|party| (party.key.clone(), party.party.clone()))
            .collect(),
        sites: story.sites.iter().map(placed).collect(),
    }
}
