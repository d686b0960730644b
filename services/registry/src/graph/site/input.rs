//! What clients hand in about sites, and how it is read.

use async_graphql::{InputObject, MaybeUndefined};
use foundation::Fault;

use crate::graph::party::{IdentifierInput, given, numbers, region};
use crate::model::site::entry::{NewSite, SiteChange, postcode};
use crate::model::site::{Address, Coordinates, NETHERLANDS};

/// A postal address (adres).
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct AddressInput {
    /// Street and house number (straat en huisnummer).
    street: String,
    /// In the Netherlands 4 digits and 2 letters; abroad as it is written there, at most 12 (postcode).
    postcode: String,
    /// Town (plaats).
    city: String,
    /// Country, 2 letters by ISO 3166-1 (land).
    #[graphql(default_with = "NETHERLANDS.to_owned()")]
    country: String,
}

/// A point on earth (coördinaten), in degrees (WGS 84).
#[derive(InputObject, Clone, Copy, Debug)]
pub(in crate::graph) struct CoordinatesInput {
    /// North is positive (breedtegraad).
    latitude: f64,
    /// East is positive (lengtegraad).
    longitude: f64,
}

/// A site as an inspectorate registers it (vestiging).
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct SiteInput {
    /// What people call it (naam), at most 200 characters.
    name: String,
    /// Its address (adres).
    address: Option<AddressInput>,
    /// Its numbers, one per register (identificerende nummers), its BAG id among them.
    identifiers: Option<Vec<IdentifierInput>>,
    /// Where it lies (coördinaten).
    coordinates: Option<CoordinatesInput>,
    /// The code of the safety region that it lies in (veiligheidsregio).
    safety_region: Option<String>,
}

/// Changes to a site: what is left out stays, null empties what may be empty.
#[derive(InputObject, Clone, Debug)]
pub(in crate::graph) struct SiteEdit {
    /// What people call it (naam).
    name: Option<String>,
    /// Its address (adres).
    address: MaybeUndefined<AddressInput>,
    /// Its numbers, all of them (identificerende nummers).
    identifiers: Option<Vec<IdentifierInput>>,
    /// Where it lies (coördinaten).
    coordinates: MaybeUndefined<CoordinatesInput>,
    /// The code of the safety region that it lies in (veiligheidsregio).
    safety_region: MaybeUndefined<String>,
}

impl From<AddressInput> for Address {
    fn from(address: AddressInput) -> Self {
        Self {
            street: address.street,
            postcode: postcode(&address.postcode, &address.country),
            city: address.city,
            country: address.country,
        }
    }
}

impl From<CoordinatesInput> for Coordinates {
    fn from(point: CoordinatesInput) -> Self {
        Self {
            latitude: point.latitude,
            longitude: point.longitude,
        }
    }
}

impl SiteInput {
    /// The site, its numbers checked one by one.
    ///
    /// # Errors
    /// Every number that is none, at its place.
    pub(super) fn read(self) -> Result<NewSite, Vec<Fault>> {
        let mut faults = Vec::new();
        let identifiers = numbers(self.identifiers.unwrap_or_default(), &mut faults);
        let region = region(self.safety_region, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(NewSite {
            name: self.name,
            address: self.address.map(Into::into),
            identifiers,
            coordinates: self.coordinates.map(Into::into),
            region,
        })
    }
}

impl SiteEdit {
    /// What changes, its numbers checked one by one.
    ///
    /// # Errors
    /// Every number that is none, at its place.
    pub(super) fn read(self) -> Result<SiteChange, Vec<Fault>> {
        let mut faults = Vec::new();
        let identifiers = self.identifiers.map(|given| numbers(given, &mut faults));
        let region = given(self.safety_region).map(|code| region(code, &mut faults));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(SiteChange {
            name: self.name,
            address: given(self.address).map(|address| address.map(Into::into)),
            identifiers,
            coordinates: given(self.coordinates).map(|point| point.map(Into::into)),
            region,
        })
    }
}
