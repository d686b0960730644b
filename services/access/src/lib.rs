//! The access policy of Samenzicht, and nothing else.
//!
//! What it is for: every answer to "may this caller do this?" is given by a function of this crate.
//! What it may not do: no database, no clock, no network, no logging; everything is a parameter.
//! Where to start: [`decide()`], a plain match read from top to bottom; then [`feed()`], which says in
//! which channels a record may be seen; then [`label`], what the marks on a record mean.
//!
//! A read asks four questions and all must be yes: rank, audience, purpose, role. Rank and audience are the
//! predicate over the feed (a channel of mine, live now, of a rank I may see); purpose chooses the channels
//! that a caller has; role is decided here, before anything is looked up.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The policy is read from top to bottom: a new value is decided, never caught by a wildcard.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod caller;
pub mod channel;
pub mod decide;
pub mod feed;
pub mod label;
pub mod mask;
pub mod role;

pub use caller::{Caller, Purpose};
pub use channel::{Audience, Channel};
pub use decide::{Operation, Refusal, Relation, decide, may_ever};
pub use feed::{FeedRow, Grant, Shareable, feed};
pub use label::{Discoverable, HIGHEST_BEHIND_GLASS, Labels, Rank, State, Tlp, UseLimit};
pub use mask::{MaskReason, pseudonyms, unmask};
pub use role::{Role, Roles};

/// A moment in microseconds since 1970-01-01T00:00:00Z.
pub type Instant = i64;

/// The end of what has no end: 9999-12-31T23:59:59.999999Z. An exclusive bound like every other end.
pub const FOREVER: Instant = 253_402_300_799_999_999;
