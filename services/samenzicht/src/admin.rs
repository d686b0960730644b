//! What an administrator does over the API: one call per command, and its answer as lines for people.
//!
//! Where to start: [`call`], how a command becomes a GraphQL call; [`file`], an organisation in a file.

pub mod call;
pub mod file;
