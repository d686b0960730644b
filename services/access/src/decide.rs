//! The role question: may this role do this operation on a record of this relation and state?

use crate::{Role, Roles, State};

/// What a caller wants to do with a shareable record, or around one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Read it: single, in a list, by search, in a count or as a live event.
    Read,
    /// Make a draft.
    Record,
    /// Change its content.
    Edit,
    /// Bring it out: its grants come into force.
    Publish,
    /// Change its marks or its retention.
    Label,
    /// Add a grant.
    Grant,
    /// End a grant.
    Revoke,
    /// Withdraw it from everyone but its owner.
    Retract,
    /// See who it is shared with.
    ReadGrants,
    /// Deliver records in bulk under an approved import profile.
    Import,
    /// Put an import profile up for approval, and see the own inspectorate's profiles.
    ProposeProfile,
    /// Approve an import profile of the own inspectorate.
    ApproveProfile,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 12] = [
        Self::Read,
        Self::Record,
        Self::Edit,
        Self::Publish,
        Self::Label,
        Self::Grant,
        Self::Revoke,
        Self::Retract,
        Self::ReadGrants,
        Self::Import,
        Self::ProposeProfile,
        Self::ApproveProfile,
    ];

    /// The stable code, as in the access matrix and the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Record => "record",
            Self::Edit => "edit",
            Self::Publish => "publish",
            Self::Label => "label",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Retract => "retract",
            Self::ReadGrants => "read_grants",
            Self::Import => "import",
            Self::ProposeProfile => "propose_profile",
            Self::ApproveProfile => "approve_profile",
        }
    }
}

/// How the caller's organisation stands to a record that the caller can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The caller's organisation owns it, in this state.
    Own(State),
    /// Another organisation owns it.
    Others,
}

/// Why an operation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No role of the caller may do this anywhere. Told before anything is looked up: roles are no secret.
    Role,
    /// Another organisation's record: nobody but its owner changes it.
    NotOwner,
    /// The role may do this, but not in the state the record is in.
    State,
}

/// Whether any of the roles may do this to any record at all.
///
/// # Errors
/// [`Refusal::Role`] when none may.
pub fn may_ever(roles: &Roles, operation: Operation) -> Result<(), Refusal> {
    let somewhere = State::ALL.into_iter().map(Relation::Own).chain([Relation::Others]);
    if somewhere
        .into_iter()
        .any(|relation| roles.any(|role| permits(role, operation, relation)))
    {
        Ok(())
    } else {
        Err(Refusal::Role)
    }
}

/// Whether the roles may do this to a record of this relation, which the caller can see.
///
/// # Errors
/// Why not: the role first, then ownership, then state.
pub fn decide(roles: &Roles, operation: Operation, relation: Relation) -> Result<(), Refusal> {
    may_ever(roles, operation)?;
    if roles.any(|role| permits(role, operation, relation)) {
        return Ok(());
    }
    match relation {
        Relation::Others => Err(Refusal::NotOwner),
        Relation::Own(state) => {
            let another =
                |other: State| other != state && roles.any(|role| permits(role, operation, Relation::Own(other)));
            if State::ALL.into_iter().any(another) {
                Err(Refusal::State)
            } else {
                Err(Refusal::Role)
            }
        }
    }
}

/// The table of roles, one role at a time.
fn permits(role: Role, operation: Operation, relation: Relation) -> bool {
    use Operation as Op;
    use Relation::{Others, Own};
    match role {
        Role::Inspector | Role::Coordinator => match (operation, relation) {
            (Op::Read, _) => true,
            (Op::Record | Op::ReadGrants, Own(_)) => true,
            (Op::Edit | Op::Label | Op::Grant | Op::Revoke, Own(state)) => state != State::Retracted,
            (Op::Publish, Own(state)) => state == State::Draft,
            (Op::Retract, Own(state)) => state == State::Published,
            (Op::Import | Op::ProposeProfile | Op::ApproveProfile, _) | (_, Others) => false,
        },
        Role::Analyst => match (operation, relation) {
            (Op::Read, _) => true,
            (Op::Record | Op::ReadGrants, Own(_)) => true,
            (Op::Edit | Op::Label | Op::Grant, Own(state)) => state == State::Draft,
            (Op::Publish | Op::Revoke | Op::Retract | Op::Import | Op::ProposeProfile | Op::ApproveProfile, _)
            | (_, Others) => false,
        },
        Role::AccountHolder => match (operation, relation) {
            (Op::Read, _) | (Op::ReadGrants, Own(_)) => true,
            (_, Own(_) | Others) => false,
        },
        Role::DataSteward => match (operation, relation) {
            (Op::Read, _) => true,
            (Op::ReadGrants | Op::ProposeProfile | Op::ApproveProfile, Own(_)) => true,
            (Op::Label | Op::Grant | Op::Revoke, Own(state)) => state != State::Retracted,
            (Op::Retract, Own(state)) => state == State::Published,
            (Op::Record | Op::Edit | Op::Publish | Op::Import, _) | (_, Others) => false,
        },
        Role::CaseSystem => match (operation, relation) {
            (Op::Read, _) => true,
            (Op::Import | Op::ProposeProfile | Op::ReadGrants, Own(_)) => true,
            (
                Op::Record
                | Op::Edit
                | Op::Publish
                | Op::Label
                | Op::Grant
                | Op::Revoke
                | Op::Retract
                | Op::ApproveProfile,
                _,
            )
            | (_, Others) => false,
        },
        Role::PrivacyOfficer | Role::Administrator | Role::Auditor => false,
    }
}
