//! Which of the parties that were found is meant: decided by what is the same, never by what is likely.

use registry::model::address::Place;
use registry::model::identifier::{Identifier, Scheme};
use registry::model::site::Address;
use serde::Deserialize;

use super::wanted::{Wanted, WantedParty, WantedSite, squashed};
use crate::import::row::Reject;

/// A party as the registry answers it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Party {
    pub id: String,
    pub kind: String,
    pub legal_name: Option<String>,
    pub trade_names: Option<Vec<String>>,
    pub identifiers: Vec<Number>,
    pub kept: bool,
    pub sites: Vec<Site>,
}

/// A number as the registry answers it.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Number {
    pub scheme: String,
    pub value: String,
}

/// A site as the registry answers it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct Site {
    pub id: String,
    pub name: Option<String>,
    pub address: Option<SiteAddress>,
    pub identifiers: Vec<Number>,
}

/// An address as the registry answers it.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API, described there")]
pub struct SiteAddress {
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub country: String,
}

/// Whom a row means.
#[derive(Clone, Debug)]
pub enum Decision<T> {
    /// This one.
    Is(T),
    /// One that is not registered.
    New,
    /// It cannot be told, or not by what the row says.
    Refused(Reject),
}

/// What was found for a party: by each of its numbers, or by its name.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The parties.
    pub parties: Vec<Party>,
    /// Whether there were more.
    pub more: bool,
}

/// Which of these it is.
pub fn party(wanted: &Wanted, found: &Candidates, name_alone: bool, place: &str) -> Decision<Party> {
    let refused = |code: &str, reason: String| Decision::Refused(Reject::new(place, format!("{code}: {reason}")));
    let branch = wanted.site.as_ref().and_then(|site| site.number(Scheme::Vestiging));
    if !wanted.party.numbers.is_empty() {
        return by_number(&wanted.party, found, &refused);
    }
    if wanted.party.is_person() {
        let reason = "a person is known by a number alone, such as a KvK number: add it".to_owned();
        return refused("PARTY_INCOMPLETE", reason);
    }
    if let Some(branch) = branch {
        let bears = |party: &&Party| party.sites.iter().any(|site| bears(&site.identifiers, branch));
        if let Some(party) = found.parties.iter().find(bears) {
            return Decision::Is(party.clone());
        }
    }
    if wanted.party.squashed().is_empty() {
        return match branch {
            Some(branch) => refused("PARTY_NOT_FOUND", format!("no party has the branch {}", branch.value())),
            None => refused(
                "PARTY_INCOMPLETE",
                "the name has no letter and no digit: correct it".to_owned(),
            ),
        };
    }
    by_name(wanted, found, name_alone, &refused)
}

type Refuse<'r> = &'r dyn Fn(&str, String) -> Decision<Party>;

fn by_number(wanted: &WantedParty, found: &Candidates, refused: Refuse<'_>) -> Decision<Party> {
    let mut bearers = found.parties.iter();
    let Some(first) = bearers.next() else {
        return Decision::New;
    };
    if let Some(other) = bearers.find(|other| other.id != first.id) {
        let numbers: Vec<&str> = wanted.numbers.iter().map(Identifier::value).collect();
        let reason = format!(
            "the numbers {} are of several parties, {} and {}: correct the wrong one",
            numbers.join(", "),
            first.id,
            other.id
        );
        return refused("PARTY_AMBIGUOUS", reason);
    }
    Decision::Is(first.clone())
}

