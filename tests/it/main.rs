//! The one integration binary: a file per noun.

mod bad_input;
mod canaries;
mod cooperation;
mod counts;
mod coverage;
mod demo;
mod docs;
mod house;
mod import;
mod import_profile;
mod inbox;
mod joining;
mod live;
mod log_or_deny;
mod matrix;
mod party;
mod processes;
mod provenance;
mod retention;
mod revocation;
mod schema;
mod signal;
mod tables;
mod triage;
mod worlds;
