//! foundation
pub mod token;
