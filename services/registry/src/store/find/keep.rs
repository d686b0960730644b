//! Keeping up what parties are found by, and which of them may be one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foundation::Fault;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{ALL_PARTIES, Keep, Look};
use crate::model::address::Place;
use crate::model::name::{Name, slips as slips_of};
use crate::model::near::kept_under;
use crate::model::party::PartyKind;
use crate::model::site::{Address, NETHERLANDS};
use crate::store::duplicate;
use crate::store::rows::{name_word, party, party_trade_name, party_word, site, site_place};

/// A legal name, in `party_word`.
pub const LEGAL: i16 = 1;
/// A trade name, in `party_word`.
pub const TRADE: i16 = 2;

/// Statements take no more rows than this.
const VALUES: usize = 5_000;

/// Keeps up what these parties are found by: names, addresses, and whom they may be one with. Call it in the
/// transaction that makes a party or changes its names, numbers or sites, once that is written.
///
/// # Errors
/// The database's.
pub async fn index(keep: &impl Keep, parties: &[Uuid]) -> Result<(), Fault> {
    for some in parties.chunks(500) {
        let places = places(keep, some).await?;
        names(keep, some, &places).await?;
    }
    duplicate::propose(keep, parties).await
}

/// What parties are found by: party, key, field and name of a row of `party_word` each.
type Rows = BTreeSet<(Uuid, String, i16, String)>;

/// Names as they are compared are no longer than this.
const NAME_MAXIMUM: usize = 200;

/// Keeps up the words of names, and under what they are found.
async fn names(keep: &impl Keep, parties: &[Uuid], places: &HashMap<Uuid, Vec<Place>>) -> Result<(), Fault> {
    let now = open_names(keep, parties, places).await?;
    let there = party_word::Entity::find().filter(party_word::Column::PartyId.is_in(parties.iter().copied()));
    let there = keep.rows(there).await?.into_iter();
    let before: Rows = there.map(|row| (row.party_id, row.word, row.field, row.name)).collect();
    for (party, word, field, name) in before.difference(&now) {
        let text = "DELETE FROM party_word WHERE word = ? AND party_id = ? AND field = ? AND name = ?";
        let values = vec![
            word.as_str().into(),
            (*party).into(),
            (*field).into(),
            name.as_str().into(),
        ];
        keep.run(text, values).await?;
    }
    let new = now.difference(&before).cloned();
    let new = new.map(|(party, word, field, name)| party_word::ActiveModel {
        word: Set(word),
        party_id: Set(party),
        field: Set(field),
        name: Set(name),
    });
    keep.add(new.collect()).await?;
    count(keep, &bearers(&before), &bearers(&now)).await
}

/// How many parties bear each word. Neighbours written as one and places are no words.
pub fn bearers<'r>(rows: impl IntoIterator<Item = &'r (Uuid, String, i16, String)>) -> BTreeMap<&'r str, i32> {
    let is_word = |key: &str, name: &str| name.split(' ').any(|word| word == key);
    let borne = rows.into_iter().filter(|(_, key, _, name)| is_word(key, name));
    let borne: BTreeSet<(&str, Uuid)> = borne.map(|(party, key, ..)| (key.as_str(), *party)).collect();
    let mut bearers = BTreeMap::new();
    for (word, _) in borne {
        *bearers.entry(word).or_default() += 1;
    }
    bearers
}

/// The names of parties that are no persons, under all that they are found by. The empty word counts each party.
async fn open_names(look: &impl Look, parties: &[Uuid], places: &HashMap<Uuid, Vec<Place>>) -> Result<Rows, Fault> {
    let rows = party::Entity::find().filter(party::Column::Id.is_in(parties.iter().copied()));
    let traded =
        party_trade_name::Entity::find().filter(party_trade_name::Column::PartyId.is_in(parties.iter().copied()));
    let open: Vec<party::Model> = look
        .rows(rows)
        .await?
        .into_iter()
        .filter(|row| !is_person(row))
        .collect();
    let ids: BTreeSet<Uuid> = open.iter().map(|row| row.id).collect();
    let mut names: HashMap<Uuid, Vec<(i16, String)>> = ids.into_iter().map(|id| (id, Vec::new())).collect();
    let legal = open
        .into_iter()
        .filter_map(|row| Some((row.id, LEGAL, row.legal_name?)));
    let traded = look.rows(traded).await?.into_iter();
    for (party, field, name) in legal.chain(traded.map(|row| (row.party_id, TRADE, row.name))) {
        if let Some(names) = names.get_mut(&party) {
            names.push((field, name));
        }
    }
    let entries = names.iter().flat_map(|(party, names)| {
        let places = places.get(party).map(Vec::as_slice).unwrap_or_default();
        let names = names.iter().map(|(field, name)| (*field, name.as_str()));
        let entries = party_entries(names, places).into_iter();
        entries.map(|(word, field, name)| (*party, word, field, name))
    });
    Ok(entries.collect())
}

