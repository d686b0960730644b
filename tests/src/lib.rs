//! The harness of the tests: what they share. The tests themselves are in `it/`, one file per noun.

pub mod dirty;
pub mod fake_api;
