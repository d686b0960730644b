//! What a name is kept under, and under what it is looked for: its words, two neighbours written as one, a word with a
//! town. Whatever was typed, few keys are looked up, and of each only so many names are read; which of these it is, is
//! said by [`relevance`](super::wanted::relevance).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::address::Place;
use super::census::Census;
use super::name::{Name, alike};
use super::wanted::{at_postcode, in_town, relevance};

/// The most words of what was typed that are looked at.
const WORDS: usize = 8;
/// The most names that are read for the words as they were typed, all together.
const NAMES: usize = 2_400;
/// The most names that are read under one key of two neighbours, or of a word with a town.
const NARROW: u64 = 250;
/// The most names that are read under a word that is meant.
const MEANT: u64 = 300;
/// The most names that are read at a postcode.
const POSTCODE: u64 = 300;
/// The words that a typed one may mean: no more than these, the likeliest.
const MEANINGS: usize = 5;
/// The most keys for what may be meant.
const KEYS: usize = 18;
/// What is shorter is not taken for misspelt.
const LONG_ENOUGH: usize = 5;

/// A name whose bearer is elsewhere than was said, or of which that is not known.
const ELSEWHERE: f64 = 0.8;
/// A name of which the last word that was typed is its bearer's town.
const BY_TOWN: f64 = 0.98;

/// A key under which names are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As it is kept.
    pub word: String,
    /// How many names are read under it.
    pub limit: u64,
}

impl Key {
    fn new(word: String, limit: u64) -> Self {
        Self { word, limit }
    }
}

/// A name that is near.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Whose it is.
    pub party: Uuid,
    /// Whether it is a legal name or a trade name, as it is kept.
    pub field: i16,
    /// How near, up to 1: the very name.
    pub score: f64,
}

/// Names that were read under keys.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Each with whether it was found by where its bearer is.
    names: HashMap<(Uuid, i16, String), bool>,
    /// How many names were read under each key.
    read: HashMap<String, u32>,
}

impl Found {
    /// Adds a name that was read under a key.
    pub fn add(&mut self, key: String, party: Uuid, field: i16, name: String) {
        *self.names.entry((party, field, name)).or_default() |= key.contains('@');
        *self.read.entry(key).or_default() += 1;
    }

    /// The names by how near they are to what was typed; where a place was said, those of bearers elsewhere further.
    pub fn compared(&self, wanted: &Name, placed: bool) -> Vec<Near> {
        // What was read under a word is as many as bear it, or enough of them to know that it says little.
        let census = Census::new(0, self.read.clone());
        let named = wanted.without_last();
        let mut scores: HashMap<(&str, bool), f64> = HashMap::new();
        let mut found: Vec<Near> = Vec::with_capacity(self.names.len());
        for ((party, field, name), here) in &self.names {
            let score = *scores.entry((name, *here)).or_insert_with(|| {
                let words: Vec<&str> = name.split(' ').collect();
                let whole = relevance(wanted, &words, &census);
                match (placed, *here, &named) {
                    (true, false, _) => whole * ELSEWHERE,
                    (false, true, Some(named)) => whole.max(BY_TOWN * relevance(named, &words, &census)),
                    _ => whole,
                }
            });
            let (party, field) = (*party, *field);
            found.push(Near { party, field, score });
        }
        found.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then((a.party, a.field).cmp(&(b.party, b.field)))
        });
        found
    }
}

/// All that a name of a bearer with sites at these places is kept under.
pub fn kept_under(name: &Name, places: &[Place]) -> BTreeSet<String> {
    let mut keys = name.keys();
    for place in places {
        if let Some(town) = in_town(&place.town) {
            keys.extend(name.words().iter().map(|word| format!("{word}{town}")));
        }
        keys.extend(place.postcode.as_deref().map(at_postcode));
    }
    keys
}

/// The words that are looked at: of a longer text the longest.
pub fn looked_at(name: &Name) -> Vec<String> {
    let mut words: Vec<String> = name.words().to_vec();
    while words.len() > WORDS {
        let shortest = (0..words.len()).min_by_key(|place| words[*place].len());
        words.remove(shortest.unwrap_or_default());
    }
    words
}

/// The keys of words as they were typed, perhaps with where the bearer is. The last word may be its town.
pub fn exactly(words: &[String], place: Option<&str>) -> Vec<Key> {
    if let Some(postcode) = place.filter(|place| is_postcode(place)) {
        return vec![Key::new(postcode.to_owned(), POSTCODE)];
    }
    let share = u64::try_from(NAMES / words.len().max(2)).unwrap_or(NARROW);
    let mut keys: Vec<Key> = words.iter().map(|word| Key::new(word.clone(), share)).collect();
    keys.extend(words.windows(2).map(|two| Key::new(two.concat(), NARROW)));
    for (word, town) in with_towns(words, place) {
        keys.push(Key::new(format!("{word}{town}"), NARROW));
    }
    keys
}

/// Whether a place is a postcode: it has digits.
fn is_postcode(place: &str) -> bool {
    place.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

/// Each word with the town behind it: the one that was said, or else the last word.
fn with_towns<'w>(words: &'w [String], place: Option<&str>) -> Vec<(&'w String, String)> {
    match (place, words) {
        (Some(town), _) => words.iter().map(|word| (word, town.to_owned())).collect(),
        (None, [before @ .., last]) => before.iter().map(|word| (word, format!("@{last}"))).collect(),
        (None, []) => Vec::new(),
    }
}

