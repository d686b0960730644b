//! Reference data as rows: who may do what (`access`), and what the registry shows to every service (`reference`).
//! Not narrowed by the door: every caller with a content role may see it, and what is a `Vocabulary` every caller.
//! Only the registry writes it.

pub mod account;
pub mod account_circle;
pub mod account_purpose;
pub mod alias;
pub mod category;
pub mod channel;
pub mod circle;
pub mod circle_member;
pub mod circle_purpose;
pub mod legal_basis;
pub mod organisation;
pub mod party;
pub mod purpose;
pub mod role_assignment;
pub mod safety_region;
pub mod site;
pub mod trade_name;
