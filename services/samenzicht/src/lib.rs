//! samenzicht

pub mod import;
pub mod sign_in;
