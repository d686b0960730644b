//! Loading sites: what everybody with a content role may know of them, and apart from it the address of a person.

pub mod keep;

use std::collections::HashMap;

use access::MaskReason;
use foundation::reference::alias;
use foundation::{Fault, Reader, Session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use super::party::identifier;
use super::rows::{site, site_identifier, site_personal};
use crate::model::identifier::Identifier;
use crate::model::site::{Address, Coordinates, NETHERLANDS};

/// A site as everybody with a content role may know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its identity.
    pub id: Uuid,
    /// The party that it belongs to.
    pub party: Uuid,
    /// What is personal when the party is a person; none then.
    pub place: Option<Place>,
    /// Its numbers, in the order of their schemes.
    pub identifiers: Vec<Identifier>,
    /// The safety region it lies in.
    pub region: Option<Uuid>,
    /// Its version: one more with each change.
    pub version: i32,
}

/// Name, address and coordinates of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What people call it.
    pub name: String,
    /// Its address, where it has one.
    pub address: Option<Address>,
    /// Where it lies.
    pub coordinates: Option<Coordinates>,
    /// Its BAG id, where it is a person's; of others it stands among the numbers.
    pub bag: Option<String>,
}

/// The sites with these ids; those that do not exist are left out.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn by_ids(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Site>, Fault> {
    let reader = session.reader().await?;
    let select = site::Entity::find().filter(site::Column::Id.is_in(ids.iter().copied()));
    let sites = load(&reader, select).await?;
    Ok(sites.into_iter().map(|site| (site.id, site)).collect())
}

/// The sites of these parties and of what was merged into them, each list by name.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of_parties(session: &Session, parties: &[Uuid]) -> Result<HashMap<Uuid, Vec<Site>>, Fault> {
    let reader = session.reader().await?;
    let ids = alias::all_ids(&reader, parties).await?;
    let select = site::Entity::find().filter(site::Column::PartyId.is_in(ids.values().flatten().copied()));
    let sites = load(&reader, select).await?;
    let of = |ids: &Vec<Uuid>| sites.iter().filter(|site| ids.contains(&site.party)).cloned().collect();
    Ok(ids.iter().map(|(party, ids)| (*party, of(ids))).collect())
}

/// The parties that these sites belong to, as they were registered.
///
/// # Errors
/// The database's.
pub(super) async fn bearers(reader: &Reader<'_>, sites: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    let select = site::Entity::find().filter(site::Column::Id.is_in(sites.iter().copied()));
    Ok(reader
        .reference(select)
        .await?
        .into_iter()
        .map(|row| row.party_id)
        .collect())
}

async fn load(reader: &Reader<'_>, select: Select<site::Entity>) -> Result<Vec<Site>, Fault> {
    let select = select.order_by_asc(site::Column::Name).order_by_asc(site::Column::Id);
    let rows = reader.reference(select).await?;
    let numbers = site_identifier::Entity::find()
        .filter(site_identifier::Column::SiteId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(site_identifier::Column::Scheme);
    let mut identifiers: HashMap<Uuid, Vec<Identifier>> = HashMap::new();
    for row in reader.reference(numbers).await? {
        identifiers
            .entry(row.site_id)
            .or_default()
            .push(identifier(row.scheme, &row.value)?);
    }
    let assemble = |row: site::Model| Site {
        id: row.id,
        party: row.party_id,
        identifiers: identifiers.remove(&row.id).unwrap_or_default(),
        region: row.region_id,
        version: row.version,
        place: row.name.map(|name| Place {
            name,
            address: address(row.street, row.postcode, row.city, row.country),
            coordinates: coordinates(row.latitude, row.longitude),
            bag: None,
        }),
    };
    Ok(rows.into_iter().map(assemble).collect())
}

fn address(
    street: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
) -> Option<Address> {
    let (street, postcode, city) = (street?, postcode?, city?);
    let country = country.unwrap_or_else(|| NETHERLANDS.to_owned());
    Some(Address {
        street,
        postcode,
        city,
        country,
    })
}

fn coordinates(latitude: Option<f64>, longitude: Option<f64>) -> Option<Coordinates> {
    let (latitude, longitude) = (latitude?, longitude?);
    Some(Coordinates { latitude, longitude })
}

/// Whether the caller may see where these persons' sites are, and why not. Nothing is shown by asking.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn custody(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<(), MaskReason>>, Fault> {
    session.reader().await?.custody::<site_personal::Entity>(ids).await
}

/// Where these persons' sites are, or why it stays masked. What is shown is logged as unmasked.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn places(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<Place, MaskReason>>, Fault> {
    let rows = session
        .reader()
        .await?
        .unmask_kept::<site_personal::Entity>(ids, "address")
        .await?;
    let place = |row: site_personal::Model| Place {
        name: row.name,
        address: address(row.street, row.postcode, row.city, row.country),
        coordinates: coordinates(row.latitude, row.longitude),
        bag: row.bag,
    };
    Ok(rows.into_iter().map(|(id, row)| (id, row.map(place))).collect())
}
