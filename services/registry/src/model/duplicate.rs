//! Whether two parties may be one (mogelijke dubbeling): how alike they are, and why, for a human to decide on.
//!
//! Each likeness or difference adds points; together they are the odds that the two are one, as in record linkage
//! after Fellegi and Sunter. The points are set by hand against the labelled pairs that `infra/duplicates` measures.
//! Persons are not compared: their names are not for everybody.

use std::collections::BTreeSet;

use super::address::{Nearness, Place};
use super::census::Census;
use super::identifier::{Identifier, Scheme};
use super::name::{Name, alike};
use super::party::PartyKind;

/// Two parties are proposed as one from this score on.
pub const PROPOSED_FROM: f64 = 0.5;

/// With so many parties a party is compared: those with the most rare words in common, and as many at its door.
pub const CANDIDATES: usize = 25;

/// What is compared of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What it is; no person.
    pub kind: PartyKind,
    /// Its legal name and what it trades as.
    pub names: Vec<Name>,
    /// Its numbers.
    pub identifiers: Vec<Identifier>,
    /// Where its sites are.
    pub places: Vec<Place>,
}

impl Profile {
    /// The telling words of its names.
    pub fn words(&self) -> BTreeSet<String> {
        self.names.iter().flat_map(Name::words).cloned().collect()
    }

    /// Where it can be found by postcode and house number.
    pub fn doors(&self) -> impl Iterator<Item = (&str, i32)> {
        self.places
            .iter()
            .filter_map(|place| Some((place.postcode.as_deref()?, place.number?)))
    }
}

/// A likeness or difference between two parties (reden). Names as in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Reason {
    /// Their names are equal, but for legal form, abbreviations and marks.
    SameName = 1,
    /// Their names are alike.
    SimilarName = 2,
    /// Many bear that name or its words: it says little.
    CommonName = 3,
    /// A number of the one is part of a number of the other: a KvK number or RSIN in an OIN.
    SameNumber = 4,
    /// Numbers in one register that differ by a slip of the pen.
    NearNumber = 5,
    /// Different numbers in one register.
    OtherNumber = 6,
    /// A site of each at one door.
    SameDoor = 7,
    /// A site of each in one street or under one postcode.
    SameStreet = 8,
    /// A site of each in one town.
    SameTown = 9,
    /// Their sites are in other towns.
    Elsewhere = 10,
    /// They state different legal forms.
    OtherLegalForm = 11,
    /// They are of different kinds.
    OtherKind = 12,
    /// Their names are equal and state the same legal form: a name as in the statutes.
    SameLegalForm = 13,
    /// What the one name has more is what sister companies are told apart by: holding, beheer, vastgoed.
    SisterName = 14,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 14] = [
        Self::SameName,
        Self::SimilarName,
        Self::CommonName,
        Self::SameNumber,
        Self::NearNumber,
        Self::OtherNumber,
        Self::SameDoor,
        Self::SameStreet,
        Self::SameTown,
        Self::Elsewhere,
        Self::OtherLegalForm,
        Self::OtherKind,
        Self::SameLegalForm,
        Self::SisterName,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| *reason as i16 == number)
    }
}

/// A reason with what it weighs: above nothing it speaks for one party, below for two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The likeness or difference.
    pub reason: Reason,
    /// Its weight, in logarithmic odds.
    pub points: f64,
}

/// How alike two parties are, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// From 0, two parties, to 1, one.
    pub score: f64,
    /// What was found, in the order of [`Reason`].
    pub evidence: Vec<Evidence>,
}

impl Likeness {
    /// Whether to ask a human.
    pub fn is_proposed(&self) -> bool {
        self.score >= PROPOSED_FROM
    }
}

