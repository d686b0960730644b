//! The words of the trade as types: no async, no SQL.

pub mod grant;
pub mod hold;
pub mod profile;
pub mod provenance;
pub mod reliability;
pub mod signal;

pub use foundation::sensitive as personal;
