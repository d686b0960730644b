//! Masking: which caller sees personal values.

use crate::{Caller, Role};

/// Why a field is masked, as told to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaskReason {
    /// No role of the caller may see personal values.
    Role,
    /// The stated purpose does not allow personal data.
    Purpose,
    /// Only the owner's side may see it.
    NotOwner,
}

/// Whether the caller may see personal values of the records it can read.
///
/// # Errors
/// The reason why not: role before purpose, because a purpose can be chosen and a role cannot.
pub fn unmask(caller: &Caller) -> Result<(), MaskReason> {
    if !caller
        .roles
        .any(|role| matches!(role, Role::Inspector | Role::Coordinator))
    {
        return Err(MaskReason::Role);
    }
    if !caller.purpose.allows_personal {
        return Err(MaskReason::Purpose);
    }
    Ok(())
}

/// Whether the caller gets pseudonyms in place of the persons in records it can read.
///
/// # Errors
/// The reason why not: role before purpose, as for personal values.
pub fn pseudonyms(caller: &Caller) -> Result<(), MaskReason> {
    if !caller.roles.has(Role::Analyst) {
        return Err(MaskReason::Role);
    }
    if !caller.purpose.pseudonyms {
        return Err(MaskReason::Purpose);
    }
    Ok(())
}
