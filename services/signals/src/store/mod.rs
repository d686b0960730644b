//! The only place that knows rows. Everything here goes through the Session door.

pub mod feed;
pub mod grant;
pub mod hold;
pub mod import;
pub mod list;
pub mod lookup;
pub mod number;
pub mod profile;
pub mod receipt;
mod rows;
pub mod search;
pub mod signal;
pub mod sweep;

pub use rows::signal::Model as SignalRow;
pub use rows::signal_grant::Model as GrantRow;
