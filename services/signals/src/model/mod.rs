//! The words of the trade as types: no async, no SQL.

pub mod access_request;
pub mod break_glass;
pub mod discovery;
pub mod grant;
pub mod personal;
pub mod profile;
pub mod signal;
