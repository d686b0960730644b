//! Identifiers (identificerende nummers) of supervised parties and sites, checked on entry so that one company does
//! not appear as ten. There is no scheme for a BSN, on purpose: natural persons are not identified by it here.

use std::fmt;

use serde::Deserialize;

use super::Misfit;

/// The register that gave the number out. Names as in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum Scheme {
    /// KvK-nummer: an enterprise in the Handelsregister, 8 digits.
    Kvk = 1,
    /// Vestigingsnummer: a branch in the Handelsregister, 12 digits.
    Vestiging = 2,
    /// RSIN: a legal person, 9 digits with the eleven test (weights 9 8 7 6 5 4 3 2 −1).
    Rsin = 3,
    /// OIN: an organisation in government messaging, 20 digits (test numbers start with 00000099).
    Oin = 4,
    /// IMO-nummer: a ship, 7 digits; the last is the last digit of the sum of the others weighted 7…2.
    Imo = 5,
    /// BAG-identificatie: an addressable object, 16 digits.
    Bag = 6,
    /// AGB-code: a health care provider, 8 digits.
    Agb = 7,
    /// BRIN: a school, 2 digits and 2 letters, with up to 2 digits for the location.
    Brin = 8,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 8] = [
        Self::Kvk,
        Self::Vestiging,
        Self::Rsin,
        Self::Oin,
        Self::Imo,
        Self::Bag,
        Self::Agb,
        Self::Brin,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| *scheme as i16 == number)
    }

    /// The name as in the API and in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kvk => "KVK",
            Self::Vestiging => "VESTIGING",
            Self::Rsin => "RSIN",
            Self::Oin => "OIN",
            Self::Imo => "IMO",
            Self::Bag => "BAG",
            Self::Agb => "AGB",
            Self::Brin => "BRIN",
        }
    }

    /// What a number of this scheme is called in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Kvk => "KvK number",
            Self::Vestiging => "vestigingsnummer",
            Self::Rsin => "RSIN",
            Self::Oin => "OIN",
            Self::Imo => "IMO number",
            Self::Bag => "BAG id",
            Self::Agb => "AGB code",
            Self::Brin => "BRIN",
        }
    }

    /// Whether a party can bear a number of this scheme (a branch or building number belongs to a site).
    pub fn fits_party(self) -> bool {
        match self {
            Self::Kvk | Self::Rsin | Self::Oin | Self::Imo | Self::Agb | Self::Brin => true,
            Self::Vestiging | Self::Bag => false,
        }
    }

    /// Whether a site can bear a number of this scheme.
    pub fn fits_site(self) -> bool {
        match self {
            Self::Vestiging | Self::Bag | Self::Agb | Self::Brin => true,
            Self::Kvk | Self::Rsin | Self::Oin | Self::Imo => false,
        }
    }

    /// Why the normalised text is no number of this scheme; `None` when it is one.
    fn objection(self, text: &str) -> Option<String> {
        let digits = match self {
            Self::Kvk | Self::Agb => 8,
            Self::Vestiging => 12,
            Self::Rsin => 9,
            Self::Oin => 20,
            Self::Imo => 7,
            Self::Bag => 16,
            Self::Brin => return brin_objection(text),
        };
        if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(format!("it has exactly {digits} digits"));
        }
        if text.bytes().all(|byte| byte == b'0') {
            return Some("it is not all zeros".to_owned());
        }
        match self {
            Self::Rsin if !passes_eleven_test(text) => {
                Some("it fails the eleven test (weights 9 8 7 6 5 4 3 2 −1), so a digit is mistyped".to_owned())
            }
            Self::Imo if !passes_imo_test(text) => {
                Some("its last digit does not follow from the others (weights 7…2), so a digit is mistyped".to_owned())
            }
            _ => None,
        }
    }
}

/// Whether nine digits pass the eleven test (elfproef). A BSN has the same test, which is why free text in which such
/// a number stands is warned about.
pub fn passes_eleven_test(digits: &str) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    digits.len() == 9 && weighted_sum(digits, &WEIGHTS).is_some_and(|sum| sum % 11 == 0)
}

fn passes_imo_test(digits: &str) -> bool {
    const WEIGHTS: [i32; 6] = [7, 6, 5, 4, 3, 2];
    let (numbered, check) = digits.split_at(6);
    weighted_sum(numbered, &WEIGHTS).is_some_and(|sum| (sum % 10).to_string() == check)
}

