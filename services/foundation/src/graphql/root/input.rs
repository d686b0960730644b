//! What clients hand in about any record: marks and grants.

use async_graphql::{ID, InputObject, OneofObject};
use uuid::Uuid;

use crate::fault::Fault;
use crate::graphql::kit::{Date, DateTime, Rank, Tlp, UseLimit};
use crate::ids;
use crate::root::check::Marks;
use crate::root::grant::{Asked, To};

/// Marks (markeringen), as far as something is to be said of them.
#[derive(InputObject, Clone, Debug, Default)]
pub struct LabelsInput {
    /// Formal classification (rubricering), at most the caller's own clearance.
    rank: Option<Rank>,
    /// How wide it may be shared (TLP). Tightening it ends the grants that it forbids.
    tlp: Option<Tlp>,
    /// What a reader may do with it (gebruiksbeperking).
    use_limit: Option<UseLimit>,
    /// The last Dutch date on which it is kept, at most five years ahead.
    retain_until: Option<Date>,
}

impl LabelsInput {
    /// The marks.
    pub fn read(self) -> Marks {
        Marks {
            rank: self.rank.map(Into::into),
            tlp: self.tlp.map(Into::into),
            use_limit: self.use_limit.map(Into::into),
            retain_until: self.retain_until.map(|date| date.0),
        }
    }
}

/// To whom a grant is made: exactly one.
#[derive(OneofObject, Clone, Debug)]
pub enum AudienceInput {
    /// All participants (alle deelnemers); `true`.
    Everyone(bool),
    /// An inspectorate or partner body, by code.
    Organisation(String),
    /// A circle (samenwerkingsverband), by code.
    Circle(String),
    /// An account, by name.
    Account(String),
}

impl AudienceInput {
    /// To whom.
    pub fn read(self) -> To {
        match self {
            Self::Everyone(true) => To::Everyone,
            Self::Everyone(false) => To::Nobody,
            Self::Organisation(code) => To::Organisation(code),
            Self::Circle(code) => To::Circle(code),
            Self::Account(name) => To::Account(name),
        }
    }
}

/// A grant (deling). Purpose and legal basis are required.
#[derive(InputObject, Clone, Debug)]
pub struct GrantInput {
    /// To whom.
    to: AudienceInput,
    /// The code of its purpose (doel); a circle's grant uses one of the circle's purposes.
    purpose: Option<String>,
    /// The code of its legal basis (grondslag).
    legal_basis: Option<String>,
    /// From when it holds; now where nothing is said.
    valid_from: Option<DateTime>,
    /// Until when it holds, exclusive; as long as the record is kept where nothing is said.
    valid_until: Option<DateTime>,
}

impl GrantInput {
    /// The grant as it is asked for.
    pub fn read(self) -> Asked {
        Asked {
            to: self.to.read(),
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            valid_from: self.valid_from.map(|moment| moment.0),
            valid_until: self.valid_until.map(|moment| moment.0),
        }
    }
}

/// Reads ids of one kind; those that cannot be read are told, each at its place.
pub fn read_ids(prefix: &'static str, field: &str, ids: Vec<ID>, faults: &mut Vec<Fault>) -> Vec<Uuid> {
    let read = |(index, id): (usize, ID)| {
        ids::read(prefix, &id)
            .map_err(|fault| faults.push(fault.at(format!("{field}.{index}"))))
            .ok()
    };
    ids.into_iter().enumerate().filter_map(read).collect()
}
