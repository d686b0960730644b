//! Loading supervised parties: what everybody with a content role may know of them, and apart from it what is personal.

pub mod keep;

use std::collections::HashMap;

use access::MaskReason;
use foundation::{Fault, Reader, Session, text};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::{party, party_custodian, party_identifier, party_personal, party_trade_name};
use crate::model::identifier::{Identifier, Scheme};
use crate::model::party::PartyKind;

/// A supervised party as everybody with a content role may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its identity.
    pub id: Uuid,
    /// What it is.
    pub kind: PartyKind,
    /// Its legal name; none where it is a person's.
    pub legal_name: Option<String>,
    /// Its trade names; none where they are a person's.
    pub trade_names: Vec<String>,
    /// Its numbers, in the order of their schemes.
    pub identifiers: Vec<Identifier>,
    /// Its version: one more with each change.
    pub version: i32,
    /// The public task it has been given.
    pub public_task: Option<String>,
    /// Who gave it that task.
    pub delegating_authority: Option<String>,
    /// Whether it has a safety management system, where that is known.
    pub safety_management: Option<bool>,
    /// The safety region that it is.
    pub region: Option<Uuid>,
}

/// The names of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonNames {
    /// Its legal name.
    pub legal_name: String,
    /// Its trade names.
    pub trade_names: Vec<String>,
}

/// What parties are looked for by.
#[derive(Clone, Debug)]
pub enum Search {
    /// Nothing of their own: all, as far as a sector narrows them.
    All,
    /// Part of a name, normalised. Persons are not found by it, not even by their custodians.
    Name(String),
    /// A number.
    Identifier(Identifier),
}

impl Search {
    /// A search for part of a name; `None` when nothing of it is a letter or digit.
    pub fn name(text: &str) -> Option<Self> {
        let words = text::normalise(text);
        (!words.is_empty()).then_some(Self::Name(words))
    }
}

/// The parties with these ids; those that do not exist are left out.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn by_ids(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Party>, Fault> {
    let reader = session.reader().await?;
    let select = party::Entity::find().filter(party::Column::Id.is_in(ids.iter().copied()));
    let rows = reader.reference(select).await?;
    let parties = assemble(&reader, rows).await?;
    Ok(parties.into_iter().map(|party| (party.id, party)).collect())
}

/// The parties that are looked for, by name and then id, at most so many, after the party with this id; only those in
/// this sector or a part of it.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn search(
    session: &Session,
    search: &Search,
    sector: Option<&str>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Party>, Fault> {
    let within = match sector {
        None => None,
        Some(code) => Some(super::sector::within(session, code).await?),
    };
    let reader = session.reader().await?;
    let mut select = match search {
        Search::All => party::Entity::find(),
        // Normalised words hold no wildcard.
        Search::Name(words) => party::Entity::find().filter(party::Column::NameWords.contains(words)),
        Search::Identifier(identifier) => {
            let numbers = party_identifier::Entity::find()
                .filter(party_identifier::Column::Scheme.eq(identifier.scheme() as i16))
                .filter(party_identifier::Column::Value.eq(identifier.value()));
            let bearers = reader.reference(numbers).await?;
            party::Entity::find().filter(party::Column::Id.is_in(bearers.into_iter().map(|row| row.party_id)))
        }
    };
    if let Some(within) = within {
        select = select.filter(within);
    }
    if let Some(after) = after {
        let place = reader.reference(party::Entity::find_by_id(after)).await?;
        let Some(place) = place.into_iter().next() else {
            return Ok(Vec::new());
        };
        let columns = Expr::tuple([Expr::col(party::Column::NameWords), Expr::col(party::Column::Id)]);
        select = select.filter(columns.gt(Expr::tuple([Expr::val(place.name_words), Expr::val(place.id)])));
    }
    let select = select
        .order_by_asc(party::Column::NameWords)
        .order_by_asc(party::Column::Id)
        .limit(limit);
    let rows = reader.reference(select).await?;
    assemble(&reader, rows).await
}

/// Gives parties their names and numbers, in two statements for all of them, and keeps their order.
async fn assemble(reader: &Reader<'_>, rows: Vec<party::Model>) -> Result<Vec<Party>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let names = party_trade_name::Entity::find()
        .filter(party_trade_name::Column::PartyId.is_in(ids.iter().copied()))
        .order_by_asc(party_trade_name::Column::Name);
    let mut trade_names: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in reader.reference(names).await? {
        trade_names.entry(row.party_id).or_default().push(row.name);
    }
    let numbers = party_identifier::Entity::find()
        .filter(party_identifier::Column::PartyId.is_in(ids))
        .order_by_asc(party_identifier::Column::Scheme);
    let mut identifiers: HashMap<Uuid, Vec<Identifier>> = HashMap::new();
    for row in reader.reference(numbers).await? {
        identifiers
            .entry(row.party_id)
            .or_default()
            .push(identifier(row.scheme, &row.value)?);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Party {
                id: row.id,
                kind: kind(&row)?,
                legal_name: row.legal_name,
                trade_names: trade_names.remove(&row.id).unwrap_or_default(),
                identifiers: identifiers.remove(&row.id).unwrap_or_default(),
                version: row.version,
                public_task: row.public_task,
                delegating_authority: row.delegating_authority,
                safety_management: row.safety_management,
                region: row.region_id,
            })
        })
        .collect()
}

/// What a party is.
pub(super) fn kind(row: &party::Model) -> Result<PartyKind, Fault> {
    PartyKind::from_number(row.kind).ok_or_else(|| Fault::broken("a party of no known kind"))
}

/// Which of these parties the caller's organisation keeps.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn kept(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, ()>, Fault> {
    let own = party_custodian::Entity::find().filter(party_custodian::Column::PartyId.is_in(ids.iter().copied()));
    let rows = session.reader().await?.own(own).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, ())).collect())
}

/// The parties that are these safety regions, by the region's id.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of_regions(session: &Session, regions: &[Uuid]) -> Result<HashMap<Uuid, Party>, Fault> {
    let reader = session.reader().await?;
    let select = party::Entity::find().filter(party::Column::RegionId.is_in(regions.iter().copied()));
    let rows = reader.reference(select).await?;
    let parties = assemble(&reader, rows).await?;
    Ok(parties
        .into_iter()
        .filter_map(|party| Some((party.region?, party)))
        .collect())
}

/// A stored number as what it means.
pub(super) fn identifier(scheme: i16, value: &str) -> Result<Identifier, Fault> {
    let scheme = Scheme::from_number(scheme).ok_or_else(|| Fault::broken("a number of no known scheme"))?;
    Identifier::new(scheme, value).map_err(Fault::internal)
}

/// Whether the caller may see the names of these persons, and why not. Nothing is shown by asking.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn custody(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<(), MaskReason>>, Fault> {
    session.reader().await?.custody::<party_personal::Entity>(ids).await
}

/// The names of these persons, or why they stay masked. What is shown is logged as unmasked.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn names(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<PersonNames, MaskReason>>, Fault> {
    let rows = session
        .reader()
        .await?
        .unmask_kept::<party_personal::Entity>(ids, "name")
        .await?;
    let names = |row: party_personal::Model| PersonNames {
        legal_name: row.legal_name,
        trade_names: row.trade_names.lines().map(str::to_owned).collect(),
    };
    Ok(rows.into_iter().map(|(id, row)| (id, row.map(names))).collect())
}
