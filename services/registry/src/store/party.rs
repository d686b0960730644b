//! Loading supervised parties: what everybody with a content role may know of them, and apart from it what is personal.

pub mod keep;

use std::collections::{HashMap, HashSet};

use access::MaskReason;
use foundation::reference::alias;
use foundation::{Fault, Reader, Session, text};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::rows::{party, party_alias, party_custodian, party_identifier, party_personal, party_trade_name};
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
    let parties = assemble(rows)?;
    let parties: HashMap<Uuid, Party> = parties.into_iter().map(|party| (party.id, party)).collect();
    let found = ids.iter().filter_map(|id| Some((*id, parties.get(&now(id))?.clone())));
    Ok(found.collect())
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
        Search::Name(words) => party::Entity::find().filter(named(words)),
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
    if let Some(within) = within {
        select = select.filter(within);
    }
    // What was merged is found under its survivor.
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
    assemble(rows)
}

/// True of the parties with this in a name, and of those into which such a party was merged.
fn named(words: &str) -> SimpleExpr {
    // Normalised words hold no wildcard.
    let named = || party::Column::NameWords.contains(words);
    let parties = party::Entity::find()
        .select_only()
        .column(party::Column::Id)
        .filter(named());
    let survivors = party_alias::Entity::find()
        .select_only()
        .column(party_alias::Column::SurvivorId)
        .filter(party_alias::Column::OldId.in_subquery(parties.into_query()));
    let id = Expr::col((party::Entity, party::Column::Id));
    named().or(id.in_subquery(survivors.into_query()))
}

/// Parties as they are now, in the order of their rows.
fn assemble(rows: Vec<party::Model>) -> Result<Vec<Party>, Fault> {
    let party = |row: party::Model| {
        Ok(Party {
            id: row.id,
            kind: kind(&row)?,
            legal_name: row.legal_name,
            version: row.version,
            public_task: row.public_task,
            delegating_authority: row.delegating_authority,
            safety_management: row.safety_management,
            region: row.region_id,
        })
    };
    rows.into_iter().map(party).collect()
}

/// The names that these parties trade under, and those of what was merged into them, each list sorted.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn trade_names(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, Fault> {
    let reader = session.reader().await?;
    let ids = alias::all_ids(&reader, ids).await?;
    let rows = party_trade_name::Entity::find().filter(party_trade_name::Column::PartyId.is_in(alias::written(&ids)));
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in reader.reference(rows).await? {
        found.entry(row.party_id).or_default().push(row.name);
    }
    let mut names = alias::together(&ids, &found);
    for names in names.values_mut() {
        names.sort_unstable();
        names.dedup();
    }
    Ok(names)
}

/// The numbers of these parties, and of what was merged into them, in the order of their schemes.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn identifiers(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Identifier>>, Fault> {
    let reader = session.reader().await?;
    let ids = alias::all_ids(&reader, ids).await?;
    let rows = party_identifier::Entity::find().filter(party_identifier::Column::PartyId.is_in(alias::written(&ids)));
    let mut found: HashMap<Uuid, Vec<Identifier>> = HashMap::new();
    for row in reader.reference(rows).await? {
        let number = identifier(row.scheme, &row.value)?;
        found.entry(row.party_id).or_default().push(number);
    }
    let mut numbers = alias::together(&ids, &found);
    for numbers in numbers.values_mut() {
        numbers.sort_by(|a, b| (a.scheme() as i16, a.value()).cmp(&(b.scheme() as i16, b.value())));
    }
    Ok(numbers)
}

/// What was merged into each of these parties, in the order in which that was done.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn merged(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Merged>>, Fault> {
    use party_alias::Column;
    let reader = session.reader().await?;
    let aliases = party_alias::Entity::find()
        .filter(Column::SurvivorId.is_in(ids.iter().copied()))
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

/// What a party is.
pub(super) fn kind(row: &party::Model) -> Result<PartyKind, Fault> {
    PartyKind::from_number(row.kind).ok_or_else(|| Fault::broken("a party of no known kind"))
}

/// Which of these parties the caller's organisation keeps: itself, or what was merged into it.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn kept(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, ()>, Fault> {
    let reader = session.reader().await?;
    let ids = alias::all_ids(&reader, ids).await?;
    let own = party_custodian::Entity::find().filter(party_custodian::Column::PartyId.is_in(alias::written(&ids)));
    let kept: HashSet<Uuid> = reader.own(own).await?.into_iter().map(|row| row.party_id).collect();
    let keeps = |(_, ids): &(&Uuid, &Vec<Uuid>)| ids.iter().any(|id| kept.contains(id));
    Ok(ids.iter().filter(keeps).map(|(party, _)| (*party, ())).collect())
}

/// The parties that are these safety regions, by the region's id.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of_regions(session: &Session, regions: &[Uuid]) -> Result<HashMap<Uuid, Party>, Fault> {
    let reader = session.reader().await?;
    let select = party::Entity::find().filter(party::Column::RegionId.is_in(regions.iter().copied()));
    let rows = reader.reference(select).await?;
    let parties = assemble(rows)?;
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
    let reader = session.reader().await?;
    let kept = own_names(&reader, ids).await?;
    Ok(kept.into_iter().map(|(party, (_, may))| (party, may)).collect())
}

/// For each of these persons, the id under which the caller's organisation keeps its names, and whether they may be
/// seen: it may have been merged from several.
async fn own_names(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, (Uuid, Result<(), MaskReason>)>, Fault> {
    let ids = alias::all_ids(reader, ids).await?;
    let custody = reader.custody::<party_personal::Entity>(&alias::written(&ids)).await?;
    let may = |id: &Uuid| custody.get(id).copied().unwrap_or(Err(MaskReason::NotOwner));
    let own = |(party, ids): (&Uuid, &Vec<Uuid>)| {
        let kept = ids
            .iter()
            .find(|id| may(id) != Err(MaskReason::NotOwner))
            .unwrap_or(party);
        (*party, (*kept, may(kept)))
    };
    Ok(ids.iter().map(own).collect())
}

/// The names of these persons, or why they stay masked. What is shown is logged as unmasked.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn names(session: &Session, ids: &[Uuid]) -> Result<HashMap<Uuid, Result<PersonNames, MaskReason>>, Fault> {
    let reader = session.reader().await?;
    let own = own_names(&reader, ids).await?;
    let kept: Vec<Uuid> = own.values().map(|(kept, _)| *kept).collect();
    let rows = reader.unmask_kept::<party_personal::Entity>(&kept, "name").await?;
    let names = |row: &party_personal::Model| PersonNames {
        legal_name: row.legal_name.clone(),
        trade_names: row.trade_names.lines().map(str::to_owned).collect(),
    };
    let of = |(party, (kept, _))| Some((party, rows.get(&kept)?.as_ref().map(names).map_err(|reason| *reason)));
    Ok(own.into_iter().filter_map(of).collect())
}
