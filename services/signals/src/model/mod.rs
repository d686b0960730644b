//! The words of the trade as types: no async, no SQL.

pub mod feedback;
pub mod grant;
pub mod profile;
pub mod provenance;
pub mod reliability;
pub mod signal;
pub mod theme;

pub use foundation::sensitive as personal;
