//! What the graph shows of any labelled root, defined once: grants, grounds, whom to call, marks that are handed in.

mod connection;
mod grant;
mod hold;
mod input;
mod record;

use async_graphql::SimpleObject;

use crate::reference::organisation;

pub use connection::{Connection, Edge, Node};
pub use grant::{AudienceKind, Grant, Ground, GroundKind};
pub use hold::{HoldKind, RecordHold, RecordHoldConnection};
pub use input::{AudienceInput, GrantInput, LabelsInput, read_ids};
pub use record::{At, Beside, Record, RecordAction, Shown};

/// Whom to call about a record (aanspreekpunt).
#[derive(SimpleObject, Clone, Debug)]
pub struct Contact {
    /// The owning organisation's name, in Dutch.
    #[graphql(shareable)]
    pub organisation: String,
    /// The desk or person.
    #[graphql(shareable)]
    pub name: String,
    /// By phone.
    #[graphql(shareable)]
    pub phone: String,
    /// By mail.
    #[graphql(shareable)]
    pub email: String,
}

impl From<organisation::Model> for Contact {
    fn from(owner: organisation::Model) -> Self {
        Self {
            organisation: owner.name,
            name: owner.contact_name,
            phone: owner.contact_phone,
            email: owner.contact_email,
        }
    }
}
