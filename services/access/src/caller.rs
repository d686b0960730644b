//! Who calls, as the database knows it: computed from tables in the request's own transaction, never from
//! token claims. A token says who calls; the database says what they may.

use uuid::Uuid;

use crate::{Rank, Roles};

/// The purpose (doel) that a request states: exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its identity.
    pub id: Uuid,
    /// Its stable code, as in the header.
    pub code: String,
    /// Whether personal data may be seen for it.
    pub allows_personal: bool,
    /// Whether its readers get pseudonyms in place of persons.
    pub pseudonyms: bool,
}

/// An account that is admitted, not suspended, and holds the purpose it states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: Uuid,
    /// The account's inspectorate or partner body.
    pub organisation: Uuid,
    /// The roles held now.
    pub roles: Roles,
    /// The highest rank this account may handle.
    pub clearance: Rank,
    /// The stated purpose.
    pub purpose: Purpose,
}
