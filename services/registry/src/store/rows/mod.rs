//! Rows, one file per table; visible to the store and to the seed alone.

pub mod account_holder;
pub mod category;
pub mod contact;
pub mod contact_personal;
pub mod covenant;
pub mod covenant_participant;
pub mod decision;
pub mod domain;
pub mod law;
pub mod mandate;
pub mod party;
pub mod party_custodian;
pub mod party_identifier;
pub mod party_personal;
pub mod party_relation;
pub mod party_sector;
pub mod party_trade_name;
pub mod safety_region;
pub mod sector;
pub mod site;
pub mod site_identifier;
pub mod site_personal;
pub mod supervision_level;
