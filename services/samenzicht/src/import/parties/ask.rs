//! What is asked of the registry: several lookups or registrations in one document, each under a name of its own.

use registry::model::identifier::Scheme;
use serde_json::{Map, Value, json};

use super::matching::Party;
use super::wanted::{Wanted, WantedParty, WantedSite};

/// Lookups in one document: the registry weighs what one may ask.
pub const LOOKUPS: usize = 8;
/// Registrations in one document: each is a transaction, and the answer comes within seconds.
pub const REGISTRATIONS: usize = 10;
/// Parties that are looked at for a name.
const CANDIDATES: u32 = 6;
/// What the registry takes of a search text.
const TEXT: usize = 150;

const PARTY: &str = "fragment Found on SupervisedParty { id kind legalName tradeNames identifiers { scheme value } kept
    sites { id name address { street postcode city country } identifiers { scheme value } } }";

/// A document that is put together.
#[derive(Debug, Default)]
pub struct Document {
    declared: Vec<String>,
    asked: Vec<String>,
    variables: Map<String, Value>,
}

impl Document {
    /// How many questions it has.
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    fn variable(&mut self, kind: &str, value: Value) -> String {
        let name = format!("v{}", self.variables.len());
        self.declared.push(format!("${name}: {kind}"));
        self.variables.insert(name.clone(), value);
        name
    }

    fn ask(&mut self, question: &str) -> String {
        let name = format!("q{}", self.asked.len());
        self.asked.push(format!("{name}: {question}"));
        name
    }

    /// The parties with a number.
    fn numbered(&mut self, scheme: Scheme, value: &str) -> String {
        let number = self.variable("IdentifierInput", json!({ "scheme": scheme.name(), "value": value }));
        self.ask(&format!(
            "parties(identifier: ${number}, first: 2) {{ nodes {{ ...Found }} pageInfo {{ hasNextPage }} }}"
        ))
    }

    fn searched(&mut self, text: &str) -> String {
        let text = self.variable("String", json!(text));
        self.ask(&format!(
            "parties(search: ${text}, first: {CANDIDATES}) {{ nodes {{ ...Found }} pageInfo {{ hasNextPage }} }}"
        ))
    }

    /// Looks for whom a row is about: the names of the questions.
    pub fn look_for(&mut self, wanted: &Wanted) -> Vec<String> {
        if !wanted.party.numbers.is_empty() {
            let numbers = wanted.party.numbers.iter();
            return numbers
                .map(|number| self.numbered(number.scheme(), number.value()))
                .collect();
        }
        if wanted.party.is_person() {
            return Vec::new();
        }
        let site = wanted.site.as_ref();
        let branch = site.and_then(|site| site.number(Scheme::Vestiging));
        let branch = branch.map(|number| format!("{} {}", number.scheme().name(), number.value()));
        // Where it is said to be, and anywhere: one of its name elsewhere must be known too.
        let mut texts: Vec<String> = branch.into_iter().collect();
        if !wanted.party.squashed().is_empty() {
            let (here, anywhere) = (by_name(&wanted.party, site), by_name(&wanted.party, None));
            texts.extend((here != anywhere).then_some(here));
            texts.push(anywhere);
        }
        texts.iter().map(|text| self.searched(text)).collect()
    }

    /// Registers a party.
    pub fn register(&mut self, input: Value) -> String {
        let input = self.variable("PartyInput!", input);
        self.ask(&format!(
            "registerParty(input: ${input}) {{ alreadyRegistered party {{ ...Found }} }}"
        ))
    }

    /// Registers a site of a party.
    pub fn place(&mut self, party: &str, input: Value) -> String {
        let (party, input) = (self.variable("ID!", json!(party)), self.variable("SiteInput!", input));
        self.ask(&format!(
            "registerSite(partyId: ${party}, input: ${input}) {{ alreadyRegistered
               site {{ id name address {{ street postcode city country }} identifiers {{ scheme value }} }} }}"
        ))
    }

    /// As the body of a request.
    pub fn body(&self, kind: &str) -> String {
        let (declared, asked) = (self.declared.join(", "), self.asked.join("\n"));
        let fragment = if asked.contains("...Found") { PARTY } else { "" };
        let text = format!("{kind} import({declared}) {{ {asked} }} {fragment}");
        json!({ "query": text, "variables": self.variables }).to_string()
    }
}

/// A search text: the name, and where its bearer is. A comma would begin the town.
fn by_name(party: &WantedParty, site: Option<&WantedSite>) -> String {
    let name = party.name.as_deref().unwrap_or_default().replace(',', " ");
    let name: String = name.chars().take(TEXT).collect();
    let dutch = site
        .filter(|site| site.country == "NL")
        .and_then(|site| site.postcode.as_deref());
    let city = site.and_then(|site| site.city.as_deref());
    match (dutch, city) {
        (Some(postcode), _) => {
            let postcode: String = postcode
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .take(6)
                .collect();
            format!("{name} {postcode}")
        }
        (None, Some(city)) => {
            let city: String = city.replace(',', " ").chars().take(40).collect();
            format!("{name}, {city}")
        }
        (None, None) => name,
    }
}

/// How a party that is there is registered once more, so that the own inspectorate keeps it too.
pub fn again(party: &Party) -> Value {
    let numbers = party
        .identifiers
        .iter()
        .map(|number| json!({ "scheme": number.scheme, "value": number.value }));
    json!({
        "kind": party.kind, "legalName": party.legal_name, "tradeNames": party.trade_names,
        "identifiers": numbers.collect::<Vec<_>>(),
    })
}
