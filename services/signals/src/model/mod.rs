//! The words of the trade as types: no async, no SQL.

pub mod grant;
pub mod profile;
pub mod signal;

pub use foundation::sensitive as personal;
