//! What the tests of several rooms share.
//!
//! Where to start: [`postgres`], a throwaway cluster with a database per test.

pub mod postgres;
