//! What somebody looks for who types a number, a postcode, an address or a name into one field.

use foundation::text;

use super::address::{everyday_town, postcode_and_number, written_out};
use super::census::Census;
use super::identifier::{Identifier, Scheme};
use super::name::{Name, alike};

/// A reading of a search text. A text may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A number from a register.
    Identifier(Identifier),
    /// Postcode and house number.
    Door {
        /// Postcode, upper case, without blanks.
        postcode: String,
        /// House number.
        number: i32,
    },
    /// An address.
    Street {
        /// Street, normalised.
        street: String,
        /// House number, where one is given.
        number: Option<i32>,
        /// Town, where one is given, normalised.
        town: Option<String>,
    },
    /// A name, or part of one, perhaps misspelt.
    Name {
        /// The name.
        name: Name,
        /// Where its bearer is, when that was said: [`in_town`] or [`at_postcode`].
        place: Option<String>,
    },
}

/// Every reading of a search text; none when nothing of it is a letter or digit.
pub fn readings(text: &str) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = identifiers(text).into_iter().map(Wanted::Identifier).collect();
    if let Some((postcode, number)) = postcode_and_number(text) {
        wanted.push(Wanted::Door { postcode, number });
        return wanted;
    }
    wanted.extend(street(text));
    wanted.extend(name(text));
    wanted
}

/// A name, with the town or postcode behind it: "Jansen", "Jansen, Urk", "Jansen 1234 AB".
fn name(text: &str) -> Option<Wanted> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let postcode = (1..words.len()).find_map(|place| {
        let behind = words[place..].concat();
        is_postcode(&behind).then(|| (words[..place].join(" "), at_postcode(&behind.to_uppercase())))
    });
    let (before, place) = match (postcode, text.split_once(',')) {
        (Some((before, place)), _) => (before, Some(place)),
        (None, Some((before, town))) => (before.to_owned(), in_town(town)),
        (None, None) => (text.to_owned(), None),
    };
    let name = Name::new(&before);
    (!name.words().is_empty()).then_some(Wanted::Name { name, place })
}

fn is_postcode(text: &str) -> bool {
    let (digits, letters) = text.split_at_checked(4).unwrap_or_default();
    let all = |text: &str, is: fn(&u8) -> bool| text.bytes().all(|byte| is(&byte));
    letters.len() == 2 && all(digits, u8::is_ascii_digit) && all(letters, u8::is_ascii_alphabetic)
}

/// What a name at a postcode is kept under.
pub fn at_postcode(postcode: &str) -> String {
    format!("@{postcode}")
}

/// What is put behind a word that is kept with its bearer's town; nothing where the town has no letter or digit.
pub fn in_town(town: &str) -> Option<String> {
    let town = Name::new(&everyday_town(text::normalise(town))).squashed();
    (!town.is_empty()).then(|| format!("@{town}"))
}

/// The registers that could have given this number out; the one that is named, when one is: "KvK 12345678".
fn identifiers(text: &str) -> Vec<Identifier> {
    let text = text.trim();
    let letters = text.chars().take_while(|letter| letter.is_alphabetic()).count();
    let named = text.split_at_checked(letters).and_then(|(word, number)| {
        let scheme = Scheme::ALL
            .into_iter()
            .find(|scheme| scheme.name().eq_ignore_ascii_case(word))?;
        let number = number.trim_start_matches("-nummer").trim_start_matches([':', ' ']);
        Identifier::new(scheme, number).ok()
    });
    match named {
        Some(identifier) => vec![identifier],
        None => Scheme::ALL
            .into_iter()
            .filter_map(|scheme| Identifier::new(scheme, text).ok())
            .collect(),
    }
}

/// An address: "Dijk 1", "Dijk 1a, Tiel", "Dijk, Tiel"; a street alone.
fn street(text: &str) -> Option<Wanted> {
    let (before, town) = match text.split_once(',') {
        Some((before, town)) => (before, Some(text::normalise(town))),
        None => (text, None),
    };
    let normal = text::normalise(before);
    let words: Vec<&str> = normal.split(' ').filter(|word| !word.is_empty()).collect();
    let number = |word: &str| {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<i32>().ok()
    };
    let place = words.iter().skip(1).position(|word| number(word).is_some());
    let (street, behind) = words.split_at(place.map_or(words.len(), |place| place + 1));
    let mut behind = behind.iter();
    let number = behind.next().and_then(|word| number(word));
    // What is short behind the number belongs to it: "1 a", "1 bis".
    let rest: Vec<&str> = behind
        .copied()
        .skip_while(|word| word.len() < 3 || *word == "bis")
        .collect();
    let town = town
        .filter(|town| !town.is_empty())
        .or_else(|| (!rest.is_empty()).then(|| rest.join(" ")));
    (!street.is_empty()).then(|| Wanted::Street {
        street: written_out(street.iter().copied()),
        number,
        town: town.map(everyday_town),
    })
}

