//! Sites (vestigingen, locaties): where a supervised party does what is supervised.

pub mod entry;

use serde::Deserialize;

use super::Misfit;
use super::identifier::Identifier;
use super::region::RegionCode;

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and house number.
    pub street: String,
    /// Postcode; in the Netherlands 4 digits and 2 letters, such as `0000 AA` (which exists nowhere).
    pub postcode: String,
    /// Town.
    pub city: String,
    /// Country: 2 letters (ISO 3166-1).
    #[serde(default = "netherlands")]
    pub country: String,
}

/// The Netherlands, by ISO 3166-1.
pub const NETHERLANDS: &str = "NL";

fn netherlands() -> String {
    NETHERLANDS.to_owned()
}

impl Address {
    /// Whether the postcode is one, as far as that can be said.
    pub fn has_postcode(&self) -> bool {
        if self.country == NETHERLANDS {
            is_postcode(&self.postcode)
        } else {
            let length = self.postcode.trim().len();
            (1..=POSTCODE_MAXIMUM).contains(&length)
        }
    }
}

/// The longest postcode abroad.
const POSTCODE_MAXIMUM: usize = 12;

/// A point on earth, in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coordinates {
    /// North is positive.
    pub latitude: f64,
    /// East is positive.
    pub longitude: f64,
}

/// What is known of a site. Its id and its party belong to the store, which takes nothing that [`Site::check`] refuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What people call it.
    pub name: String,
    /// Its address, where it has one.
    pub address: Option<Address>,
    /// Its numbers.
    pub identifiers: Vec<Identifier>,
    /// Where it lies.
    pub coordinates: Option<Coordinates>,
    /// The safety region it lies in.
    pub region: Option<RegionCode>,
}

impl Site {
    /// Checks what the types alone do not: a name, a postcode, coordinates on earth, numbers that fit a site.
    ///
    /// # Errors
    /// A [`Misfit`] that says what to mend.
    pub fn check(&self) -> Result<(), Misfit> {
        let misfit = |mend: String| Err(Misfit::new("site", self.name.clone(), mend));
        if self.name.trim().is_empty() {
            return misfit("it has a name".to_owned());
        }
        if let Some(address) = &self.address
            && !address.has_postcode()
        {
            return misfit(format!(
                "its postcode '{}' is not 4 digits and 2 letters",
                address.postcode
            ));
        }
        if let Some(Coordinates { latitude, longitude }) = self.coordinates
            && !((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude))
        {
            return misfit(
                "its latitude lies between -90 and 90, its longitude between -180 and 180 degrees".to_owned(),
            );
        }
        match self
            .identifiers
            .iter()
            .find(|identifier| !identifier.scheme().fits_site())
        {
            Some(identifier) => misfit(format!(
                "a {} belongs to a party; give it there",
                identifier.scheme().meaning()
            )),
            None => Ok(()),
        }
    }
}

fn is_postcode(text: &str) -> bool {
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    bytes.len() == 6 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4..].iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::{Address, Coordinates, Site};
    use crate::model::identifier::{Identifier, Scheme};

    fn site() -> Site {
        Site {
            name: "Terminal Voorbeeld".to_owned(),
            address: Some(Address {
                street: "Verzinseldijk 1".to_owned(),
                postcode: "0000 AA".to_owned(),
                city: "Voorbeeldhaven".to_owned(),
                country: "NL".to_owned(),
            }),
            identifiers: vec![Identifier::new(Scheme::Vestiging, "999900000001").expect("fits")],
            coordinates: Some(Coordinates {
                latitude: 51.9,
                longitude: 4.1,
            }),
            region: None,
        }
    }

    #[test]
    fn a_site_fits_or_says_why_not() {
        assert_eq!(site().check(), Ok(()));
        let mut wrong = site();
        wrong.coordinates = Some(Coordinates {
            latitude: 451.9,
            longitude: 4.1,
        });
        assert!(wrong.check().is_err());
        let mut abroad = site();
        let address = abroad.address.as_mut().expect("has one");
        address.postcode = "PL4 0PR".to_owned();
        assert!(abroad.check().is_err());
        abroad.address.as_mut().expect("has one").country = "GB".to_owned();
        assert_eq!(abroad.check(), Ok(()));
        let mut wrong = site();
        wrong.identifiers = vec![Identifier::new(Scheme::Kvk, "00009901").expect("fits")];
        assert!(wrong.check().is_err());
    }
}
