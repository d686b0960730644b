//! What every service stands on: configuration, token verification, the Session door, the processing log, the
//! outbox, and the GraphQL kit.
//!
//! What it may not do: keep the rows of any noun of the trade; it knows what every service refers to (`reference`). Where to start: [`session`], the one door to shared data; then
//! [`log`], why an answer waits; then [`graphql`], how a request becomes a session.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]

pub mod check;
pub mod clock;
pub mod config;
pub mod database;
pub mod edge;
pub mod fault;
pub mod graphql;
pub mod ids;
pub mod log;
pub mod migrate;
pub mod outbox;
pub mod pseudonym;
pub mod reference;
pub mod root;
pub mod sensitive;
pub mod session;
pub mod sql;
pub mod tables;
pub mod text;
pub mod token;
mod trouble;
pub mod working_days;

pub use clock::Clock;
pub use database::Database;
pub use fault::{Code, Fault, Language};
pub use pseudonym::PseudonymKey;
pub use root::Root;
pub use session::{
    Breakable, Derived, Detail, Directory, Glimpse, Kept, Loaded, Owned, Part, Platform, Protected, Reader, Reference,
    Seen, Session, Vocabulary, Weighed, Writer,
};
