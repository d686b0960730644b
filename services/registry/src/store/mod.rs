//! Reading and changing the registry, through the Session door; every load takes many keys at once. One file per noun.
//!
//! [`party`] and [`site`] need a role that reads content; the others ([`organisation`], [`circle`], vocabularies) answer
//! every role, and [`account`] those who keep accounts. [`find`] keeps up what parties are found by, [`duplicate`] proposes
//! which may be one, [`alias`] merges them. The entities stay in here.

pub mod account;
pub mod alias;
pub mod category;
pub mod certificate_holder;
pub mod circle;
pub mod contact;
pub(crate) mod covenant;
pub mod decision;
pub mod duplicate;
pub mod find;
pub mod hold;
pub mod holder;
pub mod legal_basis;
pub mod mandate;
pub mod notice;
pub mod organisation;
pub mod party;
pub mod purpose;
pub mod region;
pub mod relation;
pub mod role;
pub(crate) mod rows;
pub mod sector;
pub mod site;
pub(crate) mod supervision_level;
pub mod sweep;

pub(crate) use rows::covenant::Model as CovenantRow;
pub(crate) use rows::supervision_level::Model as LevelRow;
mod window;
