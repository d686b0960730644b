//! Hand-written SQL with the same text on both databases: `?` stands for a value.

use sea_orm::{DbBackend, Statement, Value};

/// A statement of this text with these values in order.
pub fn statement(backend: DbBackend, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let text = if backend == DbBackend::Postgres {
        numbered(text)
    } else {
        text.to_owned()
    };
    Statement::from_sql_and_values(backend, text, values)
}

fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 16);
    let mut count = 0;
    for letter in text.chars() {
        if letter == '?' {
            count += 1;
            numbered.push('$');
            numbered.push_str(&count.to_string());
        } else {
            numbered.push(letter);
        }
    }
    numbered
}
