//! The one integration binary: a file per noun.

mod bad_input;
mod canaries;
mod coverage;
mod demo;
mod docs;
mod duplicate;
mod duplicates;
mod house;
mod import;
mod import_profile;
mod live;
mod log_or_deny;
mod matrix;
mod merge;
mod party_search;
mod processes;
mod provenance;
mod revocation;
mod schema;
mod signal;
mod tables;
mod worlds;
