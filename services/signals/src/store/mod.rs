//! The only place that knows rows. Everything here goes through the Session door.

pub mod access_request;
pub mod break_glass;
pub mod discovery;
pub mod feed;
pub mod grant;
pub mod import;
pub mod list;
pub mod lookup;
mod names;
pub mod number;
pub mod profile;
mod rows;
pub mod search;
pub mod signal;

pub use rows::signal::Model as SignalRow;
pub use rows::signal_grant::Model as GrantRow;
