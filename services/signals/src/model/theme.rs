//! A recurring theme (rode draad): what keeps coming back in several signals.
//!
//! The platform proposes, a human names. [`proposal`] finds what recurs: it takes what signals say as traits (words,
//! phrases, parties, sites, regions, category), looks for traits that come together in several signals, and tells for
//! each member which of them it shares. `docs/decisions` says why it is done so.

mod clusters;
mod profile;
pub mod proposal;
#[cfg(test)]
mod tests;
mod words;
