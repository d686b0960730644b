//! Finding parties. [`index`](keep::index) keeps up what parties are found by: call it in the transaction that changes
//! a name, number or address. [`search`] answers what somebody typed; [`near`] has the names that are near to another.

pub mod keep;
mod near;
pub mod search;

use std::collections::{BTreeSet, HashMap};
use std::future::Future;

use foundation::{Fault, Reader, Reference, Writer};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Select, Value};

use super::rows::name_word;
use crate::model::census::Census;

pub(super) use near::near;

/// The word that counts all parties: no name has it.
pub(crate) const ALL_PARTIES: &str = "";

/// Whoever reads what parties are found by.
pub trait Look: Sync {
    /// Rows of reference data.
    fn rows<E: Reference>(&self, select: Select<E>) -> impl Future<Output = Result<Vec<E::Model>, Fault>> + Send;
}

/// Whoever keeps it up: a change by a caller, or a load of data.
pub trait Keep: Look {
    /// Adds rows.
    fn add<A: ActiveModelTrait + Send>(&self, rows: Vec<A>) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Runs a change, `?` for each value.
    fn run(&self, text: &str, values: Vec<Value>) -> impl Future<Output = Result<u64, Fault>> + Send;
}

impl Look for Reader<'_> {
    async fn rows<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        self.reference(select).await
    }
}

impl Look for Writer<'_> {
    async fn rows<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        self.reference(select).await
    }
}

impl Keep for Writer<'_> {
    async fn add<A: ActiveModelTrait + Send>(&self, rows: Vec<A>) -> Result<(), Fault> {
        self.insert(rows).await
    }

    async fn run(&self, text: &str, values: Vec<Value>) -> Result<u64, Fault> {
        self.execute_text(text, values).await
    }
}

/// How many parties bear each of these words.
///
/// # Errors
/// The database's.
pub(super) async fn census(look: &impl Look, words: &BTreeSet<String>) -> Result<Census, Fault> {
    let wanted = words.iter().map(String::as_str).chain([ALL_PARTIES]);
    let rows = name_word::Entity::find().filter(name_word::Column::Word.is_in(wanted));
    let number = |count: i32| u32::try_from(count).unwrap_or_default();
    let mut bearers: HashMap<String, u32> = look
        .rows(rows)
        .await?
        .into_iter()
        .map(|row| (row.word, number(row.bearers)))
        .collect();
    let all = bearers.remove(ALL_PARTIES).unwrap_or_default();
    Ok(Census::new(all, bearers))
}