/// How alike two parties are; nothing when they cannot be one.
pub fn compare(one: &Profile, other: &Profile, census: &Census) -> Option<Likeness> {
    let mut evidence = Vec::new();
    let mut found = |reason, points| evidence.push(Evidence { reason, points });
    if let Some(points) = kinds(one.kind, other.kind)? {
        found(Reason::OtherKind, points);
    }
    let name = best_name(one, other, census);
    for (reason, points) in name.evidence() {
        found(reason, points);
    }
    if let Some((reason, points)) = numbers(&one.identifiers, &other.identifiers) {
        found(reason, points);
    }
    if let Some((reason, points)) = places(&one.places, &other.places) {
        found(reason, points);
    }
    if let Some((reason, points)) = name.forms() {
        found(reason, points);
    }
    evidence.sort_by_key(|evidence| evidence.reason);
    let odds: f64 = BEFORE + evidence.iter().map(|evidence| evidence.points).sum::<f64>();
    let score = 1.0 / (1.0 + (-odds).exp());
    Some(Likeness { score, evidence })
}

/// The odds before anything is known of the two.
const BEFORE: f64 = -6.0;
/// Equal names that nobody else bears.
const SAME_NAME: f64 = 6.0;
/// Taken off for each part that others have of a name: [`Census::weight`] says how much.
const COMMON: f64 = -7.0;
/// Names as alike as they can be without being equal.
const SIMILAR: f64 = 6.5;
/// Below this, names are not alike.
const ALIKE_FROM: f64 = 0.5;
/// What the rest of a name counts that holds all of the other.
const SAYS_MORE: f64 = 0.5;
const SAME_NUMBER: f64 = 8.0;
const NEAR_NUMBER: f64 = 1.0;
const OTHER_NUMBER: f64 = -6.0;
const SAME_DOOR: f64 = 4.0;
const SAME_STREET: f64 = 2.0;
const SAME_TOWN: f64 = 1.5;
const ELSEWHERE: f64 = -1.0;
const SAME_FORM: f64 = 1.5;
const OTHER_FORM: f64 = -1.5;
const OTHER_KIND: f64 = -2.0;
const SISTER: f64 = -4.0;
/// What companies of one concern are told apart by.
const SISTERS: &[&str] = &[
    "beheer",
    "exploitatie",
    "groep",
    "group",
    "holding",
    "management",
    "participaties",
    "pensioen",
    "properties",
    "vastgoed",
];

/// What different kinds weigh; `None` when two such cannot be one party.
#[expect(clippy::option_option, reason = "no obstacle, a weight, or an end to it")]
fn kinds(one: PartyKind, other: PartyKind) -> Option<Option<f64>> {
    use PartyKind::{CertifyingBody, Company, Institution, Network, PublicBody, SafetyRegion, Ship};
    if one.is_person() || other.is_person() {
        return None;
    }
    if one == other {
        return Some(None);
    }
    match (one, other) {
        (Ship | Network, _) | (_, Ship | Network) => None,
        (SafetyRegion, PublicBody) | (PublicBody, SafetyRegion) => Some(Some(OTHER_KIND)),
        (SafetyRegion, _) | (_, SafetyRegion) => None,
        (Company | Institution | CertifyingBody | PublicBody, _) => Some(Some(OTHER_KIND)),
        (PartyKind::SoleTrader | PartyKind::NaturalPerson, _) => None,
    }
}

/// How two names compare.
#[derive(Clone, Copy, Debug, Default)]
struct NameLikeness {
    /// From 0 to 1, words weighed by how rare they are.
    alike: f64,
    /// What the shared words say together: 1 is a word that nobody else has.
    shared: f64,
    /// Whether both state a legal form, and the same.
    same_form: Option<bool>,
    /// Whether what is left over of them tells sister companies apart.
    sisters: bool,
}

impl NameLikeness {
    fn evidence(self) -> Vec<(Reason, f64)> {
        let common = (1.0 - self.shared).max(0.0) * COMMON;
        let names = if self.alike > 0.999 {
            (Reason::SameName, SAME_NAME)
        } else if self.alike >= ALIKE_FROM {
            let points = SIMILAR * (self.alike - ALIKE_FROM) / (1.0 - ALIKE_FROM);
            (Reason::SimilarName, points)
        } else {
            return Vec::new();
        };
        let mut evidence = vec![names];
        if self.sisters {
            evidence.push((Reason::SisterName, SISTER));
        }
        if common < -0.05 {
            evidence.push((Reason::CommonName, common));
        }
        evidence
    }

