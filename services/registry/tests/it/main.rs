//! The registry on both databases, asked as callers ask it.

#[path = "../../../../tests/src/postgres.rs"]
#[allow(dead_code, reason = "shared with other test binaries, which use the rest")]
mod postgres;

mod answers;
mod masks;
mod second_lock;
mod seeds;
mod world;