fn by_name(wanted: &Wanted, found: &Candidates, name_alone: bool, refused: Refuse<'_>) -> Decision<Party> {
    let name = wanted.party.name.as_deref().unwrap_or_default();
    let door = wanted.site.as_ref().filter(|site| site.postcode.is_some());
    if door.is_none() && !name_alone {
        let reason =
            format!("`{name}` alone does not say which party it is: add a number, or postcode and house number");
        return refused("PARTY_INCOMPLETE", reason);
    }
    let named: Vec<&Party> = found
        .parties
        .iter()
        .filter(|party| is_named(party, &wanted.party))
        .collect();
    let here: Vec<&Party> = named
        .iter()
        .copied()
        .filter(|party| door.is_some_and(|door| party.sites.iter().any(|site| is_at(site, door))))
        .collect();
    let ids = |parties: &[&Party]| {
        parties
            .iter()
            .map(|party| party.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if here.is_empty() && name_alone && found.more && named.len() == found.parties.len() {
        let reason = format!("many parties are called `{name}`: add a number or an address");
        return refused("PARTY_AMBIGUOUS", reason);
    }
    match (here.as_slice(), named.as_slice()) {
        ([one], _) => Decision::Is((*one).clone()),
        ([_, ..], _) => refused(
            "PARTY_AMBIGUOUS",
            format!("`{name}` at this address is any of {}: add a number", ids(&here)),
        ),
        ([], [one]) if name_alone => Decision::Is((*one).clone()),
        ([], [_, ..]) if name_alone => refused(
            "PARTY_AMBIGUOUS",
            format!("`{name}` is any of {}: add a number or an address", ids(&named)),
        ),
        ([], [_, ..]) => {
            let reason = format!(
                "`{name}` is registered elsewhere ({}): add a number, register the site there, or let the mapping say `name_alone`",
                ids(&named)
            );
            refused("PARTY_ELSEWHERE", reason)
        }
        ([], []) => Decision::New,
    }
}

/// Which of the party's sites is meant: by a number that is its alone, else by the door.
pub fn site<'s>(wanted: &WantedSite, sites: &'s [Site]) -> Decision<&'s Site> {
    if let Some(number) = wanted.number(Scheme::Vestiging) {
        let numbered = sites.iter().find(|site| bears(&site.identifiers, number));
        return numbered.map_or(Decision::New, Decision::Is);
    }
    let there: Vec<&Site> = match wanted.postcode {
        Some(_) => sites.iter().filter(|site| is_at(site, wanted)).collect(),
        None => {
            let in_building = |site: &&Site| wanted.numbers.iter().any(|number| bears(&site.identifiers, number));
            sites.iter().filter(in_building).collect()
        }
    };
    match there.as_slice() {
        [] => Decision::New,
        [one] => Decision::Is(one),
        [..] => {
            let ids: Vec<&str> = there.iter().map(|site| site.id.as_str()).collect();
            let reason = format!(
                "SITE_AMBIGUOUS: several sites are at this address ({}): add a vestigingsnummer",
                ids.join(", ")
            );
            Decision::Refused(Reject::new("site", reason))
        }
    }
}

/// Whether two rows say the same site: by a number that is its alone, else by the door.
pub fn is_one(one: &WantedSite, other: &WantedSite) -> bool {
    let branch = |site: &WantedSite| site.number(Scheme::Vestiging).cloned();
    match (branch(one), branch(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) if one.postcode.is_some() => {
            let (here, there) = (one.place(), other.place());
            let door = |place: &Place| {
                let street = place.number.is_none().then(|| place.street.clone());
                (place.postcode.clone(), place.number, place.addition.clone(), street)
            };
            one.country == other.country && door(&here) == door(&there)
        }
        (None, None) => one.numbers == other.numbers && other.postcode.is_none(),
        _ => false,
    }
}

fn bears(numbers: &[Number], wanted: &Identifier) -> bool {
    numbers
        .iter()
        .any(|number| number.scheme == wanted.scheme().name() && number.value == wanted.value())
}

fn is_named(party: &Party, wanted: &WantedParty) -> bool {
    let name = wanted.squashed();
    let names = party.legal_name.iter().chain(party.trade_names.iter().flatten());
    names.into_iter().any(|own| squashed(own) == name)
}

/// Whether a site is at the very door: the same postcode and number, with the same addition; the same street where
/// there is no number.
fn is_at(site: &Site, wanted: &WantedSite) -> bool {
    let Some(address) = &site.address else { return false };
    let there = Place::new(&Address {
        street: address.street.clone(),
        postcode: address.postcode.clone(),
        city: address.city.clone(),
        country: address.country.clone(),
    });
    let here = wanted.place();
    if here.postcode.is_none() || here.postcode != there.postcode || wanted.country != address.country {
        return false;
    }
    match (here.number, there.number) {
        (Some(one), Some(other)) => one == other && here.addition == there.addition,
        (None, None) => here.street == there.street,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
