//! What is added beside signals, listed newest first: a page for each of many signals in one statement.

use std::collections::HashMap;

use foundation::{Fault, Part, Reader};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use uuid::Uuid;

use super::rows::signal;

/// A part of a signal that is listed. Its table has the columns `id`, `signal_id` and `at`, or another to order by.
pub trait Listed: Part<Root = signal::Entity> {
    /// The column by which it is ordered.
    const ORDER: &'static str = "at";

    /// What the reader sees of it beyond seeing the signal; with what it was before, or as it is now.
    fn narrow(reader: &Reader<'_>, history: bool) -> Condition;
    /// The signal that it is of, when it was added, and its id.
    fn place(row: &Self::Model) -> (Uuid, i64, Uuid);
}

/// Which piece of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// After this place: when it was added, and its id.
    pub after: Option<(i64, Uuid)>,
    /// At most so many.
    pub limit: u64,
    /// With what was superseded since.
    pub history: bool,
}

/// The newest of each signal that was seen, in one statement for all of them.
///
/// # Errors
/// The database's; an internal fault when a signal was not seen first.
pub async fn newest<P: Listed>(
    reader: &Reader<'_>,
    signals: &[Uuid],
    slice: Slice,
) -> Result<HashMap<Uuid, Vec<P::Model>>, Fault> {
    let (id, at) = (|| Expr::col(Alias::new("id")), || Expr::col(Alias::new(P::ORDER)));
    let mut ranked = Query::select();
    ranked
        .column(Alias::new("id"))
        .expr_as(
            Expr::cust(format!(
                "ROW_NUMBER() OVER (PARTITION BY signal_id ORDER BY {} DESC, id DESC)",
                P::ORDER
            )),
            Alias::new("place"),
        )
        .from(P::default())
        .and_where(P::root().is_in(signals.iter().copied()))
        .cond_where(P::narrow(reader, slice.history));
    if let Some((moment, last)) = slice.after {
        ranked.and_where(at().lt(moment).or(at().eq(moment).and(id().lt(last))));
    }
    let limit = i64::try_from(slice.limit).unwrap_or(i64::MAX);
    let first = Query::select()
        .column(Alias::new("id"))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("place")).lte(limit))
        .take();
    let mut rows = reader.parts(signals, P::find().filter(id().in_subquery(first))).await?;
    rows.sort_by_key(|row| {
        let (_, at, id) = P::place(row);
        std::cmp::Reverse((at, id))
    });
    let mut lists: HashMap<Uuid, Vec<P::Model>> = HashMap::new();
    for row in rows {
        lists.entry(P::place(&row).0).or_default().push(row);
    }
    Ok(lists)
}
