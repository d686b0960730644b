//! Reading the registry: every load takes many keys at once and goes through the Session door.
//!
//! [`party`] and [`site`] need a role that reads content; [`who`] (organisations, circles, vocabularies) answers
//! every role. The entities stay in here.

pub mod party;
pub(crate) mod rows;
pub mod site;
pub mod who;
