//! The only place that knows rows. Everything here goes through the Session door.
//!
//! What every labelled root has is foundation's: who sees a signal, its grants, how it moves through its life.

pub mod import;
pub mod list;
pub mod number;
pub mod profile;
mod rows;
pub mod search;
pub mod signal;

pub use foundation::root::{GrantRow, lookup, sharing as grant};
pub use rows::signal::Model as SignalRow;
