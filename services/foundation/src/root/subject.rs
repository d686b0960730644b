//! What a root is about: parties, sites, regions.

use std::collections::{BTreeSet, HashMap};

use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::{Of, Root, record, table};
use crate::fault::Fault;
use crate::reference::alias;
use crate::session::{Reader, Writer};

/// What a record is about; every reference known to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Supervised parties.
    pub parties: Vec<Uuid>,
    /// Sites.
    pub sites: Vec<Uuid>,
    /// Safety regions.
    pub regions: Vec<Uuid>,
}

impl Subjects {
    /// Each subject with the number of its kind: 1 party, 2 site, 3 region.
    pub fn numbered(&self) -> impl Iterator<Item = (i16, Uuid)> + '_ {
        let kind = |number: i16| move |id: &Uuid| (number, *id);
        self.parties
            .iter()
            .map(kind(1))
            .chain(self.sites.iter().map(kind(2)))
            .chain(self.regions.iter().map(kind(3)))
    }
}

#[derive(FromQueryResult)]
struct Row {
    record_id: Uuid,
    kind: i16,
    subject_id: Uuid,
}

fn select<R: Root>() -> SelectStatement {
    Query::select()
        .expr_as(Expr::col(record::<R>()), Alias::new("record_id"))
        .columns(["kind", "subject_id"].map(Alias::new))
        .from(table::<R>("subject"))
        .take()
}

fn group(mut rows: Vec<Row>) -> HashMap<Uuid, Subjects> {
    rows.sort_by_key(|row| (row.kind, row.subject_id));
    let mut all: HashMap<Uuid, Subjects> = HashMap::new();
    for row in rows {
        let subjects = all.entry(row.record_id).or_default();
        match row.kind {
            1 => subjects.parties.push(row.subject_id),
            2 => subjects.sites.push(row.subject_id),
            _ => subjects.regions.push(row.subject_id),
        }
    }
    all
}

/// What records that were seen are about. A party that was merged into another is that other.
///
/// # Errors
/// The database's.
pub async fn of<R: Root>(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
    let rows = reader.hanging::<Of<R>, _>(ids, select::<R>(), record::<R>()).await?;
    followed(reader, group(rows)).await
}

/// What records that are reckoned with are about; nobody sees it. A party that was merged into another is that other.
///
/// # Errors
/// The database's.
pub async fn weighed<R: Root>(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
    let rows = reader
        .weigh_hanging::<Of<R>, _>(ids, select::<R>(), record::<R>())
        .await?;
    followed(reader, group(rows)).await
}

/// The same with the parties that those which were merged away stand for now.
async fn followed(reader: &Reader<'_>, mut all: HashMap<Uuid, Subjects>) -> Result<HashMap<Uuid, Subjects>, Fault> {
    let named: BTreeSet<Uuid> = all.values().flat_map(|subjects| &subjects.parties).copied().collect();
    let survivors = alias::survivors(reader, &Vec::from_iter(named)).await?;
    for subjects in all.values_mut().filter(|_| !survivors.is_empty()) {
        let now = |party: &Uuid| survivors.get(party).copied().unwrap_or(*party);
        let parties: BTreeSet<Uuid> = subjects.parties.iter().map(now).collect();
        subjects.parties = parties.into_iter().collect();
    }
    Ok(all)
}

/// What records that a write has seen are about, as it was written.
///
/// # Errors
/// The database's.
pub async fn within<R: Root>(writer: &Writer<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Subjects>, Fault> {
    let rows = writer.hanging::<Of<R>, _>(ids, select::<R>(), record::<R>()).await?;
    Ok(group(rows))
}

/// Writes what new records are about.
///
/// # Errors
/// The database's.
pub async fn add<'a, R: Root>(
    writer: &Writer<'_>,
    all: impl IntoIterator<Item = (Uuid, &'a Subjects)>,
) -> Result<(), Fault> {
    let columns = [record::<R>(), Alias::new("kind"), Alias::new("subject_id")];
    let row = |(id, subjects): (Uuid, &'a Subjects)| {
        let row = move |(kind, subject): (i16, Uuid)| vec![id.into(), kind.into(), subject.into()];
        subjects.numbered().map(row).collect::<Vec<_>>()
    };
    let rows = all.into_iter().flat_map(row).collect();
    writer.insert_values(table::<R>("subject"), &columns, rows).await
}

/// Replaces what a record is about.
///
/// # Errors
/// The database's.
pub async fn replace<R: Root>(writer: &Writer<'_>, id: Uuid, subjects: &Subjects) -> Result<(), Fault> {
    let old = Query::delete()
        .from_table(table::<R>("subject"))
        .and_where(Expr::col(record::<R>()).eq(id))
        .take();
    writer.execute(&old).await?;
    add::<R>(writer, [(id, subjects)]).await
}
