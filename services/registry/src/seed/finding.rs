//! What parties are found by, kept up by loads of data as by changes of callers.

use foundation::sql::statement;
use foundation::{Database, Fault, Reference};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
};
use uuid::Uuid;

use super::{CHUNK, SeedError, begin};
use crate::store::find::keep::index;
use crate::store::find::{ALL_PARTIES, Keep, Look};
use crate::store::rows::{party, party_word};

/// Parties that are made to be found, at once.
const SOME: u64 = 500;

/// What a load does with the rows by which parties are found.
pub(super) struct Loading<'t>(pub &'t DatabaseTransaction);

impl Look for Loading<'_> {
    async fn rows<E: Reference>(&self, select: Select<E>) -> Result<Vec<E::Model>, Fault> {
        Ok(select.all(self.0).await?)
    }
}

impl Keep for Loading<'_> {
    async fn add<A: ActiveModelTrait + Send>(&self, rows: Vec<A>) -> Result<(), Fault> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
            A::Entity::insert_many(chunk).exec_without_returning(self.0).await?;
        }
        Ok(())
    }

    async fn run(&self, text: &str, values: Vec<Value>) -> Result<u64, Fault> {
        let statement = statement(self.0.get_database_backend(), text, values);
        Ok(self.0.execute_raw(statement).await?.rows_affected())
    }
}

/// Makes parties to be found that were registered before what they are found by was there. Loading the vocabularies
/// does this too.
///
/// # Errors
/// The database's; nothing is changed then.
pub async fn catch_up(database: &Database) -> Result<(), SeedError> {
    let transaction = begin(database).await?;
    within(&transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// The same within a load.
pub(super) async fn within(transaction: &DatabaseTransaction) -> Result<(), Fault> {
    let mut last = Uuid::nil();
    loop {
        let there = Query::select()
            .expr(Expr::val(1))
            .from(party_word::Entity)
            .and_where(Expr::col((party_word::Entity, party_word::Column::Word)).eq(ALL_PARTIES))
            .and_where(
                Expr::col((party_word::Entity, party_word::Column::PartyId))
                    .eq(Expr::col((party::Entity, party::Column::Id))),
            )
            .take();
        let some = party::Entity::find()
            .filter(party::Column::LegalName.is_not_null())
            .filter(party::Column::Id.gt(last))
            .filter(Expr::exists(there).not())
            .order_by_asc(party::Column::Id)
            .limit(SOME);
        let some: Vec<Uuid> = some.all(transaction).await?.into_iter().map(|row| row.id).collect();
        let Some(end) = some.last() else { return Ok(()) };
        last = *end;
        index(&Loading(transaction), &some).await?;
    }
}
