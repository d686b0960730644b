//! Reading the registry: every load takes many keys at once and goes through the Session door. One file per noun.
//!
//! [`party`] and [`site`] need a role that reads content; the others ([`organisation`], [`circle`], vocabularies) answer
//! every role. The entities stay in here.

pub mod category;
pub mod circle;
pub mod legal_basis;
pub mod organisation;
pub mod party;
pub mod region;
pub(crate) mod rows;
pub mod site;
