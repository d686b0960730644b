//! registry: who and what exists — organisations, accounts, circles, purposes, legal bases, supervised parties, sites.
//!
//! Where to start: [`model`], the words as types; then [`reference`], the vocabularies that are shipped as data.

pub mod model;
pub mod reference;
