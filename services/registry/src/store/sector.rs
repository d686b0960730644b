//! Sectors: imported by an administrator, read by everybody, linked to parties by their custodians.

use std::collections::{BTreeSet, HashMap};

use access::Operation;
use foundation::reference::alias;
use foundation::{Code, Fault, Session, Writer};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::party::keep::delete;
use super::rows::{party, party_alias, party_sector, sector};
use crate::model::sector::{NewSector, check, paths};

/// A sector (bedrijfstak).
pub use super::rows::sector::Model as Sector;

/// The most sectors that a party is in.
const SECTORS_MAXIMUM: usize = 50;

/// What a delivery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Sectors that are new.
    pub created: usize,
    /// Sectors that were there and are different now.
    pub changed: usize,
    /// Sectors that were there just so.
    pub unchanged: usize,
}

/// Brings sectors in, at most 500 at once; the same delivery twice changes nothing.
///
/// # Errors
/// Every fault at once; nothing is written then.
pub async fn import(session: &Session, source: &str, sectors: &[NewSector]) -> Result<Delivered, Vec<Fault>> {
    let mut writer = session.writer(Operation::KeepVocabularies).await?;
    let faults = check(source, sectors);
    if !faults.is_empty() {
        return Err(faults);
    }
    let named = sectors
        .iter()
        .flat_map(|sector| std::iter::once(&sector.code).chain(&sector.parent));
    let known = sector::Entity::find().filter(sector::Column::Code.is_in(named.collect::<BTreeSet<_>>()));
    let known: HashMap<String, Sector> = writer
        .reference(known)
        .await?
        .into_iter()
        .map(|row| (row.code.clone(), row))
        .collect();
    let above = known.values().map(|row| (row.code.clone(), row.path.clone()));
    let paths = paths(sectors, above.collect())?;
    let mut wanted: HashMap<&str, Sector> = HashMap::new();
    let mut order = Vec::new();
    for (new, path) in sectors.iter().zip(paths) {
        let row = Sector {
            code: new.code.clone(),
            name: new.name.trim().to_owned(),
            name_en: new.name_en.trim().to_owned(),
            parent: new.parent.clone(),
            path,
            source: source.trim().to_owned(),
        };
        if wanted.insert(&new.code, row).is_none() {
            order.push(new.code.as_str());
        }
    }
    let mut done = Delivered::default();
    let mut fresh = Vec::new();
    for row in order.iter().filter_map(|code| wanted.remove(code)) {
        match known.get(&row.code) {
            None => fresh.push(row.into_active_model()),
            Some(before) if *before == row => done.unchanged += 1,
            Some(_) => {
                change(&writer, row).await?;
                done.changed += 1;
            }
        }
    }
    done.created = fresh.len();
    writer.insert(fresh).await?;
    if done.created + done.changed > 0 {
        let delivery = writer.id();
        writer.noted("sector", delivery, "imported", 1);
    }
    writer.commit().await?;
    Ok(done)
}

async fn change(writer: &Writer<'_>, row: Sector) -> Result<(), Fault> {
    use sector::Column as C;
    let update = sector::Entity::update_many()
        .col_expr(C::Name, Expr::value(row.name))
        .col_expr(C::NameEn, Expr::value(row.name_en))
        .col_expr(C::Parent, Expr::value(row.parent))
        .col_expr(C::Path, Expr::value(row.path))
        .col_expr(C::Source, Expr::value(row.source))
        .filter(C::Code.eq(row.code));
    writer.execute(&update.into_query()).await?;
    Ok(())
}

/// The sectors directly under one, or those at the top, by code, at most so many, after this code.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn under(
    session: &Session,
    parent: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Sector>, Fault> {
    let parent = match parent {
        None => sector::Column::Parent.is_null(),
        Some(code) => sector::Column::Parent.eq(code),
    };
    let select = sector::Entity::find()
        .filter(parent)
        .filter(sector::Column::Code.gt(after.unwrap_or_default()))
        .order_by_asc(sector::Column::Code)
        .limit(limit);
    session.directory().await?.vocabulary(select).await
}

