//! Supervised parties (ondertoezichtstaanden): whom the supervision is about.
//!
//! A party is reference data that every participant sees, except where it is a person: name and address of a natural
//! person or sole trader are personal and unmasked only for the inspectorates that registered it (decisions.md 7).

pub mod entry;

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Misfit;
use super::code::Code;
use super::identifier::{Identifier, Scheme};

/// What kind of party it is. Names as in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum PartyKind {
    /// Bedrijf: a legal person that trades.
    Company = 1,
    /// Eenmanszaak: its name and address are those of a person.
    SoleTrader = 2,
    /// Natuurlijk persoon.
    NaturalPerson = 3,
    /// Overheidsorgaan, such as a municipality or ministry.
    PublicBody = 4,
    /// Instelling, such as a school, a care provider or a youth institution.
    Institution = 5,
    /// Veiligheidsregio as an organisation.
    SafetyRegion = 6,
    /// Schip.
    Ship = 7,
    /// Certificerende instelling.
    CertifyingBody = 8,
    /// Keten of netwerk (stelsel), a chain or network with members.
    Network = 9,
}

impl PartyKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Company,
        Self::SoleTrader,
        Self::NaturalPerson,
        Self::PublicBody,
        Self::Institution,
        Self::SafetyRegion,
        Self::Ship,
        Self::CertifyingBody,
        Self::Network,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i16 == number)
    }

    /// Whether name and address are those of a person, and so personal.
    pub fn is_person(self) -> bool {
        match self {
            Self::SoleTrader | Self::NaturalPerson => true,
            Self::Company
            | Self::PublicBody
            | Self::Institution
            | Self::SafetyRegion
            | Self::Ship
            | Self::CertifyingBody
            | Self::Network => false,
        }
    }
}

/// What is known of a party. Its id belongs to the store, which takes nothing that [`Party::check`] refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// Its name in the register or statutes; personal when the kind is a person.
    pub legal_name: String,
    /// Names it trades under.
    pub trade_names: Vec<String>,
    /// Its numbers, at most one per scheme.
    pub identifiers: Vec<Identifier>,
    /// The inspectorates that registered it and so see a person's name (custodians); others need not be listed.
    pub custodians: Vec<Code>,
}

impl Party {
    /// Checks what the types alone do not: a name, one number per scheme, schemes that fit, a custodian for a person.
    ///
    /// # Errors
    /// A [`Misfit`] that says what to mend.
    pub fn check(&self) -> Result<(), Misfit> {
        let misfit = |mend: String| Err(Misfit::new("supervised party", self.legal_name.clone(), mend));
        if self.legal_name.trim().is_empty() {
            return misfit("it has a legal name".to_owned());
        }
        let mut schemes = BTreeSet::new();
        for identifier in &self.identifiers {
            let scheme = identifier.scheme();
            if !scheme.fits_party() {
                return misfit(format!("a {} belongs to a site; give it there", scheme.meaning()));
            }
            if scheme == Scheme::Imo && self.kind != PartyKind::Ship {
                return misfit("only a ship has an IMO number".to_owned());
            }
            if !schemes.insert(scheme) {
                return misfit(format!("it has one {} at most", scheme.meaning()));
            }
        }
        if self.kind.is_person() && self.custodians.is_empty() {
            return misfit("of a person it is known which inspectorate registered it; name a custodian".to_owned());
        }
        Ok(())
    }

    /// The name that every participant may see: none when it is a person's.
    pub fn open_name(&self) -> Option<&str> {
        (!self.kind.is_person()).then_some(self.legal_name.as_str())
    }

    /// The number of one scheme, if it has one.
    pub fn identifier(&self, scheme: Scheme) -> Option<&Identifier> {
        self.identifiers.iter().find(|identifier| identifier.scheme() == scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::{Party, PartyKind};
    use crate::model::identifier::{Identifier, Scheme};

    fn company() -> Party {
        Party {
            kind: PartyKind::Company,
            legal_name: "Voorbeeld B.V.".to_owned(),
            trade_names: Vec::new(),
            identifiers: vec![Identifier::new(Scheme::Kvk, "00009901").expect("fits")],
            custodians: Vec::new(),
        }
    }

    #[test]
    fn a_company_is_open() {
        assert_eq!(company().check(), Ok(()));
        assert_eq!(company().open_name(), Some("Voorbeeld B.V."));
    }

    #[test]
    fn a_person_has_a_custodian_and_no_open_name() {
        let mut trader = Party {
            kind: PartyKind::SoleTrader,
            ..company()
        };
        assert!(trader.check().expect_err("no custodian").mend.contains("custodian"));
        trader.custodians.push("nvwa".to_owned().try_into().expect("a code"));
        assert_eq!(trader.check(), Ok(()));
        assert_eq!(trader.open_name(), None);
    }

    #[test]
    fn numbers_must_fit_the_party() {
        for (scheme, text) in [
            (Scheme::Kvk, "00009902"),
            (Scheme::Bag, "9999010000000001"),
            (Scheme::Imo, "9074729"),
        ] {
            let mut party = company();
            party.identifiers.push(Identifier::new(scheme, text).expect("fits"));
            assert!(party.check().is_err(), "{scheme:?}");
        }
    }
}
