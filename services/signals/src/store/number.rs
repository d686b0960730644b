//! Citable numbers: one sequence per organisation and year, taken within the write that uses them.

use foundation::reference::organisation;
use foundation::{Fault, Writer, clock};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::rows::signal_number;
use crate::model::signal::number;

/// Takes as many numbers as asked for.
///
/// # Errors
/// The database's.
pub async fn take(writer: &Writer<'_>, count: usize) -> Result<Vec<String>, Fault> {
    let owner = writer.scope().caller.organisation;
    let year = clock::date_of(writer.scope().now).year();
    let count = i32::try_from(count).map_err(|_| Fault::broken("more numbers than there are"))?;
    // The row stays locked until the write ends, so numbers are never given twice.
    let forward = Query::insert()
        .into_table(Alias::new("signal_number"))
        .columns(["owner_id", "year", "next"].map(Alias::new))
        .values_panic([Expr::val(owner), Expr::val(i32::from(year)), Expr::val(count + 1)])
        .on_conflict(
            OnConflict::columns(["owner_id", "year"].map(Alias::new))
                .value(
                    Alias::new("next"),
                    Expr::col((Alias::new("signal_number"), Alias::new("next"))).add(count),
                )
                .to_owned(),
        )
        .take();
    writer.execute(&forward).await?;
    let row = signal_number::Entity::find().filter(signal_number::Column::Year.eq(i32::from(year)));
    let next = writer
        .own(row)
        .await?
        .pop()
        .ok_or_else(|| Fault::broken("a sequence without a row"))?
        .next;
    let organisation = organisation::Entity::find().filter(organisation::Column::Id.eq(owner));
    let code = writer
        .reference(organisation)
        .await?
        .pop()
        .map(|row| row.code)
        .ok_or_else(|| Fault::broken("an organisation without its row"))?;
    Ok((next - count..next)
        .map(|sequence| number(&code, year, sequence))
        .collect())
}
