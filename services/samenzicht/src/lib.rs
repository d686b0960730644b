//! samenzicht: the one binary as a library.
//!
//! [`cli`] says what can be done, [`commands`] does it, [`platform`] puts the rooms together, [`services`] is the table
//! of them, [`import`] brings a case system's file over the API, [`account`] and [`sign_in`] are how a command signs in.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The router's types nest deeply.
#![recursion_limit = "256"]

pub mod account;
pub mod cli;
pub mod commands;
pub mod import;
pub mod platform;
pub mod services;
pub mod sign_in;
pub mod telemetry;
