//! Reading and changing the registry, through the Session door; every load takes many keys at once. One file per noun.
//!
//! [`party`] and [`site`] need a role that reads content; the others ([`organisation`], [`circle`], vocabularies) answer
//! every role, and [`account`] those who keep accounts. [`find`] keeps up what parties are found by, [`duplicate`] proposes
//! which may be one, [`alias`] merges them. The entities stay in here.

pub mod account;
pub mod alias;
pub mod category;
pub mod circle;
pub mod duplicate;
pub mod find;
pub mod legal_basis;
pub mod organisation;
pub mod party;
pub mod purpose;
pub mod region;
pub(crate) mod rows;
pub mod site;
