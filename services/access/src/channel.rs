//! Channels: what the feed is keyed by. A channel stands for one audience under one purpose, or for the
//! owner's own side, which needs no purpose.

use uuid::Uuid;

/// To whom a grant is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// All participants: the admitted inspectorates and the partner bodies admitted as participants.
    Everyone,
    /// One inspectorate or partner body.
    Organisation(Uuid),
    /// The members of a circle (samenwerkingsverband) at the moment of reading.
    Circle(Uuid),
    /// One named account.
    Account(Uuid),
}

/// The key of a feed row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A grant's audience under the grant's purpose.
    Granted {
        /// To whom.
        audience: Audience,
        /// For which purpose.
        purpose: Uuid,
    },
    /// Every content role of the owning organisation.
    Owner(Uuid),
    /// The account that made the record.
    Author(Uuid),
    /// The data stewards of the owning organisation.
    Steward(Uuid),
}

impl Channel {
    /// The three columns under which a channel is stored: kind, audience, purpose (nil where there is none).
    pub fn key(&self) -> (i16, Uuid, Uuid) {
        match *self {
            Self::Granted {
                audience: Audience::Everyone,
                purpose,
            } => (1, Uuid::nil(), purpose),
            Self::Granted {
                audience: Audience::Organisation(id),
                purpose,
            } => (2, id, purpose),
            Self::Granted {
                audience: Audience::Circle(id),
                purpose,
            } => (3, id, purpose),
            Self::Granted {
                audience: Audience::Account(id),
                purpose,
            } => (4, id, purpose),
            Self::Owner(id) => (5, id, Uuid::nil()),
            Self::Author(id) => (6, id, Uuid::nil()),
            Self::Steward(id) => (7, id, Uuid::nil()),
        }
    }
}