    fn forms(self) -> Option<(Reason, f64)> {
        if self.same_form? {
            (self.alike > 0.999).then_some((Reason::SameLegalForm, SAME_FORM))
        } else {
            Some((Reason::OtherLegalForm, OTHER_FORM))
        }
    }
}

fn best_name(one: &Profile, other: &Profile, census: &Census) -> NameLikeness {
    let pairs = one.names.iter().flat_map(|a| other.names.iter().map(move |b| (a, b)));
    let compared = pairs.map(|(a, b)| names(a, b, census));
    compared
        .max_by(|a, b| (a.alike * a.shared).total_cmp(&(b.alike * b.shared)))
        .unwrap_or_default()
}

/// Compares two names word by word. Words that are alike stand for each other; what is left over counts against, and
/// less when it only says more than the other name does: a branch, a department, a town.
fn names(one: &Name, other: &Name, census: &Census) -> NameLikeness {
    let same_form = one.form().zip(other.form()).map(|(one, other)| one == other);
    let weigh = |words: &[String]| words.iter().map(|word| census.weight(word)).sum::<f64>();
    if one.squashed() == other.squashed() {
        let shared = weigh(one.words()).min(weigh(other.words()));
        return NameLikeness {
            alike: 1.0,
            shared,
            same_form,
            sisters: false,
        };
    }
    let (mut shared, mut apart, mut alone) = (0.0, 0.0, 0.0);
    let mut sisters = false;
    let mut left: Vec<&String> = other.words().iter().collect();
    for word in one.words() {
        let candidates = left.iter().enumerate();
        let best = candidates
            .map(|(place, candidate)| (alike(word, candidate), place))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            Some((likeness, place)) if likeness > 0.0 => {
                let weight = census.weight(word).min(census.weight(left.remove(place)));
                shared += weight * likeness;
                apart += weight * (1.0 - likeness);
            }
            _ => {
                alone += census.weight(word);
                sisters |= SISTERS.contains(&word.as_str());
            }
        }
    }
    sisters |= left.iter().any(|word| SISTERS.contains(&word.as_str()));
    let others_alone = left.iter().map(|word| census.weight(word)).sum::<f64>();
    let says_more = if alone.min(others_alone) > 0.0 { 1.0 } else { SAYS_MORE };
    let whole = 2.0 * shared + apart + says_more * (alone + others_alone);
    let alike = if whole > 0.0 { 2.0 * shared / whole } else { 0.0 };
    NameLikeness {
        alike: alike.min(0.99),
        shared,
        same_form,
        sisters,
    }
}

/// The strongest that their numbers say, if they say anything.
fn numbers(one: &[Identifier], other: &[Identifier]) -> Option<(Reason, f64)> {
    let pairs = || one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let same = |(a, b): (&Identifier, &Identifier)| a == b || same_bearer(a).as_ref() == Some(b);
    if pairs().any(same) {
        return Some((Reason::SameNumber, SAME_NUMBER));
    }
    let mut rivals = pairs().filter(|(a, b)| a.scheme() == b.scheme());
    let (a, b) = rivals.next()?;
    let slip = rivals.next().is_none() && strsim::osa_distance(a.value(), b.value()) == 1;
    Some(if slip {
        (Reason::NearNumber, NEAR_NUMBER)
    } else {
        (Reason::OtherNumber, OTHER_NUMBER)
    })
}

/// The numbers that mean the same bearer in another register: an OIN is made of an RSIN or a KvK number, with 8 digits
/// before it that say of which, and noughts behind it.
pub fn same_bearer(number: &Identifier) -> Option<Identifier> {
    const MADE_OF: [(Scheme, &str, &str); 2] = [(Scheme::Rsin, "00000001", "000"), (Scheme::Kvk, "00000003", "0000")];
    let (scheme, value) = match number.scheme() {
        Scheme::Oin => MADE_OF.into_iter().find_map(|(scheme, before, behind)| {
            let value = number.value().strip_prefix(before)?.strip_suffix(behind)?;
            Some((scheme, value.to_owned()))
        })?,
        given => {
            let (_, before, behind) = MADE_OF.into_iter().find(|(scheme, ..)| *scheme == given)?;
            (Scheme::Oin, format!("{before}{}{behind}", number.value()))
        }
    };
    Identifier::new(scheme, &value).ok()
}

