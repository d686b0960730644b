//! Addresses as they are compared and searched: postcode without blanks, house number apart, one spelling of a town.

use foundation::text;

use super::site::Address;

/// An address taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Postcode, upper case and without blanks.
    pub postcode: Option<String>,
    /// Street, normalised, without its number.
    pub street: String,
    /// House number, without what is added to it.
    pub number: Option<i32>,
    /// What is added to the house number: "a", "bis 2"; normalised, without blanks.
    pub addition: String,
    /// Town, normalised, under its everyday name.
    pub town: String,
}

/// How near two places are, farthest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// In other towns.
    Elsewhere,
    /// In the same town.
    Town,
    /// In the same street, or under one postcode.
    Street,
    /// At the same door.
    Door,
}

/// What is short for what in a street.
const SHORT: &[(&str, &str)] = &[
    ("str", "straat"),
    ("ln", "laan"),
    ("wg", "weg"),
    ("pln", "plein"),
    ("rd", "road"),
    ("st", "sint"),
    ("ave", "avenue"),
];

/// The everyday names of towns that have another on paper.
const TOWNS: &[(&str, &str)] = &[("s gravenhage", "den haag"), ("s hertogenbosch", "den bosch")];

impl Place {
    /// An address taken apart.
    pub fn new(address: &Address) -> Self {
        let (street, number, addition) = street_and_number(&address.street);
        Self {
            postcode: postcode(&address.postcode),
            street,
            number,
            addition,
            town: everyday_town(text::normalise(&address.city)),
        }
    }

    /// How near another place is; nothing where too little is known of one of them.
    pub fn nearness(&self, other: &Self) -> Option<Nearness> {
        let both = |one: &str, other: &str| !one.is_empty() && !other.is_empty();
        let same_town = both(&self.town, &other.town) && self.town == other.town;
        let same_postcode = self.postcode.is_some() && self.postcode == other.postcode;
        let same_street = same_town && both(&self.street, &other.street) && self.street == other.street;
        if same_postcode || same_street {
            let door = self.number.is_some() && self.number == other.number && additions_agree(self, other);
            return Some(if door { Nearness::Door } else { Nearness::Street });
        }
        if same_town {
            return Some(Nearness::Town);
        }
        both(&self.town, &other.town).then_some(Nearness::Elsewhere)
    }
}

fn additions_agree(one: &Place, other: &Place) -> bool {
    one.addition.is_empty() || other.addition.is_empty() || one.addition == other.addition
}

/// A normalised town under its everyday name.
pub fn everyday_town(town: String) -> String {
    let everyday = TOWNS.iter().find(|(paper, _)| *paper == town);
    everyday.map_or(town, |(_, everyday)| (*everyday).to_owned())
}

/// A postcode without blanks, upper case; nothing when there is none.
pub fn postcode(text: &str) -> Option<String> {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    let code: String = letters.flat_map(char::to_uppercase).collect();
    (!code.is_empty()).then_some(code)
}

/// A Dutch postcode with the house number behind it, as people type them: "1234 AB 5", "1234ab, 5a".
pub fn postcode_and_number(text: &str) -> Option<(String, i32)> {
    let code: String = text::normalise(text).to_uppercase();
    let letters: String = code.chars().filter(|letter| *letter != ' ').collect();
    let (postcode, behind) = letters.split_at_checked(6)?;
    let (digits, series) = postcode.split_at_checked(4)?;
    let is_postcode =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && series.bytes().all(|byte| byte.is_ascii_uppercase());
    let number: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let number = number.parse().ok()?;
    is_postcode.then(|| (postcode.to_owned(), number))
}

/// A street, its house number and what is added to that. The number stands behind the street ("Dijk 1a") or, abroad,
/// before it ("1a Dyke Road").
pub fn street_and_number(text: &str) -> (String, Option<i32>, String) {
    let normal = text::normalise(text);
    let words: Vec<&str> = normal.split(' ').filter(|word| !word.is_empty()).collect();
    let place = house_number(&words).or_else(|| words.iter().position(|word| number(word).is_some()));
    let Some(place) = place else {
        return (written_out(words.into_iter()), None, String::new());
    };
    let (found, letters) = number(words[place]).expect("it was found as one");
    let mut addition = letters.to_owned();
    let mut behind = place + 1;
    while behind < words.len() && words[behind].len() <= 3 && place > 0 {
        addition.push_str(words[behind]);
        behind += 1;
    }
    let rest = words[..place].iter().chain(&words[behind..]).copied();
    (written_out(rest), Some(found), addition)
}

