//! The first rows of each of several lists, in one statement: what a page of parties costs does not grow with it.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SimpleExpr, WindowStatement};
use sea_orm::{Condition, EntityTrait, Iden};

/// True of the rows that are among the first so many of their list: those with one value of `list`, in this order,
/// narrowed by `filter`. `key` names a row.
pub fn first_of_each<E: EntityTrait>(
    list: E::Column,
    order: &[(E::Column, Order)],
    key: &[E::Column],
    filter: Condition,
    limit: u64,
) -> SimpleExpr
where
    E::Column: Iden + Copy,
{
    let mut window = WindowStatement::partition_by(list);
    for (column, direction) in order {
        window.order_by(*column, direction.clone());
    }
    let place = Alias::new("place");
    let numbered = Query::select()
        .columns(key.iter().copied())
        .expr_window_as(Func::cust("row_number"), window, place.clone())
        .from(E::default())
        .cond_where(filter)
        .take();
    let first = Query::select()
        .columns(key.iter().copied())
        .from_subquery(numbered, Alias::new("numbered"))
        .and_where(Expr::col(place).lte(limit))
        .take();
    Expr::tuple(key.iter().map(|column| Expr::col((E::default(), *column)))).in_subquery(first)
}
