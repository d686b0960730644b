//! Signals (signalen): what may be wrong, unverified, and shared between inspectorates.
//!
//! `model/` holds the words of the trade as types, without async and without SQL; `store/` is the only place that
//! knows rows; `graph/` is resolvers of a line or two. The same noun names a file in each. Where to start:
//! [`model::signal`], what a signal is; then `store/signal.rs`, how each change is made in one transaction.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The futures of all changes lie in one another: one root of changes over many nouns.
#![recursion_limit = "256"]

pub mod graph;
mod http;
pub mod model;
mod store;
pub mod tables;

pub use graph::{sdl, subgraph};
pub use http::{DESCRIPTION, export_columns, exported, routes};
pub use store::sweep::sweep;
