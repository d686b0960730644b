//! The one integration binary: a file per noun.

mod bad_input;
mod demo;
mod docs;
mod house;
mod import;
mod import_profile;
mod live;
mod processes;
mod schema;
mod signal;
mod tables;
