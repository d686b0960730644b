//! Registering and changing sites of parties that the own inspectorate keeps. Of a person's site each custodian keeps
//! its own name and address; what everybody sees of it is no more than its region and its open numbers.

use access::Operation;
use foundation::check::same_version;
use foundation::ids::{prefix, write};
use foundation::{Code, Fault, Session, Writer};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use crate::model::identifier::{Identifier, Scheme};
use crate::model::site::entry::{NewSite, SiteChange, postcode};
use crate::model::site::{Address, Coordinates};
use crate::store::alias::all_ids;
use crate::store::party::keep::{Registered, delete, held, refresh_search, region, under_input};
use crate::store::party::kind;
use crate::store::rows::{party, site, site_identifier, site_personal};

/// Registers a site, or gives the one that is there already.
///
/// # Errors
/// `NOT_FOUND`, `NOT_CUSTODIAN`, or every fault of what was given.
pub async fn register(session: &Session, party: Uuid, new: NewSite) -> Result<Registered, Vec<Fault>> {
    let mut writer = session.writer(Operation::RegisterParties).await?;
    let party = held(&writer, party).await.map_err(|fault| fault.at("partyId"))?;
    let faults = under_input(new.check());
    if !faults.is_empty() {
        return Err(faults);
    }
    let person = kind(&party)?.is_person();
    let found = find_or_make(&writer, &party, &new, person).await;
    let (row, before) = found.map_err(|fault| fault.under("input"))?;
    let kept = person && keep_place(&writer, &row, &new).await?;
    if kept || !before {
        refresh_search(&writer, row.party_id).await?;
        writer.noted("site", row.id, if before { "kept" } else { "registered" }, row.version);
    }
    writer.commit().await?;
    Ok(Registered { id: row.id, before })
}

/// Changes a site of a party that the own inspectorate keeps.
///
/// # Errors
/// `NOT_FOUND`, `NOT_CUSTODIAN`, `STALE_VERSION`, or every fault of what was given.
pub async fn edit(session: &Session, id: Uuid, version: i32, change: SiteChange) -> Result<(), Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepParties).await?;
    let select = site::Entity::find_by_id(id).lock_exclusive();
    let row = writer.reference(select).await?.pop();
    let row = row.ok_or_else(|| Fault::new(Code::NotFound))?;
    let party = held(&writer, row.party_id).await?;
    same_version(version, row.version)?;
    let faults = under_input(change.check());
    if !faults.is_empty() {
        return Err(faults);
    }
    let person = kind(&party)?.is_person();
    let region = match &change.region {
        None => row.region_id,
        Some(code) => region(&writer, code.as_ref())
            .await
            .map_err(|fault| fault.under("input"))?,
    };
    if person {
        change_place(&writer, &row, &change).await?;
    }
    if let Some(identifiers) = &change.identifiers {
        delete::<site_identifier::Entity>(&writer, site_identifier::Column::SiteId, id).await?;
        let numbered = number(&writer, id, identifiers, person).await;
        numbered.map_err(|fault| fault.under("input"))?;
    }
    update(&writer, &row, &change, region, person).await?;
    refresh_search(&writer, row.party_id).await?;
    writer.noted("site", id, "edited", row.version + 1);
    Ok(writer.commit().await?)
}

/// The site that is there already, or a new one; whether it was there before.
async fn find_or_make(
    writer: &Writer<'_>,
    party: &party::Model,
    new: &NewSite,
    person: bool,
) -> Result<(site::Model, bool), Fault> {
    let region = region(writer, new.region.as_ref()).await?;
    match known(writer, party, new).await? {
        Some(row) => Ok((row, true)),
        None => Ok((insert(writer, party, new, region, person).await?, false)),
    }
}

