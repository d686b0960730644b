//! Relations (relaties) between parties: what one is to another.

use foundation::{Code, Fault};

use super::party::PartyKind;
use super::party::entry::invalid;

/// What another party is to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum PartyRole {
    /// Moeder: owns or directs this one.
    Parent = 1,
    /// Dochter: is owned or directed by this one.
    Child = 2,
    /// Exploitant: operates this one, as a shipping company its ship.
    Operator = 3,
    /// Wordt door deze geëxploiteerd.
    Operated = 4,
    /// Certificerende instelling: certifies this one.
    Certifier = 5,
    /// Certificaathouder: is certified by this one.
    Certified = 6,
    /// Keten of netwerk waarvan deze lid is.
    Network = 7,
    /// Lid van deze keten of dit netwerk.
    Member = 8,
}

impl PartyRole {
    /// All roles.
    pub const ALL: [Self; 8] = [
        Self::Parent,
        Self::Child,
        Self::Operator,
        Self::Operated,
        Self::Certifier,
        Self::Certified,
        Self::Network,
        Self::Member,
    ];

    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as i16 == number)
    }

    /// What this one is to the other.
    pub fn inverse(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Operator => Self::Operated,
            Self::Operated => Self::Operator,
            Self::Certifier => Self::Certified,
            Self::Certified => Self::Certifier,
            Self::Network => Self::Member,
            Self::Member => Self::Network,
        }
    }

    /// Whether a party of the one kind can be this to a party of the other.
    ///
    /// # Errors
    /// `INVALID_INPUT`: only a certifying body certifies, only a network has members.
    pub fn check(self, party: PartyKind, other: PartyKind) -> Result<(), Fault> {
        let first = match self {
            Self::Certified | Self::Member => party,
            _ => other,
        };
        match self {
            Self::Certifier | Self::Certified if first != PartyKind::CertifyingBody => Err(invalid(
                "role",
                "alleen een certificerende instelling certificeert",
                "only a certifying body certifies",
            )),
            Self::Network | Self::Member if first != PartyKind::Network => Err(invalid(
                "role",
                "alleen een keten of netwerk heeft leden",
                "only a chain or network has members",
            )),
            _ => Ok(()),
        }
    }
}

/// The period of a relation, checked.
///
/// # Errors
/// `INVALID_PERIOD`.
pub fn period(starts: i64, ends: i64) -> Result<(i64, i64), Fault> {
    if starts < ends {
        Ok((starts, ends))
    } else {
        Err(Fault::new(Code::InvalidPeriod).at("ends"))
    }
}

#[cfg(test)]
mod tests {
    use super::PartyRole;
    use crate::model::party::PartyKind;

    #[test]
    fn each_role_has_its_other_side() {
        for role in PartyRole::ALL {
            assert_eq!(role.inverse().inverse(), role);
            assert_ne!(role.inverse(), role);
            assert_eq!(PartyRole::from_number(role as i16), Some(role));
        }
    }

    #[test]
    fn certifying_and_membership_need_their_kinds() {
        let (company, body, network) = (PartyKind::Company, PartyKind::CertifyingBody, PartyKind::Network);
        assert!(PartyRole::Certifier.check(company, body).is_ok());
        assert!(PartyRole::Certifier.check(body, company).is_err());
        assert!(PartyRole::Certified.check(body, company).is_ok());
        assert!(PartyRole::Member.check(network, company).is_ok());
        assert!(PartyRole::Network.check(network, company).is_err());
        assert!(PartyRole::Parent.check(company, company).is_ok());
    }
}
