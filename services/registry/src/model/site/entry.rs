//! What is handed in about a site: checked whole, every fault at its field.

use foundation::check::required;
use foundation::{Code, Fault};

use super::{Address, Coordinates, NETHERLANDS};
use crate::model::identifier::Identifier;
use crate::model::party::entry::{invalid, name};
use crate::model::region::RegionCode;

/// A site as an inspectorate registers it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSite {
    /// What people call it.
    pub name: String,
    /// Its address, where it has one.
    pub address: Option<Address>,
    /// Its numbers, at most one per scheme.
    pub identifiers: Vec<Identifier>,
    /// Where it lies.
    pub coordinates: Option<Coordinates>,
    /// The safety region it lies in.
    pub region: Option<RegionCode>,
}

/// What changes of a site; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteChange {
    /// What people call it.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<Option<Address>>,
    /// Its numbers, all of them.
    pub identifiers: Option<Vec<Identifier>>,
    /// Where it lies.
    pub coordinates: Option<Option<Coordinates>>,
    /// The safety region it lies in.
    pub region: Option<Option<RegionCode>>,
}

impl NewSite {
    /// Everything that is wrong with it, each fault at its field.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        name("name", &self.name, &mut faults);
        place(self.address.as_ref(), self.coordinates, &mut faults);
        numbers(&self.identifiers, &mut faults);
        faults
    }
}

impl SiteChange {
    /// Everything that is wrong with it, each fault at its field.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(given) = &self.name {
            name("name", given, &mut faults);
        }
        let address = self.address.iter().flatten().next();
        place(address, self.coordinates.flatten(), &mut faults);
        numbers(self.identifiers.as_deref().unwrap_or_default(), &mut faults);
        faults
    }
}

/// A postcode as it is stored: `1234 AB` in the Netherlands; abroad as it is written there, in capitals.
pub fn postcode(text: &str, country: &str) -> String {
    if country != NETHERLANDS {
        let words: Vec<&str> = text.split_whitespace().collect();
        return words.join(" ").to_uppercase();
    }
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect::<String>()
        .to_uppercase();
    match text.split_at_checked(4) {
        Some((digits, letters)) => format!("{digits} {letters}"),
        None => text,
    }
}

fn place(address: Option<&Address>, coordinates: Option<Coordinates>, faults: &mut Vec<Fault>) {
    if let Some(address) = address {
        required("address.street", &address.street, 200, faults);
        required("address.city", &address.city, 100, faults);
        let letters = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !letters(&address.country) {
            let (dutch, english) = (
                "een land is 2 letters (ISO 3166-1), zoals NL of GB",
                "a country is 2 letters (ISO 3166-1), such as NL or GB",
            );
            faults.push(invalid("address.country", dutch, english));
        } else if address.country != NETHERLANDS && !address.has_postcode() {
            required("address.postcode", &address.postcode, 12, faults);
        } else if !address.has_postcode() {
            let (dutch, english) = (
                "een postcode is 4 cijfers en 2 letters, zoals 0000 AA",
                "a postcode is 4 digits and 2 letters, such as 0000 AA",
            );
            faults.push(invalid("address.postcode", dutch, english));
        }
    }
    if let Some(Coordinates { latitude, longitude }) = coordinates
        && !((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
    {
        let (dutch, english) = (
            "de breedtegraad ligt tussen -90 en 90, de lengtegraad tussen -180 en 180",
            "the latitude lies between -90 and 90, the longitude between -180 and 180",
        );
        faults.push(
            Fault::new(Code::InvalidInput)
                .with_words("reason", dutch, english)
                .at("coordinates"),
        );
    }
}

fn numbers(identifiers: &[Identifier], faults: &mut Vec<Fault>) {
    for (index, identifier) in identifiers.iter().enumerate() {
        let scheme = identifier.scheme();
        let (dutch, english) = if identifiers[..index].iter().any(|other| other.scheme() == scheme) {
            ("per register is er één nummer", "there is one number per register")
        } else if !scheme.fits_site() {
            (
                "dit nummer hoort bij een partij; geef het daar",
                "this number belongs to a party; give it there",
            )
        } else {
            continue;
        };
        faults.push(invalid(&format!("identifiers.{index}.scheme"), dutch, english));
    }
}

#[cfg(test)]
mod tests {
    use super::{NewSite, SiteChange, postcode};
    use crate::model::identifier::{Identifier, Scheme};
    use crate::model::site::{Address, Coordinates};

    #[test]
    fn every_fault_of_a_site_is_told_at_once() {
        let site = NewSite {
            name: String::new(),
            address: Some(Address {
                street: " ".to_owned(),
                postcode: "12 AB".to_owned(),
                city: "Nergens".to_owned(),
                country: "NL".to_owned(),
            }),
            identifiers: vec![Identifier::new(Scheme::Kvk, "00009901").expect("fits")],
            coordinates: Some(Coordinates {
                latitude: 51.0,
                longitude: 500.0,
            }),
            region: None,
        };
        let fields: Vec<String> = site
            .check()
            .iter()
            .map(|f| f.field().unwrap_or_default().to_owned())
            .collect();
        let expected = [
            "name",
            "address.street",
            "address.postcode",
            "coordinates",
            "identifiers.0.scheme",
        ];
        assert_eq!(fields, expected);
        assert!(SiteChange::default().check().is_empty());
    }

    #[test]
    fn an_address_abroad_has_its_own_postcode() {
        let fields = |postcode: &str, country: &str| {
            let address = Address {
                street: "Havenkant 1".to_owned(),
                postcode: postcode.to_owned(),
                city: "Elders".to_owned(),
                country: country.to_owned(),
            };
            let site = NewSite {
                name: "Elders".to_owned(),
                address: Some(address),
                identifiers: Vec::new(),
                coordinates: None,
                region: None,
            };
            let field = |fault: &foundation::Fault| fault.field().unwrap_or_default().to_owned();
            site.check().iter().map(field).collect::<Vec<_>>()
        };
        assert_eq!(fields("PL4 0PR", "GB"), [""; 0]);
        assert_eq!(fields("PL4 0PR", "NL"), ["address.postcode"]);
        assert_eq!(fields(" ", "GB"), ["address.postcode"]);
        assert_eq!(fields("1234567890123", "GB"), ["address.postcode"]);
        for country in ["", "gb", "GBR", "1A"] {
            assert_eq!(fields("0000 AA", country), ["address.country"], "{country}");
        }
    }

    #[test]
    fn postcodes_are_written_one_way() {
        assert_eq!(postcode("0000aa", "NL"), "0000 AA");
        assert_eq!(postcode(" 0000  AA ", "NL"), "0000 AA");
        assert_eq!(postcode("é", "NL"), "É");
        assert_eq!(postcode(" pl4  0pr", "GB"), "PL4 0PR");
    }
}