/// The site that is there already: by a number that is its alone, else by name and address at the same open party.
async fn known(writer: &Writer<'_>, party: &party::Model, new: &NewSite) -> Result<Option<site::Model>, Fault> {
    let mut numbered = false;
    let ids = all_ids(writer, party.id).await?;
    for (index, identifier) in new.identifiers.iter().enumerate().filter(|(_, number)| alone(number)) {
        numbered = true;
        let bearer = site_identifier::Entity::find().filter(is(identifier));
        let Some(bearer) = writer.reference(bearer).await?.pop() else {
            continue;
        };
        let row = writer.reference(site::Entity::find_by_id(bearer.site_id)).await?.pop();
        return match row.filter(|row| ids.contains(&row.party_id)) {
            Some(row) => Ok(Some(row)),
            None => Err(taken(bearer.site_id).at(format!("identifiers.{index}"))),
        };
    }
    if numbered || party.legal_name.is_none() {
        return Ok(None);
    }
    let address = new.address.as_ref();
    let same = site::Entity::find()
        .filter(site::Column::PartyId.is_in(ids))
        .filter(site::Column::Name.eq(new.name.trim()))
        .order_by_asc(site::Column::Id);
    let here = |row: &site::Model| {
        row.street.as_deref() == address.map(|address| address.street.trim())
            && row.postcode == address.map(|address| postcode(&address.postcode, &address.country))
    };
    Ok(writer.reference(same).await?.into_iter().find(here))
}

/// Several sites may lie in one building, so a BAG id is not a site's alone.
fn alone(identifier: &Identifier) -> bool {
    identifier.scheme() != Scheme::Bag
}

fn is(identifier: &Identifier) -> Condition {
    Condition::all()
        .add(site_identifier::Column::Scheme.eq(identifier.scheme() as i16))
        .add(site_identifier::Column::Value.eq(identifier.value()))
}

fn taken(site: Uuid) -> Fault {
    Fault::new(Code::IdentifierTaken).with("id", write(prefix::SITE, site).as_str())
}

async fn insert(
    writer: &Writer<'_>,
    party: &party::Model,
    new: &NewSite,
    region: Option<Uuid>,
    person: bool,
) -> Result<site::Model, Fault> {
    let place = Columns::of(new.address.as_ref(), new.coordinates);
    let open = |text: Option<String>| text.filter(|_| !person);
    let row = site::Model {
        id: writer.id(),
        party_id: party.id,
        name: open(Some(new.name.trim().to_owned())),
        street: open(place.street),
        postcode: open(place.postcode),
        city: open(place.city),
        country: open(place.country),
        latitude: place.latitude.filter(|_| !person),
        longitude: place.longitude.filter(|_| !person),
        region_id: region,
        version: 1,
    };
    writer.insert(vec![row.clone().into_active_model()]).await?;
    number(writer, row.id, &new.identifiers, person).await?;
    Ok(row)
}

/// Gives a site its numbers: of a person all but the BAG id, which says where it is.
async fn number(writer: &Writer<'_>, site: Uuid, identifiers: &[Identifier], person: bool) -> Result<(), Fault> {
    let open: Vec<&Identifier> = identifiers
        .iter()
        .filter(|number| !person || number.scheme() != Scheme::Bag)
        .collect();
    let row = |identifier: &&Identifier| site_identifier::ActiveModel {
        site_id: Set(site),
        scheme: Set(identifier.scheme() as i16),
        value: Set(identifier.value().to_owned()),
    };
    let taken_at = writer.insert_unless_taken(open.iter().map(row).collect()).await?;
    let Some(place) = taken_at.first() else { return Ok(()) };
    let bearer = site_identifier::Entity::find().filter(is(open[*place]));
    let bearer = writer.reference(bearer).await?.pop();
    let index = identifiers
        .iter()
        .position(|number| number == open[*place])
        .unwrap_or_default();
    Err(taken(bearer.map_or_else(Uuid::nil, |row| row.site_id)).at(format!("identifiers.{index}")))
}

/// Keeps where a person's site is, for the own inspectorate, unless it does already; whether it did not.
async fn keep_place(writer: &Writer<'_>, row: &site::Model, new: &NewSite) -> Result<bool, Fault> {
    let organisation = writer.scope().caller.organisation;
    let place = Columns::of(new.address.as_ref(), new.coordinates);
    let personal = site_personal::Model {
        site_id: row.id,
        organisation_id: organisation,
        party_id: row.party_id,
        name: new.name.trim().to_owned(),
        street: place.street,
        postcode: place.postcode,
        city: place.city,
        country: place.country,
        latitude: place.latitude,
        longitude: place.longitude,
        bag: bag(&new.identifiers),
    };
    let taken = writer.insert_unless_taken(vec![personal.into_active_model()]).await?;
    Ok(taken.is_empty())
}

