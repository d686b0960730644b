//! The one integration binary: a file per noun.

mod import;
mod schema;
mod signal;