/// How well a name answers what was typed: 1 when it is that, less for each slip and for what is missing; words that
/// were not asked for count for little.
pub fn relevance(wanted: &Name, words: &[&str], census: &Census) -> f64 {
    if wanted.squashed() == words.concat() {
        return 1.0;
    }
    let (mut found, mut asked, mut matched) = (0.0, 0.0, 0_u32);
    for word in wanted.words() {
        let weight = census.weight(word).max(0.05);
        let best = words.iter().map(|other| alike(word, other)).fold(0.0, f64::max);
        found += weight * best;
        asked += weight;
        matched += u32::from(best > 0.0);
    }
    let extra = count(words.len()).saturating_sub(matched).min(10);
    let by_word = found / f64::max(asked, 0.05) * (1.0 - 0.02 * f64::from(extra));
    let by_letter = 0.9 * strsim::sorensen_dice(&wanted.squashed(), &words.concat());
    by_word.max(by_letter).min(0.99)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Wanted, readings, relevance};
    use crate::model::census::Census;
    use crate::model::identifier::Scheme;
    use crate::model::name::Name;

    fn schemes(text: &str) -> Vec<Scheme> {
        let schemes = readings(text).into_iter().filter_map(|wanted| match wanted {
            Wanted::Identifier(identifier) => Some(identifier.scheme()),
            Wanted::Door { .. } | Wanted::Street { .. } | Wanted::Name { .. } => None,
        });
        schemes.collect()
    }

    #[test]
    fn a_number_is_read_as_every_register_could_have_given_it() {
        assert_eq!(schemes("00009901"), [Scheme::Kvk, Scheme::Agb]);
        assert_eq!(schemes("KvK 0000 9901"), [Scheme::Kvk]);
        assert_eq!(schemes("kvk-nummer: 00009901"), [Scheme::Kvk]);
        assert_eq!(schemes("IMO 9074729"), [Scheme::Imo]);
        assert_eq!(schemes("Voorbeeld"), []);
    }

    #[test]
    fn postcode_and_number_are_a_door() {
        let door = Wanted::Door {
            postcode: "0000AA".to_owned(),
            number: 12,
        };
        assert_eq!(readings("0000 aa 12b"), [door]);
    }

    #[test]
    fn a_town_or_postcode_behind_a_name_is_where_its_bearer_is() {
        for (text, words, place) in [
            ("De Zon", "zon", None),
            ("De Zon, 's-Gravenhage", "zon", Some("@haag")),
            ("Jansen & Zn, Urk", "jansen zoon", Some("@urk")),
            ("Jansen 0000 aa", "jansen", Some("@0000AA")),
            ("Jansen 0000AA", "jansen", Some("@0000AA")),
            ("Jansen,", "jansen", None),
        ] {
            let wanted = Wanted::Name {
                name: Name::new(words),
                place: place.map(str::to_owned),
            };
            assert!(readings(text).contains(&wanted), "{text}: {:?}", readings(text));
        }
    }

    #[test]
    fn an_address_is_read_with_or_without_number_and_town() {
        for (text, street, number, town) in [
            (
                "Verzinseldijk 12a, 's-Gravenhage",
                "verzinseldijk",
                Some(12),
                Some("den haag"),
            ),
            ("Verzinseldijk 12 a Urk", "verzinseldijk", Some(12), Some("urk")),
            ("Verzinseldijk, Urk", "verzinseldijk", None, Some("urk")),
            ("Oude Dijk", "oude dijk", None, None),
        ] {
            let wanted = Wanted::Street {
                street: street.to_owned(),
                number,
                town: town.map(str::to_owned),
            };
            assert!(readings(text).contains(&wanted), "{text}: {:?}", readings(text));
        }
        assert!(readings(" — ").is_empty());
    }

    #[test]
    fn a_name_answers_the_better_the_fewer_slips() {
        let census = Census::default();
        let relevance = |wanted: &str, name: &str| {
            let words: Vec<String> = Name::new(name).words().to_vec();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            relevance(&Name::new(wanted), &words, &census)
        };
        let (whole, slip, part, other) = (
            relevance("Voorbeeld Transport BV", "Voorbeeld Transport B.V."),
            relevance("Vorbeeld Transport", "Voorbeeld Transport B.V."),
            relevance("Voorbeeld", "Voorbeeld Transport B.V."),
            relevance("Verzinsel", "Voorbeeld Transport B.V."),
        );
        assert!(whole > 0.999, "{whole}");
        assert!((0.9..0.99).contains(&slip), "{slip}");
        assert!((0.9..0.999).contains(&part), "{part}");
        assert!(other < 0.4, "{other}");
        assert!(relevance("nomnom", "Nom Nom") > 0.999);
    }
}