/// What the nearest of their sites say.
fn places(one: &[Place], other: &[Place]) -> Option<(Reason, f64)> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let nearest = pairs.filter_map(|(a, b)| a.nearness(b)).max()?;
    Some(match nearest {
        Nearness::Door => (Reason::SameDoor, SAME_DOOR),
        Nearness::Street => (Reason::SameStreet, SAME_STREET),
        Nearness::Town => (Reason::SameTown, SAME_TOWN),
        Nearness::Elsewhere => (Reason::Elsewhere, ELSEWHERE),
    })
}

#[cfg(test)]
mod tests {
    use super::{Profile, Reason, compare, same_bearer};
    use crate::model::address::Place;
    use crate::model::census::Census;
    use crate::model::identifier::{Identifier, Scheme};
    use crate::model::name::Name;
    use crate::model::party::PartyKind;
    use crate::model::site::Address;

    fn party(name: &str, door: &str, numbers: &[(Scheme, &str)]) -> Profile {
        let address = Address {
            street: door.to_owned(),
            postcode: "0000 AA".to_owned(),
            city: "Nergens".to_owned(),
            country: "NL".to_owned(),
        };
        let number = |(scheme, value): &(Scheme, &str)| Identifier::new(*scheme, value).expect("fits");
        Profile {
            kind: PartyKind::Company,
            names: Name::all(name),
            identifiers: numbers.iter().map(number).collect(),
            places: vec![Place::new(&address)],
        }
    }

    fn score(one: &Profile, other: &Profile) -> f64 {
        compare(one, other, &Census::default()).map_or(0.0, |likeness| likeness.score)
    }

    #[test]
    fn a_name_written_otherwise_at_one_door_is_proposed_and_says_why() {
        let one = party("Chemtrans Rijnmond B.V.", "Kade 1", &[(Scheme::Kvk, "00009901")]);
        let other = party("CHEM TRANS RIJNMOND", "Kade 1a", &[]);
        let likeness = compare(&one, &other, &Census::default()).expect("they can be one");
        assert!(likeness.is_proposed(), "{likeness:?}");
        let reasons: Vec<Reason> = likeness.evidence.iter().map(|evidence| evidence.reason).collect();
        assert_eq!(reasons, [Reason::SameName, Reason::SameDoor]);
    }

    #[test]
    fn other_numbers_other_kinds_and_sisters_are_not_one() {
        let one = party("Chemtrans Rijnmond B.V.", "Kade 1", &[(Scheme::Kvk, "00009901")]);
        let number = party("Chemtrans Rijnmond B.V.", "Laan 2", &[(Scheme::Kvk, "00005555")]);
        assert!(score(&one, &number) < 0.5);
        let sister = party("Chemtrans Rijnmond Vastgoed B.V.", "Kade 1", &[]);
        assert!(score(&one, &sister) < 0.9);
        let ship = Profile {
            kind: PartyKind::Ship,
            ..one.clone()
        };
        let person = Profile {
            kind: PartyKind::SoleTrader,
            ..one.clone()
        };
        for other in [&ship, &person] {
            assert_eq!(compare(&one, other, &Census::default()), None);
        }
        assert_eq!(compare(&person, &person, &Census::default()), None);
    }

    #[test]
    fn an_oin_says_whose_number_it_is_made_of() {
        let kvk = Identifier::new(Scheme::Kvk, "00009901").expect("fits");
        let oin = same_bearer(&kvk).expect("it has one");
        assert_eq!(oin.value(), "00000003000099010000");
        assert_eq!(same_bearer(&oin), Some(kvk));
        let one = party("Chemtrans", "Kade 1", &[(Scheme::Kvk, "00009901")]);
        let other = party("Verzinsel", "Laan 2", &[(Scheme::Oin, "00000003000099010000")]);
        assert!(score(&one, &other) > 0.5);
    }
}
