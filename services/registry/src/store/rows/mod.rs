//! Rows, one file per table; visible to the store and to the seed alone.

pub mod category;
pub mod domain;
pub mod duplicate_dismissal;
pub mod duplicate_proposal;
pub mod party;
pub mod party_alias;
pub mod party_custodian;
pub mod party_identifier;
pub mod party_name;
pub mod party_personal;
pub mod party_trade_name;
pub mod party_trigram;
pub mod party_trigram_count;
pub mod safety_region;
pub mod site;
pub mod site_identifier;
pub mod site_personal;
pub mod site_place;
