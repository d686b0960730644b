//! Text as it is searched: case folded, marks stripped, words of letters and digits only, no stemming.
//! The same words go into both databases' full-text indexes, so that both give the same ids.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The words of a text, normalised, separated by single spaces.
pub fn normalise(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let folded = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase);
    for letter in folded {
        if letter.is_alphanumeric() {
            words.push(letter);
        } else if !words.ends_with(' ') && !words.is_empty() {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn folds_case_marks_and_punctuation() {
        assert_eq!(
            normalise("  Coördinatie — ZÉÉR giftig (H₂S)! "),
            "coordinatie zeer giftig h2s"
        );
        assert_eq!(normalise("«»…"), "");
    }
}
