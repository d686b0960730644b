//! samenzicht
pub mod sign_in;