/// The first number that has a street before it and nothing but an addition behind it.
fn house_number(words: &[&str]) -> Option<usize> {
    let behind = |place: usize| words[place + 1..].iter().all(|word| word.len() <= 3);
    (1..words.len()).find(|place| number(words[*place]).is_some() && behind(*place))
}

fn number(word: &str) -> Option<(i32, &str)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, letters) = word.split_at(digits);
    (letters.len() <= 3).then_some(())?;
    Some((digits.parse().ok()?, letters))
}

/// A street with its words written out.
pub fn written_out<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let full = |word: &'w str| {
        let full = SHORT.iter().find(|(short, _)| *short == word);
        full.map_or(word, |(_, full)| *full)
    };
    words.map(full).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Nearness, Place, postcode_and_number, street_and_number};
    use crate::model::site::Address;

    fn place(street: &str, postcode: &str, city: &str) -> Place {
        Place::new(&Address {
            street: street.to_owned(),
            postcode: postcode.to_owned(),
            city: city.to_owned(),
            country: "NL".to_owned(),
        })
    }

    #[test]
    fn a_street_and_its_number_come_apart() {
        for (text, street, number, addition) in [
            ("Verzinseldijk 1", "verzinseldijk", Some(1), ""),
            ("Verzinseldijk 12-A", "verzinseldijk", Some(12), "a"),
            ("Verzinselstr. 12 bis 2", "verzinselstr", Some(12), "bis2"),
            ("Verzinsel str. 4b", "verzinsel straat", Some(4), "b"),
            // Which of the two is the house's is not known; it is the same every time.
            ("Plein 1944 5", "plein", Some(1944), "5"),
            ("2 Julian Road", "julian road", Some(2), ""),
            ("Unit 15, Coatbank Way", "unit coatbank way", Some(15), ""),
            ("Havenkant", "havenkant", None, ""),
        ] {
            let wanted = (street.to_owned(), number, addition.to_owned());
            assert_eq!(street_and_number(text), wanted, "{text}");
        }
    }

    #[test]
    fn nearness_goes_from_door_to_elsewhere() {
        let here = place("Verzinseldijk 1", "0000 AA", "'s-Gravenhage");
        for (street, postcode, city, near) in [
            ("Verzinseldijk 1 a", "0000aa", "Den Haag", Some(Nearness::Door)),
            ("Verzinsel dijk 1", "0000AA", "", Some(Nearness::Door)),
            ("Verzinseldijk 1", "0000AB", "Den Haag", Some(Nearness::Door)),
            ("Verzinseldijk 2", "0000AA", "Den Haag", Some(Nearness::Street)),
            ("Havenkant 1", "0001AA", "Den Haag", Some(Nearness::Town)),
            ("Verzinseldijk 1", "0002AA", "Elders", Some(Nearness::Elsewhere)),
            ("", "0002AA", "", None),
        ] {
            assert_eq!(
                here.nearness(&place(street, postcode, city)),
                near,
                "{street}, {postcode} {city}"
            );
        }
        let (a, b) = (
            place("Dijk 1a", "0000AA", "Elders"),
            place("Dijk 1b", "0000AA", "Elders"),
        );
        assert_eq!(a.nearness(&b), Some(Nearness::Street));
    }

    #[test]
    fn people_type_postcode_and_number_in_many_ways() {
        for text in ["0000 AA 1", "0000AA1", "0000aa, 1a", " 0000 aa nr"] {
            let found = postcode_and_number(text);
            let wanted = (!text.ends_with("nr")).then(|| ("0000AA".to_owned(), 1));
            assert_eq!(found, wanted, "{text}");
        }
        assert_eq!(postcode_and_number("Voorbeeld B.V."), None);
        assert_eq!(postcode_and_number("00009901"), None);
        assert_eq!(postcode_and_number("é"), None);
    }
}
