//! samenzicht

pub mod import;
