//! samenzicht: the one binary as a library.
//!
//! [`cli`] says what can be done, [`commands`] does it, [`platform`] puts the rooms together, [`services`] is the table
//! of them. Clients of the API ([`api`]): [`import`] brings a case system's file, [`export`] takes what one may
//! see into one, [`admin`] lets others join and leave;
//! [`account`] says as whom, [`sign_in`] how a command signs in.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The router's types nest deeply.
#![recursion_limit = "256"]

pub mod account;
pub mod admin;
pub mod api;
pub mod cli;
pub mod commands;
pub mod export;
pub mod import;
pub mod platform;
pub mod services;
pub mod sign_in;
pub mod stop;
pub mod telemetry;
