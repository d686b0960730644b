//! A register with parties that were registered as a service registers them: found by name, number and address.

use registry::model::code::Code;
use registry::model::identifier::{Identifier, Scheme};
use registry::model::party::{Party, PartyKind};
use registry::model::site::{Address, Site};
use registry::seed::{Noun, PlacedSite, Population, population};
use serde_json::{Value, json};

use crate::world::World;

/// A party that is being made.
#[derive(Clone, Debug)]
pub struct Registered {
    key: String,
    party: Party,
    sites: Vec<Site>,
}

/// A company under a key.
pub fn company(key: &str, legal_name: &str) -> Registered {
    Registered {
        key: key.to_owned(),
        party: Party {
            kind: PartyKind::Company,
            legal_name: legal_name.to_owned(),
            trade_names: Vec::new(),
            identifiers: Vec::new(),
            custodians: Vec::new(),
        },
        sites: Vec::new(),
    }
}

/// A sole trader under a key, registered by an inspectorate.
pub fn sole_trader(key: &str, legal_name: &str, custodian: &str) -> Registered {
    let mut registered = company(key, legal_name);
    registered.party.kind = PartyKind::SoleTrader;
    registered.party.custodians.push(code(custodian));
    registered
}

impl Registered {
    /// With a name that it trades under.
    #[must_use]
    pub fn trading_as(mut self, name: &str) -> Self {
        self.party.trade_names.push(name.to_owned());
        self
    }

    /// With a number.
    #[must_use]
    pub fn number(mut self, scheme: Scheme, value: &str) -> Self {
        self.party
            .identifiers
            .push(Identifier::new(scheme, value).expect("a number that fits"));
        self
    }

    /// With a site, and the site's numbers.
    #[must_use]
    pub fn site(mut self, street: &str, postcode: &str, city: &str, numbers: &[(Scheme, &str)]) -> Self {
        let number = |(scheme, value): &(Scheme, &str)| Identifier::new(*scheme, value).expect("a number that fits");
        self.sites.push(Site {
            name: format!("Vestiging {street}"),
            address: Some(Address {
                street: street.to_owned(),
                postcode: postcode.to_owned(),
                city: city.to_owned(),
                country: "NL".to_owned(),
            }),
            identifiers: numbers.iter().map(number).collect(),
            coordinates: None,
            region: None,
        });
        self
    }
}

/// Registers parties.
pub async fn register(world: &World, parties: &[Registered]) {
    let mut all = Population::default();
    for registered in parties {
        all.parties.push((code(&registered.key), registered.party.clone()));
        for (place, site) in registered.sites.iter().enumerate() {
            all.sites.push(PlacedSite {
                key: code(&format!("{}-{place}", registered.key)),
                party: code(&registered.key),
                site: site.clone(),
            });
        }
    }
    population(&world.behind, &all).await.expect("a population that loads");
}

/// A party's id as clients know it.
pub fn party_id(key: &str) -> String {
    format!("pty_{}", Noun::Party.id(key).simple())
}

fn code(text: &str) -> Code {
    text.to_owned().try_into().expect("a code")
}

impl World {
    /// Asks the registry; the whole answer.
    pub async fn registry(&self, subject: &str, purpose: &str, query: &str, variables: &Value) -> Value {
        let reply = self.ask_registry(subject, purpose, query, variables).await;
        serde_json::to_value(reply.response).expect("an answer is JSON")
    }

    /// Asks the registry and expects an answer without errors; its data.
    pub async fn registry_data(&self, subject: &str, purpose: &str, query: &str, variables: &Value) -> Value {
        let mut answer = self.registry(subject, purpose, query, variables).await;
        assert!(answer.get("errors").is_none(), "{subject} under {purpose}: {answer:#}");
        answer["data"].take()
    }

    /// Merges a duplicate into a survivor, as coordinator of NVWA.
    pub async fn merge(&self, survivor: &str, duplicate: &str) -> Value {
        let merge =
            "mutation ($s: ID!, $d: ID!) { mergeParties(survivor: $s, duplicate: $d, reason: \"Zelfde bedrijf.\") {
            parties { id mergedFrom { id legalName reason } } } }";
        let parties = json!({ "s": party_id(survivor), "d": party_id(duplicate) });
        self.registry("nvwa.coordinator", "toezicht", merge, &parties).await
    }

    /// Undoes the merge of a duplicate, as steward of ILT.
    pub async fn undo_merge(&self, duplicate: &str) -> Value {
        let undo = "mutation ($d: ID!) { undoMerge(duplicate: $d) { parties { id } } }";
        let party = json!({ "d": party_id(duplicate) });
        self.registry("ilt.data_steward", "toezicht", undo, &party).await
    }
}
