//! The people and things of a demo: accounts with what they hold, parties and sites. Never for a real installation.

use std::collections::BTreeSet;

use access::FOREVER;
use foundation::Database;
use foundation::reference::{account, account_circle, account_purpose, role_assignment};
use foundation::sql::statement;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait};
use uuid::Uuid;

use super::finding::Loading;
use super::{Noun, SeedError, begin, primary_key, upsert};
use crate::model::account::Account;
use crate::model::code::Code;
use crate::model::identifier::{Identifier, Scheme};
use crate::model::party::Party;
use crate::model::party::entry::search_words;
use crate::model::site::Site;
use crate::store::find::keep::index;
use crate::store::rows::{
    party, party_custodian, party_identifier, party_personal, party_trade_name, site, site_identifier, site_personal,
};

/// Who and what a demo begins with.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// Who can sign in; the subject is the account's name.
    pub accounts: Vec<Account>,
    /// Whom it is about, each under the key from which its id is derived.
    pub parties: Vec<(Code, Party)>,
    /// Where it happens.
    pub sites: Vec<PlacedSite>,
}

/// A site with the party it belongs to.
#[derive(Clone, Debug)]
pub struct PlacedSite {
    /// The key from which its id is derived.
    pub key: Code,
    /// The key of its party.
    pub party: Code,
    /// What is known of it.
    pub site: Site,
}

/// Loads a demo's accounts, parties and sites. The vocabularies must be there.
///
/// An account that is there already stays as its administrators have made it, but for the address of the demo's issuer.
/// Parties and sites that are there already stay as they are in the tables, but for what is given anew.
///
/// # Errors
/// [`SeedError`]; nothing is changed then.
pub async fn population(database: &Database, population: &Population) -> Result<(), SeedError> {
    check(population)?;
    let transaction = begin(database).await?;
    accounts(&transaction, &population.accounts).await?;
    parties(&transaction, &population.parties).await?;
    sites(&transaction, population).await?;
    let ids: Vec<Uuid> = population
        .parties
        .iter()
        .map(|(key, _)| Noun::Party.id(key.as_str()))
        .collect();
    index(&Loading(&transaction), &ids).await?;
    transaction.commit().await?;
    Ok(())
}

/// What foreign keys would refuse with less to say: a site without its party.
fn check(population: &Population) -> Result<(), SeedError> {
    let parties: BTreeSet<&Code> = population.parties.iter().map(|(key, _)| key).collect();
    match population.sites.iter().find(|placed| !parties.contains(&placed.party)) {
        None => Ok(()),
        Some(placed) => {
            let (from, to) = (format!("site {}", placed.key), placed.party.to_string());
            Err(SeedError::Unknown { from, to })
        }
    }
}

async fn accounts(transaction: &DatabaseTransaction, accounts: &[Account]) -> Result<(), DbErr> {
    use account::{Column as C, Entity};
    let id = |account: &Account| Noun::Account.id(&account.person.subject);
    let rows = accounts.iter().map(|entry| account::Model {
        id: id(entry),
        organisation_id: Noun::Organisation.id(entry.organisation.as_str()),
        name: entry.person.subject.clone(),
        display_name: entry.name.clone(),
        issuer: entry.person.issuer.clone(),
        subject: entry.person.subject.clone(),
        clearance: entry.clearance as i16,
        suspended_at: None,
        ended_at: None,
    });
    let known: BTreeSet<Uuid> = Entity::find()
        .all(transaction)
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    upsert::<Entity, _>(transaction, rows.collect(), &[C::Name], &[C::Issuer]).await?;
    let accounts: Vec<&Account> = accounts.iter().filter(|entry| !known.contains(&id(entry))).collect();

    let roles = accounts.iter().flat_map(|entry| {
        entry.roles.iter().map(move |role| role_assignment::Model {
            account_id: id(entry),
            role: role as i16,
            valid_from: 0,
            valid_until: FOREVER,
        })
    });
    let key = primary_key::<role_assignment::Entity>();
    upsert::<role_assignment::Entity, _>(transaction, roles.collect(), &key, &[]).await?;
    let purposes = accounts.iter().flat_map(|entry| {
        entry.purposes.iter().map(move |purpose| account_purpose::Model {
            account_id: id(entry),
            purpose_id: Noun::Purpose.id(purpose.as_str()),
            valid_from: 0,
            valid_until: FOREVER,
        })
    });
    let key = primary_key::<account_purpose::Entity>();
    upsert::<account_purpose::Entity, _>(transaction, purposes.collect(), &key, &[]).await?;
    let circles = accounts.iter().flat_map(|entry| {
        entry.circles.iter().map(move |circle| account_circle::Model {
            account_id: id(entry),
            circle_id: Noun::Circle.id(circle.as_str()),
        })
    });
    let key = primary_key::<account_circle::Entity>();
    upsert::<account_circle::Entity, _>(transaction, circles.collect(), &key, &[]).await
}

