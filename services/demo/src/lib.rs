//! demo
pub mod provider;
