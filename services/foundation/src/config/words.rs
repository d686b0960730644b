//! Names for people: the nearest one to a mistyped one, and lists of them.

/// The valid name nearest to a mistyped one, if one is near enough to be meant.
pub fn nearest<'a, T: AsRef<str>>(word: &str, valid: &'a [T]) -> Option<&'a str> {
    valid
        .iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &name.as_ref().to_lowercase()),
                name.as_ref(),
            )
        })
        .filter(|(distance, name)| *distance <= (name.chars().count().max(3) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Names as a list for a sentence: `` `a`, `b` ``.
pub fn name_list<T: AsRef<str>>(names: &[T]) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}
