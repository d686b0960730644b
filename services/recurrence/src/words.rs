//! The words of a text as they are compared: folded, without stop words and numbers, brought back to their stem.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing that divides: spaces, a hyphen, an apostrophe.
    Joined,
    /// A comma or a bracket: no phrase runs across it.
    Comma,
    /// A colon, a full stop, a dash, a new line: another part of the text begins.
    Part,
}

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
    /// What stands before it.
    pub gap: Gap,
}

static STOP_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lists = ["nl", "en"].into_iter().filter_map(stop_words::lookup);
    lists.flatten().map(|word| fold(word)).collect()
});

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut begin = None;
    let mut gap = Gap::Part;
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if letter.is_alphanumeric() {
            begin.get_or_insert(place);
        } else {
            gap = gap.max(divides(letter, next));
        }
        if let Some(start) = begin
            && !next.is_some_and(char::is_alphanumeric)
        {
            let place = start..place + letter.len_utf8();
            words.push(Word { place, gap });
            (begin, gap) = (None, Gap::Joined);
        }
    }
    words
}

/// The stem of a word; `None` for a stop word, a number or a single letter, which say nothing.
pub fn stem(word: &str) -> Option<String> {
    let folded = fold(word);
    let number = folded.chars().all(|letter| letter.is_ascii_digit());
    let says_something = folded.len() > 1 && !number && !STOP_WORDS.contains(&folded);
    says_something.then(|| Stemmer::new(Algorithm::Dutch).stem(&folded).into_owned())
}

/// A word without capitals and marks.
fn fold(word: &str) -> String {
    let letters = word.nfkd().filter(|letter| !is_combining_mark(*letter));
    letters.flat_map(char::to_lowercase).collect()
}

fn divides(letter: char, next: Option<char>) -> Gap {
    match letter {
        ':' | ';' | '!' | '?' | '\n' | '–' | '—' | '|' => Gap::Part,
        // A full stop within a number or an abbreviation divides nothing.
        '.' if next.is_none_or(char::is_whitespace) => Gap::Part,
        ',' | '(' | ')' | '[' | ']' | '"' | '/' => Gap::Comma,
        _ => Gap::Joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text)
            .into_iter()
            .filter_map(|word| stem(&text[word.place]))
            .collect()
    }

    #[test]
    fn brings_words_back_to_their_stem() {
        assert_eq!(
            stems("Lekkages bij de geitenhouderijen"),
            stems("lekkage: geitenhouderij")
        );
        assert_eq!(stems("van de 12 en het"), Vec::<String>::new());
        assert_eq!(stems("COÖRDINATIE"), stems("coördinatie"));
    }

    #[test]
    fn knows_where_parts_begin() {
        let gaps = |text: &str| words(text).into_iter().map(|word| word.gap).collect::<Vec<_>>();
        assert_eq!(gaps("Brand: loods, haven"), [Gap::Part, Gap::Part, Gap::Comma]);
        assert_eq!(gaps("Breda - Rotterdam"), [Gap::Part, Gap::Joined]);
        assert_eq!(gaps("3.5 ton. Later"), [Gap::Part, Gap::Joined, Gap::Joined, Gap::Part]);
        let text = "één loods";
        let places = words(text).into_iter().map(|word| text[word.place].to_owned());
        assert_eq!(places.collect::<Vec<_>>(), ["één", "loods"]);
    }
}
