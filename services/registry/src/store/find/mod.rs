//! Finding parties. [`index`](keep::index) keeps up what parties are found by: call it in the transaction that changes
//! a name, number or address. [`search`] answers what somebody typed; [`candidates`] are the names that share rare
//! trigrams with another.

pub mod keep;
pub mod search;

use std::collections::{BTreeSet, HashMap};
use std::future::Future;

use foundation::{Fault, Reader, Reference, Writer};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use sea_orm::{Select, Value};

use super::rows::{party_trigram, party_trigram_count};
use crate::model::census::Census;
use crate::model::name::Trigram;

/// The row of `party_trigram_count` that counts all names. No word has this trigram: it is three blanks.
const ALL_NAMES: Trigram = 0;

/// Whoever reads what parties are found by.
pub trait Look: Sync {
    /// Rows of reference data.
    fn rows<E: Reference>(&self, select: Select<E>) -> impl Future<Output = Result<Vec<E::Model>, Fault>> + Send;
    /// What is reckoned from reference data.
    fn reckoned<E: Reference, M: FromQueryResult + Send>(
        &self,
        select: Select<E>,
    ) -> impl Future<Output = Result<Vec<M>, Fault>> + Send;
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

    async fn reckoned<E: Reference, M: FromQueryResult + Send>(&self, select: Select<E>) -> Result<Vec<M>, Fault> {
        Reader::reckoned(self, select).await
    }
}

impl Look for Writer<'_> {
    async fn rows<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        self.reference(select).await
    }

    async fn reckoned<E: Reference, M: FromQueryResult + Send>(&self, select: Select<E>) -> Result<Vec<M>, Fault> {
        Writer::reckoned(self, select).await
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

/// How many names bear each of these trigrams.
///
/// # Errors
/// The database's.
pub(super) async fn census(look: &impl Look, trigrams: &BTreeSet<Trigram>) -> Result<Census, Fault> {
    let wanted = trigrams.iter().copied().chain([ALL_NAMES]);
    let rows = party_trigram_count::Entity::find().filter(party_trigram_count::Column::Trigram.is_in(wanted));
    let number = |count: i32| u64::try_from(count).unwrap_or_default();
    let mut bearers: HashMap<Trigram, u64> = look
        .rows(rows)
        .await?
        .into_iter()
        .map(|row| (row.trigram, number(row.bearers)))
        .collect();
    let all = bearers.remove(&ALL_NAMES).unwrap_or_default();
    Ok(Census::new(all, bearers))
}

/// A name that shares trigrams with another.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Candidate {
    /// Its number in `party_name`.
    pub number: i32,
}

/// The names that share the most rare trigrams with these, at most so many. The census must have counted them.
///
/// # Errors
/// The database's.
pub(super) async fn candidates(
    look: &impl Look,
    trigrams: &BTreeSet<Trigram>,
    census: &Census,
    limit: usize,
) -> Result<Vec<Candidate>, Fault> {
    use party_trigram::Column;
    let rarest = census.rarest(trigrams);
    if rarest.is_empty() {
        return Ok(Vec::new());
    }
    let mut weight = CaseStatement::new();
    for trigram in &rarest {
        // In thousandths: both databases add whole numbers up alike.
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1000")]
        let says = (census.weight_of(census.bearers(*trigram)) * 1000.0) as i32;
        weight = weight.case(Column::Trigram.eq(*trigram), says);
    }
    let together = Expr::expr(weight.finally(0)).sum();
    let select = party_trigram::Entity::find()
        .select_only()
        .column(Column::Number)
        .filter(Column::Trigram.is_in(rarest))
        .group_by(Column::Number)
        .order_by(together, Order::Desc)
        .order_by_asc(Column::Number)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX));
    look.reckoned(select).await
}
