//! Texts put together from columns: `{column}` stands for its value, `[…]` is left out when a column in it is empty.

use crate::import::row::Row;

/// A text with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Column(String),
    Optional(Vec<Piece>),
}

impl Template {
    /// Reads a template. `{{`, `}}`, `[[` and `]]` stand for the sign itself.
    ///
    /// # Errors
    /// A sentence that says which bracket is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut letters = text.chars().peekable();
        let mut pieces = Vec::new();
        let mut outside: Option<Vec<Piece>> = None;
        let mut plain = String::new();
        while let Some(letter) = letters.next() {
            if matches!(letter, '{' | '}' | '[' | ']') && letters.next_if_eq(&letter).is_some() {
                plain.push(letter);
                continue;
            }
            if matches!(letter, '{' | '}' | '[' | ']') && !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            match letter {
                '{' => {
                    let name: String = std::iter::from_fn(|| letters.next_if(|next| *next != '}')).collect();
                    letters
                        .next()
                        .ok_or_else(|| format!("`{{{name}` is not closed: add `}}`"))?;
                    pieces.push(Piece::Column(name.trim().to_owned()));
                }
                '[' if outside.is_some() => {
                    return Err("`[` stands inside `[…]`: write `[[` for the sign itself".to_owned());
                }
                '[' => outside = Some(std::mem::take(&mut pieces)),
                ']' => {
                    let Some(before) = outside.take() else {
                        return Err("`]` without `[`: write `]]` for the sign itself".to_owned());
                    };
                    let inside = std::mem::replace(&mut pieces, before);
                    pieces.push(Piece::Optional(inside));
                }
                '}' => return Err("`}` without `{`: write `}}` for the sign itself".to_owned()),
                other => plain.push(other),
            }
        }
        if outside.is_some() {
            return Err("`[` is not closed: add `]`, or write `[[` for the sign itself".to_owned());
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The columns it names.
    pub fn columns(&self) -> Vec<&str> {
        fn collect<'a>(pieces: &'a [Piece], names: &mut Vec<&'a str>) {
            for piece in pieces {
                match piece {
                    Piece::Column(name) => names.push(name),
                    Piece::Optional(inside) => collect(inside, names),
                    Piece::Text(_) => {}
                }
            }
        }
        let mut names = Vec::new();
        collect(&self.0, &mut names);
        names
    }

    /// The text for one row.
    pub fn fill(&self, row: &Row<'_>) -> String {
        let mut text = String::new();
        fill(&self.0, row, &mut text);
        text
    }
}

fn fill(pieces: &[Piece], row: &Row<'_>, text: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Column(name) => text.push_str(row.get(name).unwrap_or_default()),
            Piece::Optional(inside) => {
                let complete = inside.iter().all(|piece| match piece {
                    Piece::Column(name) => row.get(name).is_some(),
                    Piece::Text(_) | Piece::Optional(_) => true,
                });
                if complete {
                    fill(inside, row, text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::row::Header;

    fn filled(template: &str, cause: &str, line: &str) -> String {
        let header = Header::new(vec!["cause".to_owned(), "line".to_owned()]);
        let fields = [cause.as_bytes().to_vec(), line.as_bytes().to_vec()];
        let row = Row::new(&header, &fields).expect("text");
        Template::parse(template).expect("a template").fill(&row)
    }

    #[test]
    fn columns_are_filled_in_and_empty_parts_left_out() {
        let template = "Verstoring[: {cause}][ – {line}]";
        assert_eq!(
            filled(template, "seinstoring", "Delft - Gouda"),
            "Verstoring: seinstoring – Delft - Gouda"
        );
        assert_eq!(filled(template, "", "Delft - Gouda"), "Verstoring – Delft - Gouda");
        assert_eq!(filled(template, "", ""), "Verstoring");
        assert_eq!(filled("{{x}} [[{cause}]]", "a", ""), "{x} [a]");
    }

    #[test]
    fn wrong_brackets_are_told() {
        for wrong in ["{a", "a}", "[a", "a]", "[a[b]]"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Template::parse("{a} [{b}]").expect("valid").columns(), ["a", "b"]);
    }
}
