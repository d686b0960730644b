//! The command line: one subcommand per thing that can be done.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::admin::AdminArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::export::ExportArgs;
use crate::commands::found::FoundArgs;
use crate::commands::gateway::GatewayArgs;
use crate::commands::import::ImportArgs;
use crate::commands::migrate::MigrateArgs;
use crate::commands::schema::SchemaArgs;
use crate::commands::serve::ServeArgs;
use crate::commands::sign_in::{SignInArgs, SignOutArgs};
use crate::commands::token::TokenArgs;
use crate::commands::whoami::WhoamiArgs;

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
    /// Run the whole platform on this machine, with synthetic data
    Demo(DemoArgs),
    /// Serve one service as a process of its own
    Serve(ServeArgs),
    /// Serve the federated API in front of services that are processes of their own
    Gateway(GatewayArgs),
    /// Bring the database to the tables of this version
    Migrate(MigrateArgs),
    /// Give a new platform its first organisation, with two administrators
    Found(FoundArgs),
    /// Let organisations, accounts and circles join and leave, over the API
    Admin(AdminArgs),
    /// Sign in with the browser, for the commands that follow
    SignIn(SignInArgs),
    /// Forget the sign-in, and have the provider withdraw it
    SignOut(SignOutArgs),
    /// Say who is signed in, with which roles and purposes
    Whoami(WhoamiArgs),
    /// Print an access token of a running demo
    Token(TokenArgs),
    /// Bring a file of a case system to the platform, over its API
    Import(ImportArgs),
    /// Take what one may see into a file, over the API
    Export(ExportArgs),
    /// Print a part of the graph, or the composed whole, as SDL
    Schema(SchemaArgs),
    /// Check the configuration and whether the platform answers
    Doctor(DoctorArgs),
}

impl Command {
    /// The name under which a collector knows the process, if it serves; a command that ends at once tells it nothing.
    pub fn process(&self) -> Option<String> {
        match self {
            Self::Demo(_) => Some("samenzicht-demo".to_owned()),
            Self::Serve(args) => Some(format!("samenzicht-{}", args.service.name)),
            Self::Gateway(_) => Some("samenzicht-gateway".to_owned()),
            _ => None,
        }
    }
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
