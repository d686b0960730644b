//! The one integration binary: a file per noun.

mod demo;
mod import;
mod schema;
mod signal;
