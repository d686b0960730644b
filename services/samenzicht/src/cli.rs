//! The command line: one subcommand per thing that can be done.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::doctor::DoctorArgs;
use crate::commands::import::ImportArgs;
use crate::commands::token::TokenArgs;

/// Samenzicht: what inspectorates share about those they supervise.
#[derive(Clone, Debug, Parser)]
#[command(name = "samenzicht", version, about, arg_required_else_help = true)]
#[command(after_help = "Every setting: samenzicht doctor --defaults")]
pub struct Cli {
    /// A file of settings over the built-in defaults
    #[arg(long, global = true, value_name = "FILE", env = "SAMENZICHT_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Bring a file of a case system to the platform, over its API
    Import(ImportArgs),
    /// Print an access token of a running demo
    Token(TokenArgs),
    /// Check the configuration and whether the platform answers
    Doctor(DoctorArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