/// What a party is found by: key, field and name. A text may hold several names; the empty word counts the party.
pub fn party_entries<'n>(
    names: impl IntoIterator<Item = (i16, &'n str)>,
    places: &[Place],
) -> BTreeSet<(String, i16, String)> {
    let mut entries = BTreeSet::from([(ALL_PARTIES.to_owned(), 0, String::new())]);
    for (field, text) in names {
        for (part, name) in Name::all(text).into_iter().enumerate() {
            let field = if part == 0 { field } else { TRADE };
            let compared: String = name.words().join(" ").chars().take(NAME_MAXIMUM).collect();
            let keys = kept_under(&name, places).into_iter();
            entries.extend(keys.map(|key| (key.chars().take(NAME_MAXIMUM).collect(), field, compared.clone())));
        }
    }
    entries
}

pub(in crate::store) fn is_person(row: &party::Model) -> bool {
    PartyKind::from_number(row.kind).is_none_or(PartyKind::is_person)
}

/// Keeps up how many parties bear each word, and the slips of words that are new. In their order, so that two changes at
/// once wait for each other and not in a ring.
async fn count(keep: &impl Keep, before: &BTreeMap<&str, i32>, now: &BTreeMap<&str, i32>) -> Result<(), Fault> {
    let words: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    let number = |of: &BTreeMap<&str, i32>, word| of.get(word).copied().unwrap_or_default();
    let changed: Vec<(&str, i32)> = words
        .into_iter()
        .map(|word| (word, number(now, word) - number(before, word)))
        .filter(|(_, change)| *change != 0)
        .collect();
    for some in changed.chunks(VALUES) {
        let words = some.iter().map(|(word, _)| *word);
        let there = name_word::Entity::find().filter(name_word::Column::Word.is_in(words));
        let there: BTreeSet<String> = keep.rows(there).await?.into_iter().map(|row| row.word).collect();
        let rows = vec!["(?, ?)"; some.len()].join(", ");
        let text = format!(
            "INSERT INTO name_word (word, bearers) VALUES {rows} ON CONFLICT (word)
             DO UPDATE SET bearers = name_word.bearers + excluded.bearers"
        );
        let values = some
            .iter()
            .flat_map(|(word, change)| [(*word).into(), (*change).into()]);
        keep.run(&text, values.collect()).await?;
        let new = some.iter().map(|(word, _)| *word).filter(|word| !there.contains(*word));
        learn(keep, new).await?;
    }
    Ok(())
}

/// Adds the slips of words.
async fn learn<'w>(keep: &impl Keep, words: impl Iterator<Item = &'w str>) -> Result<(), Fault> {
    let slips = words.filter(|word| !word.is_empty());
    let slips = slips.flat_map(|word| slips_of(word).into_iter().map(move |slip| (slip, word)));
    for some in Vec::from_iter(slips).chunks(VALUES) {
        let rows = vec!["(?, ?)"; some.len()].join(", ");
        let text = format!("INSERT INTO word_slip (slip, word) VALUES {rows} ON CONFLICT (slip, word) DO NOTHING");
        let values = some.iter().flat_map(|(slip, word)| [(*slip).into(), (*word).into()]);
        keep.run(&text, values.collect()).await?;
    }
    Ok(())
}

/// As many marks for values, separated by commas.
fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Keeps up the addresses of sites; a person's has none that everybody may see. Gives them by party.
async fn places(keep: &impl Keep, parties: &[Uuid]) -> Result<HashMap<Uuid, Vec<Place>>, Fault> {
    let text = format!("DELETE FROM site_place WHERE party_id IN ({})", marks(parties.len()));
    keep.run(&text, parties.iter().map(|party| (*party).into()).collect())
        .await?;
    let sites = site::Entity::find().filter(site::Column::PartyId.is_in(parties.iter().copied()));
    let mut rows = Vec::new();
    let mut places: HashMap<Uuid, Vec<Place>> = HashMap::new();
    for row in keep.rows(sites).await? {
        let Some(address) = address(&row) else { continue };
        let place = Place::new(&address);
        places.entry(row.party_id).or_default().push(place.clone());
        rows.push(site_place::ActiveModel {
            site_id: Set(row.id),
            party_id: Set(row.party_id),
            postcode: Set(place.postcode),
            street: Set(place.street),
            number: Set(place.number),
            addition: Set(place.addition),
            town: Set(place.town),
        });
    }
    keep.add(rows).await?;
    Ok(places)
}

fn address(row: &site::Model) -> Option<Address> {
    Some(Address {
        street: row.street.clone()?,
        postcode: row.postcode.clone()?,
        city: row.city.clone()?,
        country: row.country.clone().unwrap_or_else(|| NETHERLANDS.to_owned()),
    })
}
