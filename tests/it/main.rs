//! The one integration binary: a file per noun.

mod canaries;
mod coverage;
mod docs;
mod import;
mod log_or_deny;
mod matrix;
mod revocation;
mod schema;
mod signal;
mod tables;
mod worlds;
