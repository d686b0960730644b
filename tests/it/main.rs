//! The one integration binary: a file per noun.

mod demo;
mod docs;
mod import;
mod import_profile;
mod schema;
mod signal;
mod tables;
