//! Keeping up what parties are found by, and which of them may be one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use foundation::Fault;
use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use super::{ALL_NAMES, Keep, Look};
use crate::model::address::Place;
use crate::model::name::{Name, Trigram};
use crate::model::party::PartyKind;
use crate::model::site::Address;
use crate::store::duplicate;
use crate::store::rows::{party, party_name, party_trade_name, party_trigram, site, site_place};

/// A legal name, in `party_name`.
pub(in crate::store) const LEGAL: i16 = 1;
/// A trade name, in `party_name`.
pub(in crate::store) const TRADE: i16 = 2;

/// Statements take no more values than this.
const VALUES: usize = 5_000;

/// Keeps up what these parties are found by: names, addresses, and whom they may be one with. Call it in the
/// transaction that makes a party or changes its names, numbers or sites, once that is written.
///
/// # Errors
/// The database's.
pub async fn index(keep: &impl Keep, parties: &[Uuid]) -> Result<(), Fault> {
    for some in parties.chunks(500) {
        names(keep, some).await?;
        places(keep, some).await?;
    }
    duplicate::propose(keep, parties).await
}

/// The names that a party should be found by: field and telling words.
type Names = BTreeMap<Uuid, BTreeSet<(i16, String)>>;

/// Keeps up names and their trigrams.
async fn names(keep: &impl Keep, parties: &[Uuid]) -> Result<(), Fault> {
    let mut wanted = open_names(keep, parties).await?;
    let there = party_name::Entity::find().filter(party_name::Column::PartyId.is_in(parties.iter().copied()));
    let mut gone = Vec::new();
    for row in keep.rows(there).await? {
        let names = wanted.entry(row.party_id).or_default();
        if !names.remove(&(row.field, row.words.clone())) {
            gone.push(row);
        }
    }
    let mut counts: BTreeMap<Trigram, i32> = BTreeMap::new();
    forget(keep, &gone, &mut counts).await?;
    let new = wanted.iter().flat_map(|(party, names)| {
        names.iter().map(|(field, words)| party_name::ActiveModel {
            number: NotSet,
            party_id: Set(*party),
            field: Set(*field),
            words: Set(words.clone()),
        })
    });
    let new: Vec<party_name::ActiveModel> = new.collect();
    if !new.is_empty() {
        keep.add(new).await?;
        learn(keep, &wanted, &mut counts).await?;
    }
    count(keep, counts).await
}

/// The names of parties that are no persons, taken apart.
async fn open_names(look: &impl Look, parties: &[Uuid]) -> Result<Names, Fault> {
    let rows = party::Entity::find().filter(party::Column::Id.is_in(parties.iter().copied()));
    let traded =
        party_trade_name::Entity::find().filter(party_trade_name::Column::PartyId.is_in(parties.iter().copied()));
    let legal = look.rows(rows).await?;
    let persons: HashSet<Uuid> = legal.iter().filter(|row| is_person(row)).map(|row| row.id).collect();
    let legal = legal
        .into_iter()
        .filter_map(|row| Some((row.id, LEGAL, row.legal_name?)));
    let traded = look
        .rows(traded)
        .await?
        .into_iter()
        .map(|row| (row.party_id, TRADE, row.name));
    let mut names = Names::new();
    for (party, field, text) in legal.chain(traded).filter(|(party, ..)| !persons.contains(party)) {
        for (place, name) in Name::all(&text).into_iter().enumerate() {
            let field = if place == 0 { field } else { TRADE };
            names.entry(party).or_default().insert((field, name.words().join(" ")));
        }
    }
    Ok(names)
}

pub(in crate::store) fn is_person(row: &party::Model) -> bool {
    PartyKind::from_number(row.kind).is_none_or(PartyKind::is_person)
}

/// The trigrams of words that are separated by blanks.
fn trigrams(words: &str) -> BTreeSet<Trigram> {
    words.split(' ').flat_map(crate::model::name::trigrams).collect()
}

/// Takes names away, with their trigrams.
async fn forget(
    keep: &impl Keep,
    gone: &[party_name::Model],
    counts: &mut BTreeMap<Trigram, i32>,
) -> Result<(), Fault> {
    for row in gone {
        let trigrams = trigrams(&row.words);
        for trigram in trigrams.iter().chain([&ALL_NAMES]) {
            *counts.entry(*trigram).or_default() -= 1;
        }
        let text = format!(
            "DELETE FROM party_trigram WHERE trigram IN ({}) AND number = ?",
            marks(trigrams.len())
        );
        let values = trigrams.into_iter().map(Value::from).chain([row.number.into()]);
        keep.run(&text, values.collect()).await?;
        keep.run("DELETE FROM party_name WHERE number = ?", vec![row.number.into()])
            .await?;
    }
    Ok(())
}

/// Adds the trigrams of names that were just added.
async fn learn(keep: &impl Keep, new: &Names, counts: &mut BTreeMap<Trigram, i32>) -> Result<(), Fault> {
    let there = party_name::Entity::find().filter(party_name::Column::PartyId.is_in(new.keys().copied()));
    let mut rows = Vec::new();
    for row in keep.rows(there).await? {
        if !new[&row.party_id].contains(&(row.field, row.words.clone())) {
            continue;
        }
        *counts.entry(ALL_NAMES).or_default() += 1;
        for trigram in trigrams(&row.words) {
            *counts.entry(trigram).or_default() += 1;
            rows.push(party_trigram::ActiveModel {
                trigram: Set(trigram),
                number: Set(row.number),
            });
        }
    }
    keep.add(rows).await
}

/// Adds to the counts of trigrams, in their order, so that two changes at once wait for each other and not in a ring.
async fn count(keep: &impl Keep, counts: BTreeMap<Trigram, i32>) -> Result<(), Fault> {
    let counts: Vec<(Trigram, i32)> = counts.into_iter().filter(|(_, count)| *count != 0).collect();
    for some in counts.chunks(VALUES) {
        let rows = vec!["(?, ?)"; some.len()].join(", ");
        let text = format!(
            "INSERT INTO party_trigram_count (trigram, bearers) VALUES {rows} ON CONFLICT (trigram)
             DO UPDATE SET bearers = party_trigram_count.bearers + excluded.bearers"
        );
        let values = some
            .iter()
            .flat_map(|(trigram, count)| [(*trigram).into(), (*count).into()]);
        keep.run(&text, values.collect()).await?;
    }
    Ok(())
}

/// As many marks for values, separated by commas.
fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Keeps up the addresses of sites; a person's has none that everybody may see.
async fn places(keep: &impl Keep, parties: &[Uuid]) -> Result<(), Fault> {
    let text = format!("DELETE FROM site_place WHERE party_id IN ({})", marks(parties.len()));
    keep.run(&text, parties.iter().map(|party| (*party).into()).collect())
        .await?;
    let sites = site::Entity::find().filter(site::Column::PartyId.is_in(parties.iter().copied()));
    let row = |row: site::Model| {
        let place = Place::new(&address(&row)?);
        Some(site_place::ActiveModel {
            site_id: Set(row.id),
            party_id: Set(row.party_id),
            postcode: Set(place.postcode),
            street: Set(place.street),
            number: Set(place.number),
            addition: Set(place.addition),
            town: Set(place.town),
        })
    };
    keep.add(keep.rows(sites).await?.into_iter().filter_map(row).collect())
        .await
}

fn address(row: &site::Model) -> Option<Address> {
    Some(Address {
        street: row.street.clone()?,
        postcode: row.postcode.clone()?,
        city: row.city.clone()?,
    })
}