/// Changes where a person's site is, as the own inspectorate keeps it.
async fn change_place(writer: &Writer<'_>, row: &site::Model, change: &SiteChange) -> Result<(), Fault> {
    use site_personal::Column as P;
    let organisation = writer.scope().caller.organisation;
    let mut update = site_personal::Entity::update_many()
        .col_expr(P::PartyId, Expr::value(row.party_id))
        .filter(P::SiteId.eq(row.id))
        .filter(P::OrganisationId.eq(organisation));
    if let Some(name) = &change.name {
        update = update.col_expr(P::Name, Expr::value(name.trim()));
    }
    if let Some(address) = &change.address {
        let place = Columns::of(address.as_ref(), None);
        update = update
            .col_expr(P::Street, Expr::value(place.street))
            .col_expr(P::Postcode, Expr::value(place.postcode))
            .col_expr(P::City, Expr::value(place.city))
            .col_expr(P::Country, Expr::value(place.country));
    }
    if let Some(coordinates) = change.coordinates {
        update = update
            .col_expr(P::Latitude, Expr::value(coordinates.map(|place| place.latitude)))
            .col_expr(P::Longitude, Expr::value(coordinates.map(|place| place.longitude)));
    }
    if let Some(identifiers) = &change.identifiers {
        update = update.col_expr(P::Bag, Expr::value(bag(identifiers)));
    }
    if writer.execute(&update.into_query()).await? > 0 {
        return Ok(());
    }
    // Another custodian registered it: what this one keeps of it begins here, with a name.
    let name = change.name.clone();
    let new = NewSite {
        name: name.ok_or_else(|| Fault::new(Code::Required).at("input.name"))?,
        address: change.address.clone().flatten(),
        identifiers: change.identifiers.clone().unwrap_or_default(),
        coordinates: change.coordinates.flatten(),
        region: None,
    };
    keep_place(writer, row, &new).await.map(|_| ())
}

/// The site's own row with its next version: of a person nothing personal.
async fn update(
    writer: &Writer<'_>,
    row: &site::Model,
    change: &SiteChange,
    region: Option<Uuid>,
    person: bool,
) -> Result<(), Fault> {
    use site::Column as C;
    let mut update = site::Entity::update_many()
        .col_expr(C::Version, Expr::value(row.version + 1))
        .col_expr(C::RegionId, Expr::value(region))
        .filter(C::Id.eq(row.id));
    if let Some(name) = change.name.as_ref().filter(|_| !person) {
        update = update.col_expr(C::Name, Expr::value(name.trim()));
    }
    if let Some(address) = change.address.as_ref().filter(|_| !person) {
        let place = Columns::of(address.as_ref(), None);
        update = update
            .col_expr(C::Street, Expr::value(place.street))
            .col_expr(C::Postcode, Expr::value(place.postcode))
            .col_expr(C::City, Expr::value(place.city))
            .col_expr(C::Country, Expr::value(place.country));
    }
    if let Some(coordinates) = change.coordinates.filter(|_| !person) {
        update = update
            .col_expr(C::Latitude, Expr::value(coordinates.map(|place| place.latitude)))
            .col_expr(C::Longitude, Expr::value(coordinates.map(|place| place.longitude)));
    }
    writer.execute(&update.into_query()).await?;
    Ok(())
}

fn bag(identifiers: &[Identifier]) -> Option<String> {
    let number = identifiers.iter().find(|number| number.scheme() == Scheme::Bag);
    number.map(|number| number.value().to_owned())
}

/// A place as columns.
struct Columns {
    street: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl Columns {
    fn of(address: Option<&Address>, coordinates: Option<Coordinates>) -> Self {
        Self {
            street: address.map(|address| address.street.trim().to_owned()),
            postcode: address.map(|address| postcode(&address.postcode, &address.country)),
            city: address.map(|address| address.city.trim().to_owned()),
            country: address.map(|address| address.country.clone()),
            latitude: coordinates.map(|place| place.latitude),
            longitude: coordinates.map(|place| place.longitude),
        }
    }
}
