//! The open content of a signal as fields with values in the graph's own words: what versions keep, what differs between
//! them, and what a proposal changes. Nothing personal is ever among them.

use std::collections::BTreeMap;

use foundation::Fault;

/// Fields by the graph's names; a field without a value is not there.
pub type Fields = BTreeMap<String, Vec<String>>;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name in the graph.
    pub field: String,
    /// What it was.
    pub old: Vec<String>,
    /// What it became.
    pub new: Vec<String>,
}

/// What differs between two, in the order of the fields' names.
pub fn differences(old: &Fields, new: &Fields) -> Vec<Difference> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |fields: &Fields, name: &String| fields.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| Difference {
            field: name.clone(),
            old: of(old, name),
            new: of(new, name),
        })
        .filter(|difference| difference.old != difference.new)
        .collect()
}

/// The fields of these names, each there, with or without a value.
pub fn pick<'n>(fields: &Fields, names: impl IntoIterator<Item = &'n String>) -> Fields {
    let value = |name: &'n String| (name.clone(), fields.get(name).cloned().unwrap_or_default());
    names.into_iter().map(value).collect()
}

/// As the database stores them.
pub fn write(fields: &Fields) -> String {
    serde_json::to_string(fields).unwrap_or_else(|_| "{}".to_owned())
}

/// Reads what the database stores.
///
/// # Errors
/// Internal: it is not what was written.
pub fn read(text: &str) -> Result<Fields, Fault> {
    serde_json::from_str(text).map_err(Fault::internal)
}

/// The graph's word for a value of an enumeration: `VerySerious` is `VERY_SERIOUS`.
pub fn word(value: impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.extend(letter.to_uppercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(of: &[(&str, &str)]) -> Fields {
        of.iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    #[test]
    fn tells_what_differs_and_nothing_else() {
        let old = fields(&[("title", "Lek"), ("place", "Kijfhoek"), ("severity", "MINOR")]);
        let new = fields(&[("title", "Lek"), ("note", "Nagekeken"), ("severity", "SERIOUS")]);
        let found: Vec<_> = differences(&old, &new)
            .into_iter()
            .map(|one| (one.field, one.old.join(""), one.new.join("")))
            .collect();
        let of = |field: &str, old: &str, new: &str| (field.to_owned(), old.to_owned(), new.to_owned());
        assert_eq!(
            found,
            [
                of("note", "", "Nagekeken"),
                of("place", "Kijfhoek", ""),
                of("severity", "MINOR", "SERIOUS")
            ]
        );
        assert_eq!(read(&write(&new)).expect("what was written"), new);
    }

    #[test]
    fn words_are_the_graphs() {
        assert_eq!(
            word(super::super::reliability::Reliability::CannotBeJudged),
            "CANNOT_BE_JUDGED"
        );
        assert_eq!(word(super::super::signal::Severity::Minor), "MINOR");
    }
}
