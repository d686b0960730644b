//! The one integration binary: a file per noun.

mod canaries;
mod coverage;
mod demo;
mod docs;
mod house;
mod import;
mod import_profile;
mod log_or_deny;
mod matrix;
mod revocation;
mod schema;
mod signal;
mod tables;
mod worlds;
