//! The harness of the tests: what they share. The tests themselves are in `it/`, one file per noun.
//!
//! Where to start: [`world`], a small platform with people in it; [`postgres`], a throwaway cluster.

pub mod bulk;
pub mod dirty;
pub mod eavesdrop;
pub mod fake_api;
pub mod postgres;
pub mod service;
pub mod world;
