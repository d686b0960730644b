//! The words of the trade as types: no async, no SQL.

pub mod filter;
pub mod grant;
pub mod personal;
pub mod profile;
pub mod signal;
