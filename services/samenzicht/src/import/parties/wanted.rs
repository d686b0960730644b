//! Whom a row is about, as the row says it, and by what that is one with another row's.

use registry::model::address::Place;
use registry::model::identifier::{Identifier, Scheme};
use registry::model::site::Address;
use serde_json::{Value, json};

/// A party, and where at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The party.
    pub party: WantedParty,
    /// Its site, where the row says one.
    pub site: Option<WantedSite>,
}

/// A party as a row says it.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedParty {
    /// What it is, as in the API.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// Names it trades under.
    pub trade_names: Vec<String>,
    /// Codes of sectors.
    pub sectors: Vec<String>,
    /// Its numbers.
    pub numbers: Vec<Identifier>,
}

/// A site as a row says it.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedSite {
    /// What people call it.
    pub name: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Country, 2 letters.
    pub country: String,
    /// North is positive.
    pub latitude: Option<f64>,
    /// East is positive.
    pub longitude: Option<f64>,
    /// The code of its safety region.
    pub region: Option<String>,
    /// Its numbers.
    pub numbers: Vec<Identifier>,
}

/// Letters and digits alone, without case and marks: two names are one that differ in nothing else.
pub fn squashed(name: &str) -> String {
    foundation::text::normalise(name).replace(' ', "")
}

fn number(identifier: &Identifier) -> Value {
    json!({ "scheme": identifier.scheme().name(), "value": identifier.value() })
}

impl WantedParty {
    /// Whether its names are personal, so that it is found by numbers alone.
    pub fn is_person(&self) -> bool {
        ["SOLE_TRADER", "NATURAL_PERSON"].contains(&self.kind.as_str())
    }

    /// Its name without anything but letters and digits.
    pub fn squashed(&self) -> String {
        squashed(self.name.as_deref().unwrap_or_default())
    }

    /// `PartyInput`.
    pub fn input(&self) -> Value {
        json!({
            "kind": self.kind, "legalName": self.name, "tradeNames": self.trade_names, "sectors": self.sectors,
            "identifiers": self.numbers.iter().map(number).collect::<Vec<_>>(),
        })
    }
}

impl WantedSite {
    /// Its number of this scheme.
    pub fn number(&self, scheme: Scheme) -> Option<&Identifier> {
        self.numbers.iter().find(|number| number.scheme() == scheme)
    }

    /// Its address taken apart.
    pub fn place(&self) -> Place {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Place::new(&Address {
            street: text(&self.street),
            postcode: text(&self.postcode),
            city: text(&self.city),
            country: self.country.clone(),
        })
    }

    /// What its address lacks to be registered; nothing where it has none or all.
    pub fn lacks(&self) -> Option<&'static str> {
        let parts = [
            ("street", &self.street),
            ("postcode", &self.postcode),
            ("city", &self.city),
        ];
        if parts.iter().take(2).all(|(_, part)| part.is_none()) {
            return None;
        }
        parts.into_iter().find(|(_, part)| part.is_none()).map(|(name, _)| name)
    }

    /// `SiteInput`, at a party of this name.
    pub fn input(&self, party: &str) -> Value {
        let address = self.street.as_ref().map(
            |street| json!({ "street": street, "postcode": self.postcode, "city": self.city, "country": self.country }),
        );
        let point = self.latitude.zip(self.longitude);
        let point = point.map(|(latitude, longitude)| json!({ "latitude": latitude, "longitude": longitude }));
        json!({
            "name": self.name.as_deref().unwrap_or(party), "address": address, "coordinates": point,
            "safetyRegion": self.region, "identifiers": self.numbers.iter().map(number).collect::<Vec<_>>(),
        })
    }
}

impl Wanted {
    /// By what its party is one with that of another row: its numbers; else its name, and where that is not enough its
    /// door.
    pub fn key(&self, name_alone: bool) -> String {
        let numbers: Vec<String> = self.party.numbers.iter().map(|one| format!("{one:?}")).collect();
        if !numbers.is_empty() {
            return numbers.join(" ");
        }
        let site = self.site.as_ref();
        if let Some(number) = site.and_then(|site| site.number(Scheme::Vestiging)) {
            return format!("{number:?} {}", self.party.squashed());
        }
        let door = site.filter(|_| !name_alone).map(WantedSite::place);
        format!("{} {} {door:?}", self.party.kind, self.party.squashed())
    }
}
