//! Parties that were merged, as every service sees them: an id that is no longer a party's own, and whose it is now.
//! Rows of other services keep the id under which they were written; readers follow it here (decisions.md 8).

use std::collections::{BTreeSet, HashMap};

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};

use crate::fault::Fault;
use crate::session::Reader;

/// A row of `reference_alias`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_alias")]
pub struct Model {
    /// The id that was merged away.
    #[sea_orm(primary_key, auto_increment = false)]
    pub old_id: Uuid,
    /// The party that it stands for now, whatever merges lie between.
    pub survivor_id: Uuid,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

/// For those of these ids that were merged away, the party that each stands for now.
///
/// # Errors
/// The database's.
pub async fn survivors(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let all = all_ids(reader, ids).await?.into_iter();
    let now = |(id, ids): (Uuid, Vec<Uuid>)| Some((id, *ids.first().filter(|survivor| **survivor != id)?));
    Ok(all.filter_map(now).collect())
}

/// The rows of the parties that these ids stand for, whichever of their ids is given.
pub fn among(ids: impl IntoIterator<Item = Uuid> + Clone) -> Select<Entity> {
    let theirs = Entity::find()
        .select_only()
        .column(Column::SurvivorId)
        .filter(Column::OldId.is_in(ids.clone()))
        .into_query();
    let among = Condition::any()
        .add(Column::SurvivorId.is_in(ids.clone()))
        .add(Column::SurvivorId.in_subquery(theirs));
    Entity::find().filter(among)
}

/// For each of these ids, every id under which its party is written: the survivor first, then what was merged into it.
/// One statement for all that were not asked for before in this request.
///
/// # Errors
/// The database's.
pub async fn all_ids(reader: &Reader<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, Fault> {
    let unknown: BTreeSet<Uuid> = {
        let known = reader.written();
        ids.iter().copied().filter(|id| !known.contains_key(id)).collect()
    };
    if !unknown.is_empty() {
        let found = look_up(reader, &unknown).await?;
        reader.written().extend(found);
    }
    let known = reader.written();
    let of = |id: &Uuid| (*id, known.get(id).cloned().unwrap_or_else(|| vec![*id]));
    Ok(ids.iter().map(of).collect())
}

async fn look_up(reader: &Reader<'_>, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Uuid>>, Fault> {
    let rows = reader.reference(among(ids.iter().copied())).await?;
    let mut merged: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    for row in rows {
        merged.entry(row.survivor_id).or_default().insert(row.old_id);
    }
    let mut written: HashMap<Uuid, Vec<Uuid>> = ids.iter().map(|id| (*id, vec![*id])).collect();
    for (survivor, others) in merged {
        let all: Vec<Uuid> = std::iter::once(survivor).chain(others).collect();
        written.extend(all.iter().map(|id| (*id, all.clone())));
    }
    Ok(written)
}

/// All ids under which these parties are written, each once.
pub fn written(ids: &HashMap<Uuid, Vec<Uuid>>) -> Vec<Uuid> {
    let all: BTreeSet<Uuid> = ids.values().flatten().copied().collect();
    all.into_iter().collect()
}

/// What was found under the ids by which each party is written, put together.
pub fn together<T: Clone>(ids: &HashMap<Uuid, Vec<Uuid>>, found: &HashMap<Uuid, Vec<T>>) -> HashMap<Uuid, Vec<T>> {
    let of = |ids: &Vec<Uuid>| ids.iter().filter_map(|id| found.get(id)).flatten().cloned().collect();
    ids.iter().map(|(party, ids)| (*party, of(ids))).collect()
}
