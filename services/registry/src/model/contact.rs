//! Contacts (contactmomenten) of an inspectorate with a party, in its own log.

use access::{Instant, Role, Roles};
use foundation::check::{optional, required};
use foundation::clock::SECOND;
use foundation::sensitive::state_secret;
use foundation::{Code, Fault};

/// How there was contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum ContactKind {
    /// Bezoek.
    Visit = 1,
    /// Gesprek.
    Talk = 2,
    /// Telefoon.
    Phone = 3,
    /// Post of e-mail.
    Mail = 4,
}

impl ContactKind {
    /// Reads the number that the database stores.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Visit, Self::Talk, Self::Phone, Self::Mail]
            .into_iter()
            .find(|kind| *kind as i16 == number)
    }
}

/// The most persons in one contact.
const PERSONS_MAXIMUM: usize = 50;

/// A contact as it is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// When it was.
    pub at: Instant,
    /// How.
    pub kind: ContactKind,
    /// With whom: personal.
    pub persons: Vec<String>,
    /// What was said, business-sensitive.
    pub summary: String,
}

/// What changes of a contact; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// When it was.
    pub at: Option<Instant>,
    /// How.
    pub kind: Option<ContactKind>,
    /// With whom, all of them.
    pub persons: Option<Vec<String>>,
    /// What was said.
    pub summary: Option<String>,
}

impl ContactChange {
    /// Everything that is wrong with it, each fault at its field.
    pub fn check(&self, now: Instant) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Some(summary) = &self.summary {
            required("summary", summary, 4_000, &mut faults);
            if state_secret(summary) {
                faults.push(Fault::new(Code::StateSecret).at("summary"));
            }
        }
        let persons = self.persons.as_deref().unwrap_or_default();
        if persons.len() > PERSONS_MAXIMUM {
            let fault = Fault::new(Code::TooMany)
                .with("count", persons.len())
                .with("maximum", PERSONS_MAXIMUM);
            faults.push(fault.at("persons"));
        }
        for (index, person) in persons.iter().enumerate() {
            optional(&format!("persons.{index}"), Some(person), 200, &mut faults);
        }
        // A day of grace for clocks that differ; a contact that is still to come is a plan.
        if self.at.is_some_and(|at| at > now + 86_400 * SECOND) {
            let (dutch, english) = (
                "hij ligt in de toekomst; leg een contact vast als het er is geweest",
                "it lies in the future; log a contact when it has been",
            );
            let fault = Fault::new(Code::InvalidDate).with_words("reason", dutch, english);
            faults.push(fault.at("at"));
        }
        faults
    }
}

impl From<NewContact> for ContactChange {
    fn from(new: NewContact) -> Self {
        Self {
            at: Some(new.at),
            kind: Some(new.kind),
            persons: Some(new.persons),
            summary: Some(new.summary),
        }
    }
}

/// Whether these roles keep the log of assigned parties alone: an account holder that is nothing more.
pub fn assigned_only(roles: &Roles) -> bool {
    !roles.has(Role::Inspector) && !roles.has(Role::Coordinator)
}

#[cfg(test)]
mod tests {
    use access::{Role, Roles};

    use super::{ContactChange, assigned_only};

    #[test]
    fn every_fault_of_a_contact_is_told_at_once() {
        let wrong = ContactChange {
            at: Some(i64::MAX),
            kind: None,
            persons: Some(vec!["x".repeat(201); 51]),
            summary: Some("Stg. Geheim".to_owned()),
        };
        let faults = wrong.check(0);
        let fields: Vec<&str> = faults.iter().filter_map(|fault| fault.field()).collect();
        assert_eq!((fields[0], fields[1], fields.len()), ("summary", "persons", 54));
        assert_eq!(fields.last(), Some(&"at"));
        assert!(ContactChange::default().check(0).is_empty());
    }

    #[test]
    fn an_account_holder_keeps_what_is_assigned() {
        assert!(assigned_only(&Roles::new([Role::AccountHolder])));
        assert!(!assigned_only(&Roles::new([Role::AccountHolder, Role::Inspector])));
    }
}
