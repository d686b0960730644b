//! Searching parties by whatever somebody typed into one field, with why each was found.

use std::collections::BTreeMap;

use foundation::reference::alias;
use foundation::{Fault, Reader, Session};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::keep::LEGAL;
use super::near::near;
use crate::model::identifier::Identifier;
use crate::model::name::Name;
use crate::model::near::Near;
use crate::model::wanted::{Wanted, readings};
use crate::store::rows::{party_identifier, site_identifier, site_place};

/// The most names that a search gives.
const NAMES: usize = 100;
/// The most sites at one address.
const SITES: u64 = 50;
/// What is less relevant is not shown.
const RELEVANT_FROM: f64 = 0.45;

/// Where a search text was found. Names as in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A number of the party.
    Identifier,
    /// A number of one of its sites.
    SiteIdentifier,
    /// Postcode and house number of a site.
    Door,
    /// Street of a site, with number and town as far as they were typed.
    Address,
    /// Its legal name.
    LegalName,
    /// A trade name.
    TradeName,
}

/// Why a party was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Because {
    /// Where.
    pub field: Field,
    /// How well it fits, up to 1: exactly.
    pub score: f64,
}

/// A party that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The party as it is now.
    pub party: Uuid,
    /// The best of its reasons.
    pub score: f64,
    /// All reasons, the best first.
    pub because: Vec<Because>,
}

/// The parties that fit a search text in any of its readings, the best first. Persons are found by number alone.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn search(session: &Session, text: &str) -> Result<Vec<Hit>, Fault> {
    let reader = session.reader().await?;
    let mut found: Vec<(Uuid, Because)> = Vec::new();
    let mut numbers = Vec::new();
    for wanted in readings(text) {
        match wanted {
            Wanted::Identifier(number) => numbers.push(number),
            Wanted::Door { postcode, number } => found.extend(at_door(&reader, &postcode, number).await?),
            Wanted::Street { street, number, town } => {
                found.extend(in_street(&reader, &street, number, town.as_deref()).await?);
            }
            Wanted::Name { name, place } => found.extend(by_name(&reader, &name, place.as_deref()).await?),
        }
    }
    found.extend(by_number(&reader, &numbers).await?);
    let parties: Vec<Uuid> = found.iter().map(|(party, _)| *party).collect();
    let survivors = alias::survivors(&reader, &parties).await?;
    let mut hits: BTreeMap<Uuid, BTreeMap<Field, f64>> = BTreeMap::new();
    for (party, because) in found {
        let party = survivors.get(&party).copied().unwrap_or(party);
        let score = hits.entry(party).or_default().entry(because.field).or_default();
        *score = score.max(because.score);
    }
    let mut hits: Vec<Hit> = hits.into_iter().map(hit).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(hits)
}

fn hit((party, reasons): (Uuid, BTreeMap<Field, f64>)) -> Hit {
    let mut because: Vec<Because> = reasons
        .into_iter()
        .map(|(field, score)| Because { field, score })
        .collect();
    because.sort_by(|a, b| b.score.total_cmp(&a.score));
    let score = because.first().map_or(0.0, |because| because.score);
    Hit { party, score, because }
}

async fn by_number(reader: &Reader<'_>, numbers: &[Identifier]) -> Result<Vec<(Uuid, Because)>, Fault> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let because = |field| Because { field, score: 1.0 };
    let of_party = numbers.iter().fold(Condition::any(), |any, number| {
        let scheme = party_identifier::Column::Scheme.eq(number.scheme() as i16);
        any.add(scheme.and(party_identifier::Column::Value.eq(number.value())))
    });
    let rows = reader
        .reference(party_identifier::Entity::find().filter(of_party))
        .await?;
    let mut found: Vec<(Uuid, Because)> = rows
        .into_iter()
        .map(|row| (row.party_id, because(Field::Identifier)))
        .collect();
    let of_site = numbers.iter().fold(Condition::any(), |any, number| {
        let scheme = site_identifier::Column::Scheme.eq(number.scheme() as i16);
        any.add(scheme.and(site_identifier::Column::Value.eq(number.value())))
    });
    let sites = reader
        .reference(site_identifier::Entity::find().filter(of_site))
        .await?;
    if !sites.is_empty() {
        let ids: Vec<Uuid> = sites.into_iter().map(|row| row.site_id).collect();
        let bearers = crate::store::site::bearers(reader, &ids).await?;
        found.extend(bearers.into_iter().map(|party| (party, because(Field::SiteIdentifier))));
    }
    Ok(found)
}

async fn at_door(reader: &Reader<'_>, postcode: &str, number: i32) -> Result<Vec<(Uuid, Because)>, Fault> {
    let rows = site_place::Entity::find()
        .filter(site_place::Column::Postcode.eq(postcode))
        .filter(site_place::Column::Number.eq(number))
        .limit(SITES);
    let because = Because {
        field: Field::Door,
        score: 0.95,
    };
    let rows = reader.reference(rows).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, because)).collect())
}

async fn in_street(
    reader: &Reader<'_>,
    street: &str,
    number: Option<i32>,
    town: Option<&str>,
) -> Result<Vec<(Uuid, Because)>, Fault> {
    let mut rows = site_place::Entity::find().filter(site_place::Column::Street.eq(street));
    if let Some(number) = number {
        rows = rows.filter(site_place::Column::Number.eq(number));
    }
    if let Some(town) = town {
        rows = rows.filter(site_place::Column::Town.eq(town));
    }
    let score = match (number, town) {
        (Some(_), Some(_)) => 0.95,
        (Some(_), None) => 0.85,
        (None, Some(_)) => 0.7,
        (None, None) => 0.6,
    };
    let because = Because {
        field: Field::Address,
        score,
    };
    let rows = reader.reference(rows.limit(SITES)).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, because)).collect())
}

async fn by_name(reader: &Reader<'_>, name: &Name, place: Option<&str>) -> Result<Vec<(Uuid, Because)>, Fault> {
    let because = |near: Near| {
        let field = if near.field == LEGAL {
            Field::LegalName
        } else {
            Field::TradeName
        };
        (
            near.party,
            Because {
                field,
                score: near.score,
            },
        )
    };
    let found = near(reader, name, place).await?.into_iter();
    let relevant = found.take_while(|near| near.score >= RELEVANT_FROM).take(NAMES);
    Ok(relevant.map(because).collect())
}
