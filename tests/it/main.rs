//! The one integration binary: a file per noun.

mod docs;
mod import;
mod schema;
mod signal;
mod tables;
