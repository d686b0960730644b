//! Full-text search: the same normalised words in both databases' own index, so that both give the same ids.

use foundation::session::{FEED, Indexed};
use foundation::text::normalise;
use foundation::{Fault, Writer};
use sea_orm::sea_query::{Expr, JoinType, Query};
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use super::SignalRow;

/// Records per statement: far below the number of values that either database takes.
const ROWS: usize = 200;

/// The condition that a record has all words of a text. A text without words matches nothing: it asked for something, and
/// nothing has it.
pub fn indexed(backend: DbBackend, text: &str) -> Indexed {
    let words = normalise(text);
    let record = format!("{FEED}.record_id");
    let mut hits = Query::select();
    if words.is_empty() {
        let nothing = || Expr::cust("1 = 0");
        hits.expr_as(Expr::val(Uuid::nil()), "id").and_where(nothing());
        return Indexed { hits, holds: nothing() };
    }
    if backend == DbBackend::Postgres {
        hits.expr_as(Expr::cust_with_values("search_signals($1)", [words.clone()]), "id");
        let holds = Expr::cust_with_values(format!("has_words({record}, $1)"), [words]);
        return Indexed { hits, holds };
    }
    let all: Vec<String> = words.split(' ').map(|word| format!("\"{word}\"")).collect();
    let all = all.join(" ");
    hits.expr_as(Expr::cust("s.signal_id"), "id")
        .from_as("signal_words", "w")
        .join_as(
            JoinType::InnerJoin,
            "signal_search",
            "s",
            Expr::cust("s.search_id = w.rowid"),
        )
        .and_where(Expr::cust_with_values("signal_words MATCH ?", [all.clone()]));
    let one = format!(
        "EXISTS (SELECT 1 FROM signal_search s CROSS JOIN signal_words w ON w.rowid = s.search_id
         WHERE s.signal_id = {record} AND signal_words MATCH ?)"
    );
    Indexed {
        hits,
        holds: Expr::cust_with_values(one, [all]),
    }
}

/// Puts these signals into the index, which does not have them.
///
/// # Errors
/// The database's.
pub async fn add(writer: &Writer<'_>, signals: &[&SignalRow]) -> Result<(), Fault> {
    for chunk in signals.chunks(ROWS) {
        let words = |signal: &SignalRow| Value::from(words(signal));
        let per_row = |marks: &str| vec![marks; chunk.len()].join(", ");
        if writer.backend() == DbBackend::Postgres {
            let text = "INSERT INTO signal_search (signal_id, owner_id, words) VALUES ".to_owned()
                + &per_row("(?, ?, to_tsvector('simple', ?))");
            let values = chunk
                .iter()
                .flat_map(|row| [row.id.into(), row.owner_id.into(), words(row)])
                .collect();
            writer.execute_text(&text, values).await?;
        } else {
            let keys = format!("INSERT INTO signal_search (signal_id) VALUES {}", per_row("(?)"));
            writer
                .execute_text(&keys, chunk.iter().map(|row| row.id.into()).collect())
                .await?;
            let text = format!(
                "INSERT INTO signal_words (rowid, words) SELECT s.search_id, v.column2
                 FROM (VALUES {}) AS v JOIN signal_search s ON s.signal_id = v.column1",
                per_row("(?, ?)")
            );
            let values = chunk.iter().flat_map(|row| [row.id.into(), words(row)]).collect();
            writer.execute_text(&text, values).await?;
        }
    }
    Ok(())
}

/// Takes a signal out of the index.
///
/// # Errors
/// The database's.
pub async fn remove(writer: &Writer<'_>, signal: Uuid) -> Result<(), Fault> {
    if writer.backend() != DbBackend::Postgres {
        let words = "DELETE FROM signal_words WHERE rowid = (SELECT search_id FROM signal_search WHERE signal_id = ?)";
        writer.execute_text(words, vec![signal.into()]).await?;
    }
    writer
        .execute_text("DELETE FROM signal_search WHERE signal_id = ?", vec![signal.into()])
        .await?;
    Ok(())
}

/// The words by which a signal is found; never anything personal.
fn words(signal: &SignalRow) -> String {
    let place = signal.place.as_deref().unwrap_or_default();
    normalise(&format!(
        "{} {} {} {}",
        signal.number, signal.title, signal.narrative, place
    ))
}
