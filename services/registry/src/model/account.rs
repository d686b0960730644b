//! Accounts: who acts for an organisation, in which roles, for which purposes, up to which rank.

use access::{Rank, Role, Roles};

use super::Misfit;
use super::code::Code;

/// A person (or machine) behind accounts: an issuer's subject. Duties are separated by person, not by account
/// (decisions.md 18).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    /// Who vouches for the subject: the token's `iss`.
    pub issuer: String,
    /// The subject at that issuer: the token's `sub`.
    pub subject: String,
}

/// An account in one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who signs in to it.
    pub person: Person,
    /// What colleagues see.
    pub name: String,
    /// The organisation it acts for.
    pub organisation: Code,
    /// The roles it holds there.
    pub roles: Roles,
    /// The highest rank it may handle; the default is [`Rank::Vertrouwelijk`].
    pub clearance: Rank,
    /// The purposes assigned to it.
    pub purposes: Vec<Code>,
    /// The circles that it may read, where it is a case system; every other account reads those of its organisation.
    pub circles: Vec<Code>,
}

/// Two roles that one person may not hold together (access.md: administrator with any content role; steward with FG;
/// auditor with any other).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{subject}' may not hold both {first} and {second}: give one of them to another person", first = first.code(), second = second.code())]
pub struct RoleExclusion {
    /// Whose roles these are.
    pub subject: String,
    /// The one role.
    pub first: Role,
    /// The other.
    pub second: Role,
}

/// Checks the roles of one person over all accounts, in whatever organisation they are.
///
/// # Errors
/// The first pair of roles that may not be held by one person.
pub fn check_person<'a>(accounts: impl IntoIterator<Item = &'a Account>, person: &Person) -> Result<(), RoleExclusion> {
    let held = accounts
        .into_iter()
        .filter(|account| account.person == *person)
        .flat_map(|account| account.roles.iter());
    match Roles::new(held).exclusion() {
        None => Ok(()),
        Some((first, second)) => Err(RoleExclusion {
            subject: person.subject.clone(),
            first,
            second,
        }),
    }
}

/// Reads a role's stable code.
///
/// # Errors
/// A [`Misfit`] that lists the roles.
pub fn role(code: &str) -> Result<Role, Misfit> {
    Role::from_code(code).ok_or_else(|| {
        Misfit::new(
            "role",
            code,
            format!("it is one of {}", Role::ALL.map(Role::code).join(", ")),
        )
    })
}

/// Reads a rank from its number: 0 intern, 1 vertrouwelijk, 2 departementaal vertrouwelijk.
///
/// # Errors
/// A [`Misfit`]: state secrets have no number here.
pub fn rank(number: i16) -> Result<Rank, Misfit> {
    Rank::from_number(number).ok_or_else(|| {
        let mend = "it is 0 (intern), 1 (vertrouwelijk) or 2 (departementaal vertrouwelijk); state secrets are refused";
        Misfit::new("rank", number.to_string(), mend)
    })
}

#[cfg(test)]
mod tests {
    use access::{Rank, Role, Roles};

    use super::{Account, Person, check_person, rank, role};

    fn account(subject: &str, organisation: &str, roles: &[Role]) -> Account {
        Account {
            person: Person {
                issuer: "https://idp.example.nl".to_owned(),
                subject: subject.to_owned(),
            },
            name: subject.to_owned(),
            organisation: organisation.to_owned().try_into().expect("a code"),
            roles: Roles::new(roles.iter().copied()),
            clearance: Rank::Vertrouwelijk,
            purposes: Vec::new(),
            circles: Vec::new(),
        }
    }

    #[test]
    fn a_person_who_administers_one_inspectorate_inspects_in_none() {
        let accounts = [
            account("jo", "ilt", &[Role::Administrator]),
            account("jo", "igj", &[Role::Inspector]),
        ];
        let exclusion = check_person(&accounts, &accounts[0].person).expect_err("excluded");
        assert_eq!(
            exclusion.to_string(),
            "'jo' may not hold both administrator and inspector: give one of them to another person"
        );
    }

    #[test]
    fn two_people_may() {
        let accounts = [
            account("jo", "ilt", &[Role::Administrator]),
            account("bo", "ilt", &[Role::Inspector]),
        ];
        assert_eq!(check_person(&accounts, &accounts[0].person), Ok(()));
        assert_eq!(check_person(&accounts, &accounts[1].person), Ok(()));
    }

    #[test]
    fn unknown_roles_and_ranks_are_refused_with_the_list() {
        assert!(
            role("boss")
                .expect_err("unknown")
                .to_string()
                .contains("inspector, analyst")
        );
        assert!(
            rank(3)
                .expect_err("unknown")
                .to_string()
                .contains("state secrets are refused")
        );
        assert_eq!(rank(2), Ok(Rank::DepartementaalVertrouwelijk));
    }
}
