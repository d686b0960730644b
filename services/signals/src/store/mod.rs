//! The only place that knows rows. Everything here goes through the Session door.
//!
//! What every labelled root has is foundation's: who sees a signal, its grants, how it moves through its life.

pub mod access_request;
pub mod break_glass;
pub mod discovery;
pub mod hold;
pub mod import;
pub mod inbox;
pub mod list;
mod names;
pub mod number;
pub mod profile;
pub mod receipt;
mod rows;
pub mod search;
pub mod signal;
pub mod sweep;

pub use foundation::root::{GrantRow, lookup, sharing as grant};
pub use rows::signal::Model as SignalRow;
