//! samenzicht: the one binary as a library: the command line, and the import client.
//!
//! [`cli`] says what can be done, [`commands`] does it, [`import`] brings a case system's file over the API,
//! under the [`account`] that signs in by [`sign_in`].

pub mod account;
pub mod cli;
pub mod commands;
pub mod import;
pub mod sign_in;
