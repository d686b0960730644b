//! Invented companies of which some stand twice in the register, and others only look as if.

use std::collections::{BTreeMap, BTreeSet};

use registry::model::address::Place;
use registry::model::duplicate::Profile;
use registry::model::identifier::Identifier;
use registry::model::name::Name;

use super::Pair;
use crate::companies::slips::{abbreviated, slip, turned};
use crate::companies::{Company, address, company, fantasy, kvk, other_town, rsin, trade};
use crate::dice::Dice;

/// Records, and which pairs of them are one company.
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    /// The records.
    pub records: Vec<Company>,
    /// Pairs that are one company, with what happened to the second.
    pub same: BTreeMap<Pair, &'static str>,
}

impl Labelled {
    /// A register with so many companies at first. A third of them is then registered again; beside another third
    /// come companies that are like them and are not them.
    pub fn new(seed: u64, companies: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut labelled = Self::default();
        for number in 0..companies {
            let company = company(&mut dice, u32::try_from(number).expect("few enough"));
            labelled.records.push(company);
        }
        let mut number = u32::try_from(companies).expect("few enough");
        for record in 0..companies {
            match record % 3 {
                0 => labelled.again(&mut dice, record),
                1 => labelled.beside(&mut dice, record, &mut number),
                _ => {}
            }
        }
        labelled
    }

    /// The records as they are compared.
    pub fn profiles(&self) -> Vec<Profile> {
        self.records.iter().map(profile).collect()
    }

    /// The pairs that are one company.
    pub fn same(&self) -> BTreeSet<Pair> {
        self.same.keys().copied().collect()
    }

    /// Registers a company once more, as one inspectorate would that did not find it.
    fn again(&mut self, dice: &mut Dice, record: usize) {
        let first = self.records[record].clone();
        let mut second = first.clone();
        let mut happened = "written alike";
        if dice.chance(45) {
            second.name = slip(dice, &first.name);
            happened = "a slip";
        }
        if dice.chance(45) {
            second.name = abbreviated(dice, &second.name);
            happened = if happened == "a slip" {
                "a slip and abbreviated"
            } else {
                "abbreviated"
            };
        } else if dice.chance(10) {
            second.name = turned(&second.name);
            happened = "words turned";
        }
        match dice.of(10) {
            0 | 1 => {
                second.address = address(dice, &first.address.city);
                happened = "moved in town";
            }
            2 => {
                let town = other_town(dice, &first.address.city);
                second.address = address(dice, town);
                happened = "moved elsewhere";
            }
            3 => second.address.street = first.address.street.replace("straat", "str."),
            _ => {}
        }
        second.identifiers = numbers_again(dice, &first, u32::try_from(record).expect("few enough"));
        if dice.chance(10) {
            let trading = format!("{} {}", fantasy(dice), trade(dice));
            self.records[record].trade_names.push(trading.clone());
            second.name = trading;
            happened = "by its trade name";
        }
        self.same.insert((record, self.records.len()), happened);
        self.records.push(second);
    }

    /// Registers a company that looks like one that is there and is another.
    fn beside(&mut self, dice: &mut Dice, record: usize, number: &mut u32) {
        *number += 1;
        let like = self.records[record].clone();
        let mut other = company(dice, *number);
        if dice.chance(30) {
            other.identifiers.clear();
        }
        let forms = [" B.V.", " BV", " N.V.", " V.O.F."];
        let bare = forms.iter().find_map(|form| like.name.strip_suffix(form));
        let bare = bare.unwrap_or(&like.name).to_owned();
        match dice.of(5) {
            // A branch of a chain that another runs: its name, its trade, another door.
            0 => {
                other.name = like.name.clone();
                other.identifiers = vec![kvk(*number)];
                other.address = address(dice, &like.address.city);
            }
            // The same name elsewhere.
            1 => {
                let town = other_town(dice, &like.address.city);
                other.name = like.name.clone();
                other.identifiers = vec![kvk(*number)];
                other.address = address(dice, town);
            }
            // A sister at the same door.
            2 => {
                other.name = format!("{bare} Vastgoed B.V.");
                other.address = like.address.clone();
            }
            // Somebody else at the same door.
            3 => other.address = like.address.clone(),
            // The same family, another trade.
            _ => {
                let mut words: Vec<&str> = bare.split(' ').collect();
                let last = words.last_mut().expect("a name has words");
                *last = trade(dice);
                other.name = words.join(" ");
                other.address = address(dice, &like.address.city);
            }
        }
        // A throw that made no other company makes no near miss.
        if other.name != like.name || other.identifiers != like.identifiers {
            self.records.push(other);
        }
    }
}

/// The numbers that are known at a second registration. The register refuses a number that is there already: another
/// was given, none, or one with a slip.
fn numbers_again(dice: &mut Dice, first: &Company, number: u32) -> Vec<Identifier> {
    match dice.of(10) {
        0 | 1 if first.identifiers.len() == 1 => vec![rsin(number)],
        2 => {
            let mut digits: Vec<char> = first.identifiers[0].value().chars().collect();
            let place = 1 + dice.of(6);
            digits[place] = if digits[place] == '7' { '1' } else { '7' };
            let text: String = digits.into_iter().collect();
            vec![Identifier::new(first.identifiers[0].scheme(), &text).expect("8 digits")]
        }
        _ => Vec::new(),
    }
}

fn profile(company: &Company) -> Profile {
    let names = std::iter::once(&company.name).chain(&company.trade_names);
    Profile {
        kind: company.kind,
        names: names.flat_map(|name| Name::all(name)).collect(),
        identifiers: company.identifiers.clone(),
        places: vec![Place::new(&company.address)],
    }
}