async fn parties(transaction: &DatabaseTransaction, parties: &[(Code, Party)]) -> Result<(), DbErr> {
    let id = |key: &Code| Noun::Party.id(key.as_str());
    let row = |(key, entry): &(Code, Party)| party::Model {
        id: id(key),
        kind: entry.kind as i16,
        legal_name: entry.open_name().map(str::to_owned),
        name_words: search_words(entry.kind, names(entry)),
        version: 1,
        public_task: None,
        delegating_authority: None,
        safety_management: None,
        region_id: None,
    };
    use party::Column as C;
    let rows = parties.iter().map(row).collect();
    upsert::<party::Entity, _>(transaction, rows, &[C::Id], &[C::Kind, C::LegalName, C::NameWords]).await?;

    let open = parties.iter().filter(|(_, entry)| !entry.kind.is_person());
    let names = open.flat_map(|(key, entry)| {
        entry.trade_names.iter().map(move |name| party_trade_name::Model {
            party_id: id(key),
            name: name.clone(),
        })
    });
    let key = primary_key::<party_trade_name::Entity>();
    upsert::<party_trade_name::Entity, _>(transaction, names.collect(), &key, &[]).await?;

    let numbers = parties.iter().flat_map(|(key, entry)| {
        entry.identifiers.iter().map(move |identifier| party_identifier::Model {
            party_id: id(key),
            scheme: identifier.scheme() as i16,
            value: identifier.value().to_owned(),
        })
    });
    let key = primary_key::<party_identifier::Entity>();
    let value = [party_identifier::Column::Value];
    upsert::<party_identifier::Entity, _>(transaction, numbers.collect(), &key, &value).await?;

    let custodians = parties.iter().flat_map(|(key, entry)| {
        entry.custodians.iter().map(move |organisation| party_custodian::Model {
            party_id: id(key),
            organisation_id: Noun::Organisation.id(organisation.as_str()),
        })
    });
    let key = primary_key::<party_custodian::Entity>();
    upsert::<party_custodian::Entity, _>(transaction, custodians.collect(), &key, &[]).await?;
    for (key, entry) in parties.iter().filter(|(_, entry)| entry.kind.is_person()) {
        for organisation_id in custodians_of(entry) {
            on_behalf_of(transaction, organisation_id).await?;
            use party_personal::{Column as P, Entity};
            let row = party_personal::Model {
                party_id: id(key),
                organisation_id,
                legal_name: entry.legal_name.clone(),
                trade_names: entry.trade_names.join("\n"),
            };
            let key = primary_key::<Entity>();
            upsert::<Entity, _>(transaction, vec![row], &key, &[P::LegalName, P::TradeNames]).await?;
        }
    }
    Ok(())
}

/// All names of a party.
fn names(party: &Party) -> impl Iterator<Item = &str> {
    std::iter::once(party.legal_name.as_str()).chain(party.trade_names.iter().map(String::as_str))
}

fn custodians_of(party: &Party) -> impl Iterator<Item = Uuid> {
    party.custodians.iter().map(|code| Noun::Organisation.id(code.as_str()))
}

