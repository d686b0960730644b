//! The words of the trade as types: no async, no SQL.

pub use foundation::root::grant;

pub mod profile;
pub mod provenance;
pub mod reliability;
pub mod signal;
