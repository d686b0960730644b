//! Pseudonyms (pseudoniemen): persons told apart without saying who they are.
//!
//! A keyed hash (HMAC-SHA-256) of the normalised name, with a key of its own for each inspectorate and purpose, derived
//! from the platform's one secret. The same person is the same pseudonym for one inspectorate under one purpose, and
//! another for every other; without the secret no dictionary of names leads back.

use std::fmt;

use aws_lc_rs::hmac;
use uuid::Uuid;

use crate::text::normalise;

/// The fewest characters of the platform's secret.
pub const KEY_MINIMUM: usize = 32;

/// The platform's secret for pseudonyms. It appears in neither `Debug` nor any error.
#[derive(Clone)]
pub struct PseudonymKey(hmac::Key);

impl PseudonymKey {
    /// Takes the secret; `None` when it is too short to be one.
    pub fn read(secret: &str) -> Option<Self> {
        let long = secret.trim().chars().count() >= KEY_MINIMUM;
        long.then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, secret.trim().as_bytes())))
    }

    /// What makes pseudonyms for one inspectorate under one purpose.
    pub fn of(&self, organisation: Uuid, purpose: Uuid) -> Pseudonyms {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"samenzicht pseudonym");
        context.update(organisation.as_bytes());
        context.update(purpose.as_bytes());
        Pseudonyms(hmac::Key::new(hmac::HMAC_SHA256, context.sign().as_ref()))
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// What makes pseudonyms for one inspectorate under one purpose.
pub struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// The pseudonym of a name; none of a text without letters and digits.
    pub fn of(&self, name: &str) -> Option<Uuid> {
        let name = normalise(name);
        if name.is_empty() {
            return None;
        }
        let tag = hmac::sign(&self.0, name.as_bytes());
        tag.as_ref().get(..16).and_then(|half| Uuid::from_slice(half).ok())
    }

    /// The pseudonyms of names, each once, in an order that says nothing of the names'.
    pub fn all(&self, names: impl IntoIterator<Item = String>) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = names.into_iter().filter_map(|name| self.of(&name)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of thirty-two characters";

    fn pseudonym(secret: &str, organisation: u128, purpose: u128, name: &str) -> Option<Uuid> {
        let key = PseudonymKey::read(secret).expect("long enough");
        key.of(Uuid::from_u128(organisation), Uuid::from_u128(purpose)).of(name)
    }

    #[test]
    fn one_person_is_one_pseudonym_however_the_name_is_written() {
        let one = pseudonym(SECRET, 1, 2, "Zoë de Vriés");
        assert!(one.is_some());
        assert_eq!(one, pseudonym(SECRET, 1, 2, "  ZOE  de-Vries "));
        assert_ne!(one, pseudonym(SECRET, 1, 2, "Zoe de Vriest"));
    }

    #[test]
    fn it_is_another_for_every_inspectorate_purpose_and_secret() {
        let all = [
            pseudonym(SECRET, 1, 2, "Jansen"),
            pseudonym(SECRET, 3, 2, "Jansen"),
            pseudonym(SECRET, 1, 4, "Jansen"),
            pseudonym(SECRET, 2, 1, "Jansen"),
            pseudonym("another secret of the same length", 1, 2, "Jansen"),
        ];
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn a_secret_is_long_and_is_not_shown() {
        assert!(PseudonymKey::read("short").is_none());
        assert!(PseudonymKey::read(&" ".repeat(40)).is_none());
        let key = PseudonymKey::read(SECRET).expect("long enough");
        assert_eq!(format!("{key:?}"), "***");
    }

    #[test]
    fn what_has_no_letters_has_no_pseudonym() {
        assert_eq!(pseudonym(SECRET, 1, 2, " … "), None);
    }
}
