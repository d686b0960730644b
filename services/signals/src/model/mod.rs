//! The words of the trade as types: no async, no SQL.

pub use foundation::root::grant;

pub mod access_request;
pub mod beside;
pub mod break_glass;
pub mod change;
pub mod confirmation;
pub mod count;
pub mod discovery;
pub mod evidence;
pub mod feedback;
pub mod fields;
pub mod filter;
pub mod follow_up;
pub mod inbox;
pub mod link;
pub mod period;
pub mod profile;
pub mod proposal;
pub mod provenance;
pub mod reliability;
pub mod saved_search;
pub mod signal;
pub mod theme;
pub mod triage;
