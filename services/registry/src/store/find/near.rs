//! Names that are near to what was typed: looked up by a handful of keys, compared one by one.

use std::collections::BTreeSet;

use foundation::Fault;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, UnionType};
use sea_orm::{EntityTrait, QueryTrait, Select};

use super::Look;
use crate::model::name::{Name, slips};
use crate::model::near::{Found, Key, Near, doubtful, exactly, looked_at, loosely, meanings};
use crate::store::rows::{name_word, party_word, word_slip};

/// As many words begin with what was typed as are looked at.
const BEGINNINGS: u64 = 4;

/// The names that are near to this one, the nearest first; those of bearers at a place first, where one is given.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn near(look: &impl Look, wanted: &Name, place: Option<&str>) -> Result<Vec<Near>, Fault> {
    let words = looked_at(wanted);
    let mut found = Found::default();
    read(look, &exactly(&words, place), &mut found).await?;
    let doubtful = doubtful(&words, &found);
    if !doubtful.is_empty() {
        let meant = meanings(&doubtful, &alike(look, &doubtful).await?);
        read(look, &loosely(&words, &meant, place), &mut found).await?;
    }
    Ok(found.compared(wanted, place.is_some()))
}

/// The words that are a slip apart from these, or begin with them.
async fn alike(look: &impl Look, typed: &[&String]) -> Result<BTreeSet<String>, Fault> {
    let all: BTreeSet<i32> = typed.iter().flat_map(|word| slips(word)).collect();
    let mut words = Query::select()
        .columns([word_slip::Column::Slip, word_slip::Column::Word])
        .from(word_slip::Entity)
        .and_where(Expr::col(word_slip::Column::Slip).is_in(all))
        .take();
    for word in typed {
        // Behind every letter and digit, so that what begins with the word lies between.
        let beyond = format!("{word}\u{7f}");
        let begun = Query::select()
            .expr_as(Expr::val(0), Alias::new("slip"))
            .column(name_word::Column::Word)
            .from(name_word::Entity)
            .and_where(Expr::col(name_word::Column::Word).gt(word.as_str()))
            .and_where(Expr::col(name_word::Column::Word).lt(beyond))
            .order_by(name_word::Column::Word, Order::Asc)
            .limit(BEGINNINGS)
            .take();
        words.union(UnionType::All, arm(begun, &["slip", "word"]));
    }
    let rows = look.rows(select::<word_slip::Entity>(words, "word_slip")).await?;
    Ok(rows.into_iter().map(|row| row.word).collect())
}

/// A limited part of a union.
fn arm(rows: SelectStatement, columns: &[&'static str]) -> SelectStatement {
    Query::select()
        .columns(columns.iter().map(|name| Alias::new(*name)))
        .from_subquery(rows, Alias::new("arm"))
        .take()
}

/// The rows of an entity that a statement gives.
fn select<E: EntityTrait>(rows: SelectStatement, name: &'static str) -> Select<E> {
    let mut select = E::find();
    QueryTrait::query(&mut select)
        .from_clear()
        .from_subquery(rows, Alias::new(name));
    select
}

/// Reads the names under these keys, in one statement.
async fn read(look: &impl Look, keys: &[Key], found: &mut Found) -> Result<(), Fault> {
    use party_word::Column as C;
    let arms = keys.iter().map(|key| {
        let rows = Query::select()
            .columns([C::Word, C::PartyId, C::Field, C::Name])
            .from(party_word::Entity)
            .and_where(Expr::col(C::Word).eq(key.word.as_str()))
            .order_by(C::PartyId, Order::Asc)
            .limit(key.limit)
            .take();
        arm(rows, &["word", "party_id", "field", "name"])
    });
    let Some(union) = arms.reduce(|mut union, next| union.union(UnionType::All, next).take()) else {
        return Ok(());
    };
    for row in look.rows(select::<party_word::Entity>(union, "party_word")).await? {
        found.add(row.word, row.party_id, row.field, row.name);
    }
    Ok(())
}
