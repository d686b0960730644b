//! Loading supervised parties: what everybody with a content role may know of them, and apart from it what is personal.

use std::collections::HashMap;

use access::MaskReason;
use foundation::reference::alias;
use foundation::{Fault, Reader, Session, text};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::rows::{party, party_alias, party_identifier, party_personal, party_trade_name};
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
    /// What was merged into it, in the order in which that was done.
    pub merged: Vec<Merged>,
}

/// A party that was merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The id that it had.
    pub id: Uuid,
    /// Its legal name; none where it is a person's.
    pub legal_name: Option<String>,
    /// When it was merged, in microseconds.
    pub at: i64,
    /// Why it was.
    pub reason: String,
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

/// The parties with these ids, or what these were merged into; those that do not exist are left out.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn by_ids(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Party>, Fault> {
    let reader = session.reader().await?;
    let survivors = alias::survivors(&reader, ids).await?;
    let now = |id: &Uuid| survivors.get(id).copied().unwrap_or(*id);
    let select = party::Entity::find().filter(party::Column::Id.is_in(ids.iter().map(now)));
    let rows = reader.reference(select).await?;
    let parties = assemble(&reader, rows).await?;
    let parties: HashMap<Uuid, Party> = parties.into_iter().map(|party| (party.id, party)).collect();
    let found = ids.iter().filter_map(|id| Some((*id, parties.get(&now(id))?.clone())));
    Ok(found.collect())
}

/// The parties that are looked for, by name and then id, at most so many, after the party with this id.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn search(session: &Session, search: &Search, after: Option<Uuid>, limit: u64) -> Result<Vec<Party>, Fault> {
    let reader = session.reader().await?;
    let mut select = match search {
        // Normalised words hold no wildcard.
        Search::Name(words) => party::Entity::find().filter(party::Column::NameWords.contains(words)),
        Search::Identifier(identifier) => {
            let numbers = party_identifier::Entity::find()
                .filter(party_identifier::Column::Scheme.eq(identifier.scheme() as i16))
                .filter(party_identifier::Column::Value.eq(identifier.value()));
            let bearers: Vec<Uuid> = reader
                .reference(numbers)
                .await?
                .into_iter()
                .map(|row| row.party_id)
                .collect();
            let survivors = alias::survivors(&reader, &bearers).await?;
            let now = |id: Uuid| survivors.get(&id).copied().unwrap_or(id);
            party::Entity::find().filter(party::Column::Id.is_in(bearers.into_iter().map(now)))
        }
    };
    // What was merged is found under its survivor, which has its words.
    let merged = party_alias::Entity::find()
        .select_only()
        .column(party_alias::Column::OldId);
    select = select.filter(party::Column::Id.not_in_subquery(merged.into_query()));
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

/// Gives parties their names and numbers and those of what was merged into them, in a few statements for all of them,
/// and keeps their order.
async fn assemble(reader: &Reader<'_>, rows: Vec<party::Model>) -> Result<Vec<Party>, Fault> {
    let mut merged = merged(reader, &rows).await?;
    let survivor: HashMap<Uuid, Uuid> = merged
        .iter()
        .flat_map(|(survivor, merged)| merged.iter().map(|merged| (merged.id, *survivor)))
        .chain(rows.iter().map(|row| (row.id, row.id)))
        .collect();
    let names = party_trade_name::Entity::find()
        .filter(party_trade_name::Column::PartyId.is_in(survivor.keys().copied()))
        .order_by_asc(party_trade_name::Column::Name);
    let mut trade_names: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in reader.reference(names).await? {
        let names = trade_names.entry(survivor[&row.party_id]).or_default();
        if !names.contains(&row.name) {
            names.push(row.name);
        }
    }
    let numbers = party_identifier::Entity::find()
        .filter(party_identifier::Column::PartyId.is_in(survivor.keys().copied()))
        .order_by_asc(party_identifier::Column::Scheme)
        .order_by_asc(party_identifier::Column::Value);
    let mut identifiers: HashMap<Uuid, Vec<Identifier>> = HashMap::new();
    for row in reader.reference(numbers).await? {
        identifiers
            .entry(survivor[&row.party_id])
            .or_default()
            .push(identifier(row.scheme, &row.value)?);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Party {
                id: row.id,
                kind: PartyKind::from_number(row.kind).ok_or_else(|| Fault::broken("a party of no known kind"))?,
                legal_name: row.legal_name,
                trade_names: trade_names.remove(&row.id).unwrap_or_default(),
                identifiers: identifiers.remove(&row.id).unwrap_or_default(),
                merged: merged.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// What was merged into each of these parties.
async fn merged(reader: &Reader<'_>, rows: &[party::Model]) -> Result<HashMap<Uuid, Vec<Merged>>, Fault> {
    use party_alias::Column;
    let aliases = party_alias::Entity::find()
        .filter(Column::SurvivorId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(Column::MergedAt)
        .order_by_asc(Column::OldId);
    let aliases = reader.reference(aliases).await?;
    if aliases.is_empty() {
        return Ok(HashMap::new());
    }
    let olds = party::Entity::find().filter(party::Column::Id.is_in(aliases.iter().map(|row| row.old_id)));
    let olds = reader.reference(olds).await?;
    let mut names: HashMap<Uuid, String> = olds
        .into_iter()
        .filter_map(|row| Some((row.id, row.legal_name?)))
        .collect();
    let mut merged: HashMap<Uuid, Vec<Merged>> = HashMap::new();
    for row in aliases {
        merged.entry(row.survivor_id).or_default().push(Merged {
            id: row.old_id,
            legal_name: names.remove(&row.old_id),
            at: row.merged_at,
            reason: row.reason,
        });
    }
    Ok(merged)
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