fn weighted_sum(digits: &str, weights: &[i32]) -> Option<i32> {
    digits
        .bytes()
        .zip(weights)
        .map(|(byte, weight)| byte.is_ascii_digit().then(|| i32::from(byte - b'0') * weight))
        .sum()
}

fn brin_objection(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let fits = (4..=6).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_digit)
        && bytes[2..4].iter().all(u8::is_ascii_uppercase)
        && bytes[4..].iter().all(u8::is_ascii_digit);
    (!fits).then(|| {
        "it has 2 digits and 2 letters, and at most 2 digits for the location, such as 99ZX or 99ZX01".to_owned()
    })
}

/// A checked number with the register that gave it out. Spaces, dots and hyphens are left out, letters are capitals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Identifier {
    scheme: Scheme,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    scheme: Scheme,
    value: String,
}

impl Identifier {
    /// Normalises and checks a number.
    ///
    /// # Errors
    /// A [`Misfit`] that names the scheme and says what a number of that scheme looks like.
    pub fn new(scheme: Scheme, text: &str) -> Result<Self, Misfit> {
        let value: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && !matches!(letter, '.' | '-'))
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let value = match scheme {
            Scheme::Imo => value.strip_prefix("IMO").map(str::to_owned).unwrap_or(value),
            _ => value,
        };
        match scheme.objection(&value) {
            None => Ok(Self { scheme, value }),
            Some(objection) => Err(Misfit::new(scheme.meaning(), text, objection)),
        }
    }

    /// The register that gave it out.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The normalised number.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl TryFrom<Unchecked> for Identifier {
    type Error = Misfit;

    fn try_from(unchecked: Unchecked) -> Result<Self, Misfit> {
        Self::new(unchecked.scheme, &unchecked.value)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.scheme.meaning(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Identifier, Scheme, passes_eleven_test};

    #[test]
    fn each_scheme_takes_its_own_numbers_and_refuses_near_misses() {
        let cases: [(Scheme, &str, &[&str]); 8] = [
            (
                Scheme::Kvk,
                "00009901",
                &["0000990", "000099011", "0000990a", "00000000", ""],
            ),
            (Scheme::Vestiging, "999900000001", &["99990000001", "9999000000011"]),
            (
                Scheme::Rsin,
                "000099004",
                &["000099005", "000090994", "00099004", "000000000"],
            ),
            (
                Scheme::Oin,
                "00000099000000001000",
                &["0000009900000000100", "0000009900000000100x"],
            ),
            (Scheme::Imo, "9074729", &["9074728", "9704729", "907472"]),
            (Scheme::Bag, "9999010000000001", &["999901000000001"]),
            (Scheme::Agb, "99000001", &["9900001"]),
            (Scheme::Brin, "99ZX01", &["9ZX", "99Z1", "ZZ99", "99ZX011", "99ÉX"]),
        ];
        for (scheme, fits, wrong) in cases {
            assert_eq!(Identifier::new(scheme, fits).expect("fits").value(), fits);
            for text in wrong {
                let misfit = Identifier::new(scheme, text).expect_err(text);
                assert_eq!((misfit.meant, misfit.value.as_str()), (scheme.meaning(), *text));
            }
        }
    }

    #[test]
    fn spaces_dots_case_and_the_letters_imo_do_not_matter() {
        assert_eq!(
            Identifier::new(Scheme::Kvk, " 0000 9901 ").expect("fits").value(),
            "00009901"
        );
        assert_eq!(
            Identifier::new(Scheme::Rsin, "0000.99.004").expect("fits").value(),
            "000099004"
        );
        assert_eq!(
            Identifier::new(Scheme::Imo, "IMO 9074729").expect("fits").value(),
            "9074729"
        );
        assert_eq!(
            Identifier::new(Scheme::Brin, "99zx 01").expect("fits").value(),
            "99ZX01"
        );
    }

    #[test]
    fn the_eleven_test_needs_nine_digits() {
        assert!(passes_eleven_test("111222333"));
        assert!(!passes_eleven_test("111222334"));
        assert!(!passes_eleven_test("11122233"));
        assert!(!passes_eleven_test("11122233x"));
    }

    #[test]
    fn the_sentence_says_what_it_should_be() {
        let misfit = Identifier::new(Scheme::Kvk, "12").expect_err("too short");
        assert_eq!(misfit.to_string(), "'12' is no KvK number: it has exactly 8 digits");
    }

    #[test]
    fn numbers_in_the_database_lead_back_to_the_scheme() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_number(scheme as i16), Some(scheme));
        }
        assert_eq!(Scheme::from_number(0), None);
    }
}
