//! The words of the trade as types: no async, no SQL.

pub mod count;
pub mod filter;
pub mod grant;
pub mod period;
pub mod profile;
pub mod provenance;
pub mod reliability;
pub mod signal;

pub use foundation::sensitive as personal;
