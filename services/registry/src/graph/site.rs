//! Sites, as the API shows them.

mod input;
mod mutation;

use std::sync::Arc;

use access::MaskReason;
use async_graphql::{Context, ID, Object, SimpleObject};
use foundation::Fault;
use foundation::graphql::kit::MaskedField;
use foundation::ids::{prefix, read, write};
use uuid::Uuid;

use super::door::{Door, PartyKey, Places, SiteCustody, SiteKey};
use super::party::{Identifier, SupervisedParty, masked};
use super::region::SafetyRegion;
use crate::store;

pub(super) use mutation::SiteMutation;

/// Questions about sites.
#[derive(Default)]
pub(super) struct SiteQuery;

/// Questions about sites.
#[Object]
impl SiteQuery {
    /// One site (vestiging).
    async fn site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identity (kenmerk), such as `sit_…`.")] id: ID,
    ) -> Result<Option<Site>, Fault> {
        find(Door::of(ctx), &id).await.map_err(|fault| fault.at("id"))
    }

    #[graphql(entity)]
    async fn find_site(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Site>, Fault> {
        find(Door::of(ctx), &id).await
    }
}

/// The site with this id.
async fn find(door: &Arc<Door>, id: &ID) -> Result<Option<Site>, Fault> {
    by_id(door, read(prefix::SITE, id)?).await
}

/// The site with this identity.
async fn by_id(door: &Arc<Door>, id: Uuid) -> Result<Option<Site>, Fault> {
    Ok(door.load(SiteKey(id)).await?.map(|site| Site {
        site,
        door: door.clone(),
    }))
}

/// A postal address (adres).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Address {
    /// Street and house number (straat en huisnummer).
    street: String,
    /// In the Netherlands 4 digits and 2 letters (postcode).
    postcode: String,
    /// Town (plaats).
    city: String,
    /// Country, 2 letters by ISO 3166-1 (land): `NL`.
    country: String,
}

/// A point on earth (coördinaten), in degrees (WGS 84).
#[derive(SimpleObject, Clone, Debug)]
pub(super) struct Coordinates {
    /// North is positive (breedtegraad).
    latitude: f64,
    /// East is positive (lengtegraad).
    longitude: f64,
}

/// Where a supervised party does what is supervised (vestiging).
pub(super) struct Site {
    /// What everybody with a content role may know.
    pub(super) site: store::site::Site,
    /// Where the rest is found.
    pub(super) door: Arc<Door>,
}

impl Site {
    /// Name and address; `None` where they are masked.
    async fn place(&self) -> Result<Option<store::site::Place>, Fault> {
        if self.site.place.is_some() {
            return Ok(self.site.place.clone());
        }
        Ok(self.door.load(Places(self.site.id)).await?.and_then(Result::ok))
    }
}

/// Where a supervised party does what is supervised (vestiging). Of a person, name, address, coordinates and BAG id are
/// personal: masked for all but the inspectorates that registered it.
#[Object]
impl Site {
    /// Its identity (kenmerk), such as `sit_…`.
    pub(super) async fn id(&self) -> ID {
        write(prefix::SITE, self.site.id)
    }

    /// The party that it belongs to (ondertoezichtstaande).
    async fn party(&self) -> Result<SupervisedParty, Fault> {
        let party = self.door.load(PartyKey(self.site.party)).await?;
        let party = party.ok_or_else(|| Fault::broken("a site without its party"))?;
        Ok(SupervisedParty {
            party,
            door: self.door.clone(),
        })
    }

    /// What people call it (naam); null where `maskedFields` says so.
    async fn name(&self) -> Result<Option<String>, Fault> {
        Ok(self.place().await?.map(|place| place.name))
    }

    /// Its address (adres); null where it has none, or where `maskedFields` says so.
    async fn address(&self) -> Result<Option<Address>, Fault> {
        let address = self.place().await?.and_then(|place| place.address);
        Ok(address.map(|address| Address {
            street: address.street,
            postcode: address.postcode,
            city: address.city,
            country: address.country,
        }))
    }

    /// Where it lies (coördinaten); null where that is not known, or where `maskedFields` says so.
    async fn coordinates(&self) -> Result<Option<Coordinates>, Fault> {
        let coordinates = self.place().await?.and_then(|place| place.coordinates);
        Ok(coordinates.map(|point| Coordinates {
            latitude: point.latitude,
            longitude: point.longitude,
        }))
    }

    /// Its numbers (identificerende nummers).
    async fn identifiers(&self) -> Vec<Identifier> {
        self.site.identifiers.iter().map(Into::into).collect()
    }

    /// The safety region that it lies in (veiligheidsregio), where that is known.
    async fn safety_region(&self) -> Result<Option<SafetyRegion>, Fault> {
        SafetyRegion::find(&self.door, self.site.region).await
    }

    /// Its version, which a change names.
    async fn version(&self) -> i32 {
        self.site.version
    }

    /// The building that it is in (BAG-identificatie); null where that is not known, or where `maskedFields` says so.
    async fn bag_id(&self) -> Result<Option<String>, Fault> {
        let scheme = crate::model::identifier::Scheme::Bag;
        let open = self.site.identifiers.iter().find(|number| number.scheme() == scheme);
        match open {
            Some(number) => Ok(Some(number.value().to_owned())),
            None => Ok(self.place().await?.and_then(|place| place.bag)),
        }
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Result<Vec<MaskedField>, Fault> {
        if self.site.place.is_some() {
            return Ok(Vec::new());
        }
        let may = self
            .door
            .load(SiteCustody(self.site.id))
            .await?
            .unwrap_or(Err(MaskReason::NotOwner));
        Ok(masked(may, &["name", "address", "coordinates", "bagId"]))
    }
}
