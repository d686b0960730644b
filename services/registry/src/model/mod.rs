//! The words of the registry as types: who and what exists. Pure: no SQL, no async, no clock.
//!
//! A [`Code`](code::Code), a [`RegionCode`](region::RegionCode) or an [`Identifier`](identifier::Identifier) that exists
//! has been checked; what is built of several values has a `check`. Where to start: [`organisation`], then
//! [`account`] (who acts), [`circle`] (who acts together) and [`party`] (whom it is about).

pub mod account;
pub mod address;
pub mod admission;
pub mod alias;
pub mod category;
pub mod census;
pub mod circle;
pub mod code;
pub mod contact;
pub mod covenant;
pub mod decision;
pub mod duplicate;
pub mod identifier;
pub mod law;
pub mod legal_basis;
pub mod mandate;
pub mod name;
pub mod near;
pub mod notice;
pub mod organisation;
pub mod party;
pub mod purpose;
pub mod region;
pub mod relation;
pub mod sector;
pub mod site;
pub mod supervision_level;
pub mod wanted;

/// A value that does not fit its meaning: what it should be, what was given, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{value}' is no {meant}: {mend}")]
pub struct Misfit {
    /// What the value should have been, in the words of the trade.
    pub meant: &'static str,
    /// The value as given.
    pub value: String,
    /// What would make it fit.
    pub mend: String,
}

impl Misfit {
    /// Builds the misfit; `mend` completes the sentence "it …".
    pub fn new(meant: &'static str, value: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            meant,
            value: value.into(),
            mend: mend.into(),
        }
    }
}
