//! registry: who and what exists — organisations, accounts, circles, purposes, legal bases; supervised
//! parties and sites, mandates, account holders, covenants and supervision levels.
//!
//! What it may not do: know of signals. Covenants and supervision levels are shared by grants as signals are; what that
//! takes is in `foundation::root`.
//! Where to start: [`model`], the words as types; then [`store`], how they are read, and [`graph`], how they are asked
//! for; [`reference`] and [`seed`] are the vocabularies that are shipped as data and how they get into the tables.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The futures of all changes lie in one another: one root of changes over many nouns.
#![recursion_limit = "256"]

pub mod graph;
pub mod model;
pub mod reference;
pub mod seed;
pub mod store;
pub mod tables;

pub use graph::{sdl, subgraph};
pub use store::sweep::sweep;
