//! A statement as it may leave: which kind, on which table, and its text without a single value.

/// The longest text of a statement that leaves, in bytes.
const LONGEST: usize = 2_000;
/// A number of more digits than this is somebody's: a moment, a telephone, an identity.
const DIGITS: usize = 4;

/// The statement's first word, of those that are known.
pub fn operation(text: &str) -> &'static str {
    const KNOWN: [&str; 8] = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "PRAGMA",
    ];
    let word = text
        .trim_start()
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .next();
    let word = word.unwrap_or_default();
    KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(word))
        .unwrap_or("OTHER")
}

/// The operation and the first table that it names, such as `SELECT signal`.
pub fn summary(text: &str) -> String {
    let operation = operation(text);
    match table(text) {
        Some(table) => format!("{operation} {table}"),
        None => operation.to_owned(),
    }
}

fn table(text: &str) -> Option<String> {
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        if ["FROM", "INTO", "UPDATE"]
            .iter()
            .any(|before| before.eq_ignore_ascii_case(word))
        {
            let name = words.next()?.rsplit('.').next()?;
            let name: String = name
                .trim_start_matches('"')
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect();
            // A query in brackets names its table further on.
            if !name.is_empty() {
                return Some(name);
            }
        }
    }
    None
}

/// The text without values: placeholders and literals are `?`, a list of them is one `?`, and its length has an end.
pub fn text(statement: &str) -> String {
    let mut out = String::with_capacity(statement.len().min(LONGEST) + 4);
    let mut letters = statement.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                // Two quotes within a literal end it and begin the next: both go.
                letters.by_ref().find(|letter| *letter == '\'');
                value(&mut out);
            }
            '?' => value(&mut out),
            '$' if letters.peek().is_some_and(char::is_ascii_digit) => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                value(&mut out);
            }
            _ if letter.is_ascii_digit()
                && !out.ends_with(|before: char| before.is_ascii_alphanumeric() || before == '_') =>
            {
                let mut number = String::from(letter);
                while let Some(digit) = letters.next_if(|next| next.is_ascii_digit() || *next == '.') {
                    number.push(digit);
                }
                if number.len() > DIGITS {
                    value(&mut out)
                } else {
                    out.push_str(&number)
                }
            }
            _ if letter.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.push(letter),
        }
        if out.len() > LONGEST {
            out.push('…');
            break;
        }
    }
    out
}

/// Writes a value's place, unless it is the next of a list.
fn value(out: &mut String) {
    if out.ends_with("?, ") {
        out.truncate(out.len() - 2);
    } else if !out.ends_with('?') {
        out.push('?');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_value_is_left() {
        assert_eq!(
            text("SELECT a FROM t WHERE b = $1 AND c = ?"),
            "SELECT a FROM t WHERE b = ? AND c = ?"
        );
        assert_eq!(text("a IN ($1, $2, $13) AND b IN (?, ?)"), "a IN (?) AND b IN (?)");
        assert_eq!(text("n = 'Kanarie''s naam' AND m = 2"), "n = ? AND m = 2");
        assert_eq!(text("bsn = 999990019 LIMIT 51"), "bsn = ? LIMIT 51");
        assert_eq!(text("lat = 51.987654"), "lat = ?");
        assert_eq!(text("x = 'never closed Kanarie"), "x = ?");
        assert_eq!(text("\"signal\".\"id1234567\"\n   x"), "\"signal\".\"id1234567\" x");
        assert!(text(&"(?, ?), ".repeat(5_000)).len() < 2_010);
    }

    #[test]
    fn a_statement_is_named_by_its_table() {
        assert_eq!(summary("SELECT 1"), "SELECT");
        assert_eq!(
            summary("SELECT \"a\" FROM \"signals\".\"signal\" WHERE 1"),
            "SELECT signal"
        );
        assert_eq!(summary("insert into audit_log (id) values (?)"), "INSERT audit_log");
        assert_eq!(summary("UPDATE \"party\" SET a = ?"), "UPDATE party");
        assert_eq!(summary("SELECT x FROM (SELECT y FROM z) q"), "SELECT z");
        assert_eq!(summary("Kanarie"), "OTHER");
    }
}
