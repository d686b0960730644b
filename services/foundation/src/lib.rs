//! foundation
pub mod config;