/// The sectors with these codes.
///
/// # Errors
/// The account or purpose does not stand, or the database's.
pub async fn by_codes(session: &Session, codes: &[String]) -> Result<HashMap<String, Sector>, Fault> {
    let select = sector::Entity::find().filter(sector::Column::Code.is_in(codes));
    let rows = session.directory().await?.vocabulary(select).await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// The sectors that these parties are in, or what was merged into them, each list by code.
///
/// # Errors
/// The caller may not read, or the database's.
pub async fn of_parties(session: &Session, parties: &[Uuid]) -> Result<HashMap<Uuid, Vec<Sector>>, Fault> {
    let reader = session.reader().await?;
    let ids = alias::all_ids(&reader, parties).await?;
    let links = party_sector::Entity::find()
        .filter(party_sector::Column::PartyId.is_in(alias::written(&ids)))
        .order_by_asc(party_sector::Column::Code);
    let links = reader.reference(links).await?;
    drop(reader);
    let codes: BTreeSet<String> = links.iter().map(|link| link.code.clone()).collect();
    let sectors = by_codes(session, &codes.into_iter().collect::<Vec<_>>()).await?;
    let mut lists: HashMap<Uuid, Vec<Sector>> = HashMap::new();
    for link in links {
        lists
            .entry(link.party_id)
            .or_default()
            .extend(sectors.get(&link.code).cloned());
    }
    let mut lists = alias::together(&ids, &lists);
    for list in lists.values_mut() {
        list.sort_by(|a, b| a.code.cmp(&b.code));
        list.dedup_by(|a, b| a.code == b.code);
    }
    Ok(lists)
}

/// True of the parties in a sector or in one that is part of it, and of those into which such a party was merged.
///
/// # Errors
/// `UNKNOWN_REFERENCE` when there is no such sector.
pub async fn within(session: &Session, code: &str) -> Result<SimpleExpr, Fault> {
    let found = by_codes(session, &[code.to_owned()]).await?.remove(code);
    let root = found.ok_or_else(|| Fault::new(Code::UnknownReference).with("value", code).at("sector"))?;
    let part = sector::Entity::find()
        .select_only()
        .column(sector::Column::Code)
        .filter(sector::Column::Path.starts_with(root.path));
    let parties = party_sector::Entity::find()
        .select_only()
        .column(party_sector::Column::PartyId)
        .filter(party_sector::Column::Code.in_subquery(part.into_query()))
        .into_query();
    let survivors = party_alias::Entity::find()
        .select_only()
        .column(party_alias::Column::SurvivorId)
        .filter(party_alias::Column::OldId.in_subquery(parties.clone()));
    let id = || Expr::col((party::Entity, party::Column::Id));
    Ok(id().in_subquery(parties).or(id().in_subquery(survivors.into_query())))
}

/// Puts a party into these sectors and no others.
///
/// # Errors
/// `TOO_MANY`, or `UNKNOWN_REFERENCE` at each code that is none.
pub async fn put(writer: &Writer<'_>, party: Uuid, codes: &[String]) -> Result<(), Vec<Fault>> {
    if codes.len() > SECTORS_MAXIMUM {
        let fault = Fault::new(Code::TooMany)
            .with("count", codes.len())
            .with("maximum", SECTORS_MAXIMUM);
        return Err(fault.at("input.sectors").into());
    }
    let select = sector::Entity::find().filter(sector::Column::Code.is_in(codes));
    let known: BTreeSet<String> = writer
        .reference(select)
        .await?
        .into_iter()
        .map(|row| row.code)
        .collect();
    let unknown = |(index, code): (usize, &String)| {
        (!known.contains(code)).then(|| {
            Fault::new(Code::UnknownReference)
                .with("value", code)
                .at(format!("input.sectors.{index}"))
        })
    };
    let faults: Vec<Fault> = codes.iter().enumerate().filter_map(unknown).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    delete::<party_sector::Entity>(writer, party_sector::Column::PartyId, party).await?;
    let row = |code: String| party_sector::ActiveModel {
        party_id: Set(party),
        code: Set(code),
    };
    Ok(writer.insert(known.into_iter().map(row).collect()).await?)
}