/// Of words that were typed, those that may be misspelt: such as no name has, and else the two longest.
pub fn doubtful<'w>(words: &'w [String], found: &Found) -> Vec<&'w String> {
    let known = |word: &str| found.read.contains_key(word);
    let mut long: Vec<&String> = words
        .iter()
        .filter(|word| word.chars().count() >= LONG_ENOUGH)
        .collect();
    long.sort_by_key(|word| (known(word), Reverse(word.len())));
    let unknown = long.iter().filter(|word| !known(word)).count();
    long.truncate(if unknown == 0 { 2 } else { unknown.min(3) });
    long
}

/// For each doubtful word the words of names that it may mean, the likeliest first; never itself.
pub fn meanings(doubtful: &[&String], near: &BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
    let likely = |typed: &&String| {
        let mut likely: Vec<(f64, &String)> = near
            .iter()
            .filter(|word| *word != *typed)
            .map(|word| (alike(typed, word), word))
            .filter(|(likeness, _)| *likeness > 0.0)
            .collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let words = likely.into_iter().take(MEANINGS).map(|(_, word)| word.clone());
        ((*typed).clone(), words.collect())
    };
    doubtful.iter().map(likely).collect()
}

/// The keys of what may be meant, the likeliest first: each meaning alone, with its neighbour, with the town.
pub fn loosely(words: &[String], meanings: &BTreeMap<String, Vec<String>>, place: Option<&str>) -> Vec<Key> {
    let town = place.filter(|place| !is_postcode(place));
    let options = |place: usize| -> Vec<&String> {
        let word = &words[place];
        match meanings.get(word) {
            Some(meant) if !meant.is_empty() => meant.iter().take(2).collect(),
            _ => vec![word],
        }
    };
    let mut keys: Vec<Key> = Vec::new();
    for rank in 0..MEANINGS {
        for (at, word) in words.iter().enumerate() {
            let Some(meant) = meanings.get(word).and_then(|meant| meant.get(rank)) else {
                continue;
            };
            let before = at.checked_sub(1).map(options).unwrap_or_default();
            let behind = if at + 1 < words.len() {
                options(at + 1)
            } else {
                Vec::new()
            };
            keys.push(Key::new(meant.clone(), MEANT));
            keys.extend(before.iter().map(|other| Key::new(format!("{other}{meant}"), NARROW)));
            keys.extend(behind.iter().map(|other| Key::new(format!("{meant}{other}"), NARROW)));
            let last = words
                .last()
                .filter(|_| at + 1 < words.len())
                .map(|last| format!("@{last}"));
            let town = town.map(str::to_owned).or(last);
            keys.extend(town.map(|town| Key::new(format!("{meant}{town}"), NARROW)));
        }
    }
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.word.clone()));
    keys.truncate(KEYS);
    keys
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use uuid::Uuid;

    use super::{Found, Place, doubtful, exactly, kept_under, loosely, meanings};
    use crate::model::name::Name;

    fn words(text: &str) -> Vec<String> {
        Name::new(text).words().to_vec()
    }

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_name_is_kept_under_its_words_neighbours_town_and_postcode() {
        let place = Place {
            postcode: Some("0000AA".to_owned()),
            town: "den haag".to_owned(),
            ..Place::default()
        };
        let keys = kept_under(&Name::new("Bakkerij De Zon B.V."), &[place]);
        assert_eq!(
            keys,
            set(&["bakkerij", "zon", "bakkerijzon", "bakkerij@haag", "zon@haag", "@0000AA"])
        );
    }

    #[test]
    fn what_was_typed_is_looked_for_under_keys_that_names_are_kept_under() {
        let found = |text: &str, place| -> Vec<String> {
            exactly(&words(text), place).into_iter().map(|key| key.word).collect()
        };
        assert_eq!(
            found("bakkerij zon", None),
            ["bakkerij", "zon", "bakkerijzon", "bakkerij@zon"]
        );
        assert_eq!(found("zon", Some("@urk")), ["zon", "zon@urk"]);
        assert_eq!(found("zon", Some("@0000AA")), ["@0000AA"]);
    }

    #[test]
    fn unknown_words_are_doubtful_and_where_all_are_known_the_longest() {
        let words = words("bakkreij jansen zwolle");
        let mut found = Found::default();
        let mut read = |word: &str| {
            found.add(word.to_owned(), Uuid::nil(), 1, "bakkerij jansen".to_owned());
            found.clone()
        };
        read("jansen");
        assert_eq!(doubtful(&words, &read("zwolle")), ["bakkreij"]);
        assert_eq!(doubtful(&words, &read("bakkreij")), ["bakkreij", "jansen"]);
    }

    #[test]
    fn meanings_are_looked_for_alone_and_with_their_neighbours() {
        let typed = words("bakkreij zon");
        let meant = meanings(&[&typed[0]], &set(&["bakkerij", "bakkreij", "slagerij"]));
        assert_eq!(
            meant,
            BTreeMap::from([("bakkreij".to_owned(), vec!["bakkerij".to_owned()])])
        );
        let keys: Vec<String> = loosely(&typed, &meant, None).into_iter().map(|key| key.word).collect();
        assert_eq!(keys, ["bakkerij", "bakkerijzon", "bakkerij@zon"]);
    }
}
