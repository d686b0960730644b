//! What only the demo needs: [`story`], the synthetic data that it starts with, and [`provider`], its own sign-in,
//! which refuses to run anywhere else; [`load`], [`play`] and [`deeds`] put the story into the platform.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]

pub mod deeds;
pub mod load;
pub mod play;
pub mod provider;
pub mod secret;
pub mod story;
