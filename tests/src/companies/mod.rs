//! Invented companies, in any number: names as they are in the Netherlands, numbers that pass their tests, addresses
//! that exist nowhere. The same seed gives the same companies.

pub mod slips;
mod words;

use registry::model::identifier::{Identifier, Scheme};
use registry::model::party::PartyKind;
use registry::model::site::Address;

use crate::dice::Dice;
use words::{ENDINGS, NOUNS, SECTORS, STEMS, STREETS, SURNAMES, SYLLABLES, TOWNS, TRADES};

/// A company as one register knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// What it is.
    pub kind: PartyKind,
    /// Its name, with its legal form.
    pub name: String,
    /// What it trades as.
    pub trade_names: Vec<String>,
    /// Its numbers.
    pub identifiers: Vec<Identifier>,
    /// Where it is.
    pub address: Address,
}

/// A new company. `number` makes its identifiers its own; 90,000,000 of them fit.
pub fn company(dice: &mut Dice, number: u32) -> Company {
    let town = dice.usual(TOWNS);
    let (kind, name) = name(dice, town);
    let mut identifiers = vec![kvk(number)];
    if dice.chance(60) {
        identifiers.push(rsin(number));
    }
    Company {
        kind,
        name,
        trade_names: Vec::new(),
        identifiers,
        address: address(dice, town),
    }
}

/// Numbers in a row far apart, so that no two are one slip apart as they are nowhere else.
fn spread(number: u32) -> u32 {
    u32::try_from(u64::from(number) * 61_803_399 % 90_000_000).expect("it has 8 digits")
}

/// A KvK number.
pub fn kvk(number: u32) -> Identifier {
    Identifier::new(Scheme::Kvk, &format!("{:08}", 10_000_000 + spread(number))).expect("it has 8 digits")
}

/// An RSIN: the digit at the end makes it pass the eleven test.
pub fn rsin(number: u32) -> Identifier {
    let mut stem = 80_000_000 + number % 10_000_000;
    loop {
        for last in 0..10 {
            if let Ok(identifier) = Identifier::new(Scheme::Rsin, &format!("{stem}{last}")) {
                return identifier;
            }
        }
        // No digit makes this one pass: the next ten million hold another.
        stem += 10_000_000;
    }
}

/// An address in a town, with a postcode that belongs to street and town.
pub fn address(dice: &mut Dice, town: &str) -> Address {
    let street = dice.one(STREETS);
    let mark = street
        .bytes()
        .chain(town.bytes())
        .fold(7_u32, |mark, byte| mark * 31 % 6_760_000 + u32::from(byte));
    let letter = |number: u32| char::from(b'A' + u8::try_from(number % 26).expect("of 26"));
    let addition = if dice.chance(10) {
        dice.one(&["a", "b", "-2", " bis"])
    } else {
        ""
    };
    Address {
        street: format!("{street} {}{addition}", 1 + dice.of(180)),
        postcode: format!(
            "{:04} {}{}",
            1000 + mark % 9000,
            letter(mark / 9000),
            letter(mark / 300)
        ),
        city: town.to_owned(),
        country: "NL".to_owned(),
    }
}

/// Another town than this one.
pub fn other_town(dice: &mut Dice, town: &str) -> &'static str {
    loop {
        let other = dice.one(TOWNS);
        if other != town {
            return other;
        }
    }
}

/// A trade.
pub fn trade(dice: &mut Dice) -> &'static str {
    dice.one(TRADES)
}

/// A word that few use.
pub fn fantasy(dice: &mut Dice) -> String {
    let syllables: String = (0..2 + dice.of(2)).map(|_| dice.one(SYLLABLES)).collect();
    let mut letters = syllables.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A surname: one that many have, or one of a few.
fn surname(dice: &mut Dice) -> String {
    if dice.chance(35) {
        dice.usual(SURNAMES).to_owned()
    } else {
        format!("{}{}", dice.one(STEMS), dice.one(ENDINGS))
    }
}

fn name(dice: &mut Dice, town: &str) -> (PartyKind, String) {
    let form = |dice: &mut Dice| dice.one(&["B.V.", "B.V.", "B.V.", "BV", "V.O.F.", "N.V."]);
    let (surname, partner) = (surname(dice), surname(dice));
    let trade = dice.usual(TRADES);
    let name = match dice.of(12) {
        0 | 1 => format!("{surname} {trade} {}", form(dice)),
        2 => format!("{trade} {surname}"),
        3 => format!("Gebr. {surname} {trade} {}", form(dice)),
        4 => format!("{surname} & {partner} {trade} B.V."),
        5 => format!("{trade} De {} {town}", dice.usual(NOUNS)),
        6 => format!("{trade}bedrijf {surname} {town} {}", form(dice)),
        7 | 8 => format!("{} {} {}", fantasy(dice), dice.usual(SECTORS), form(dice)),
        9 => format!("{} {trade} {}", fantasy(dice), form(dice)),
        10 => format!(
            "{}{} {}",
            fantasy(dice),
            dice.one(&["tech", "chem", "food", "agro", "zorg"]),
            form(dice)
        ),
        _ => return (PartyKind::Institution, format!("Stichting {} {town}", fantasy(dice))),
    };
    (PartyKind::Company, name)
}

#[cfg(test)]
mod tests {
    use super::company;
    use crate::dice::Dice;

    #[test]
    fn the_same_seed_gives_the_same_companies_and_numbers_are_their_own() {
        let some = |seed| {
            let mut dice = Dice::new(seed);
            (0..500).map(|number| company(&mut dice, number)).collect::<Vec<_>>()
        };
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
        let mut numbers: Vec<String> = some(1)
            .iter()
            .flat_map(|company| company.identifiers.iter().map(ToString::to_string))
            .collect();
        let all = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }
}
