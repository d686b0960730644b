//! The one binary: reads the command line and the configuration, and runs one command.

use std::process::ExitCode;

use clap::Parser;
use foundation::config::Settings;
use samenzicht::cli::{Cli, Command};
use samenzicht::commands::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = Settings::load(cli.config.as_deref());
    match cli.command {
        Command::Import(args) => args.run(&settings?).await,
        Command::Token(args) => args.run(settings?).await,
        Command::Doctor(args) if args.print_defaults() => Ok(ExitCode::SUCCESS),
        Command::Doctor(args) => Ok(args.run(&settings?).await),
    }
}
