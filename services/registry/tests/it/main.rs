//! The registry on both databases, asked as callers ask it.

#[path = "../../../../tests/src/postgres.rs"]
mod postgres;

mod answers;
mod masks;
mod second_lock;
mod seeds;
mod world;