/// Lets row-level security take what follows as written by this custodian.
async fn on_behalf_of(transaction: &DatabaseTransaction, custodian: Uuid) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let text = "SELECT set_config('app.writer', ?, true), set_config('app.organisation', ?, true)";
    let values = [custodian.to_string().into(), custodian.to_string().into()];
    transaction
        .execute_raw(statement(DbBackend::Postgres, text, values))
        .await?;
    Ok(())
}

async fn sites(transaction: &DatabaseTransaction, population: &Population) -> Result<(), DbErr> {
    let person = |placed: &PlacedSite| {
        let party = population.parties.iter().find(|(key, _)| *key == placed.party);
        party.map(|(_, party)| party).filter(|party| party.kind.is_person())
    };
    let rows = population
        .sites
        .iter()
        .map(|placed| site_row(placed, person(placed).is_some()));
    use site::Column as S;
    let address = [S::Street, S::Postcode, S::City, S::Country, S::Latitude, S::Longitude];
    let columns = [&[S::PartyId, S::Name, S::RegionId][..], &address].concat();
    upsert::<site::Entity, _>(transaction, rows.collect(), &[S::Id], &columns).await?;

    let numbers = population.sites.iter().flat_map(|placed| {
        let open = person(placed).is_none();
        let shown = move |identifier: &&Identifier| open || identifier.scheme() != Scheme::Bag;
        placed
            .site
            .identifiers
            .iter()
            .filter(shown)
            .map(move |identifier| site_identifier::Model {
                site_id: Noun::Site.id(placed.key.as_str()),
                scheme: identifier.scheme() as i16,
                value: identifier.value().to_owned(),
            })
    });
    let key = primary_key::<site_identifier::Entity>();
    let value = [site_identifier::Column::Value];
    upsert::<site_identifier::Entity, _>(transaction, numbers.collect(), &key, &value).await?;
    for placed in &population.sites {
        let Some(party) = person(placed) else { continue };
        for organisation_id in custodians_of(party) {
            on_behalf_of(transaction, organisation_id).await?;
            use site_personal::Column as P;
            let address = [
                P::Street,
                P::Postcode,
                P::City,
                P::Country,
                P::Latitude,
                P::Longitude,
                P::Bag,
            ];
            let columns = [&[P::PartyId, P::Name][..], &address].concat();
            let row = personal_row(placed, organisation_id);
            let key = primary_key::<site_personal::Entity>();
            upsert::<site_personal::Entity, _>(transaction, vec![row], &key, &columns).await?;
        }
    }
    Ok(())
}

/// The row that everybody may see: of a person's site no more than its region.
fn site_row(placed: &PlacedSite, person: bool) -> site::Model {
    let personal = personal_row(placed, Uuid::nil());
    let open = |value: Option<String>| value.filter(|_| !person);
    site::Model {
        id: personal.site_id,
        party_id: personal.party_id,
        name: open(Some(personal.name)),
        street: open(personal.street),
        postcode: open(personal.postcode),
        city: open(personal.city),
        country: open(personal.country),
        latitude: personal.latitude.filter(|_| !person),
        longitude: personal.longitude.filter(|_| !person),
        region_id: placed
            .site
            .region
            .as_ref()
            .map(|code| Noun::SafetyRegion.id(code.as_str())),
        version: 1,
    }
}

fn personal_row(placed: &PlacedSite, organisation_id: Uuid) -> site_personal::Model {
    let bag = placed
        .site
        .identifiers
        .iter()
        .find(|number| number.scheme() == Scheme::Bag);
    let (address, coordinates) = (placed.site.address.as_ref(), placed.site.coordinates);
    site_personal::Model {
        site_id: Noun::Site.id(placed.key.as_str()),
        organisation_id,
        party_id: Noun::Party.id(placed.party.as_str()),
        name: placed.site.name.clone(),
        street: address.map(|address| address.street.clone()),
        postcode: address.map(|address| address.postcode.clone()),
        city: address.map(|address| address.city.clone()),
        country: address.map(|address| address.country.clone()),
        latitude: coordinates.map(|place| place.latitude),
        longitude: coordinates.map(|place| place.longitude),
        bag: bag.map(|number| number.value().to_owned()),
    }
}
