//! The one binary: reads the command line and the configuration, and runs one command.

#![recursion_limit = "256"]

use std::process::ExitCode;

use clap::Parser;
use foundation::config::Settings;
use samenzicht::cli::{Cli, Command};
use samenzicht::commands::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    foundation::token::install_cryptography();
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = match cli.command {
        Command::Schema(args) => return Ok(args.run()),
        Command::Doctor(args) if args.print_defaults() => return Ok(ExitCode::SUCCESS),
        _ => Settings::load(cli.config.as_deref())?,
    };
    let telemetry = samenzicht::telemetry::start(&settings, cli.command.process())?;
    let end = command(cli.command, &settings).await;
    telemetry.stop().await;
    end
}

async fn command(command: Command, settings: &Settings) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(args) => args.run(settings).await,
        Command::Serve(args) => args.run(settings).await,
        Command::Gateway(args) => args.run(settings).await,
        Command::Migrate(args) => args.run(settings).await,
        Command::Found(args) => args.run(settings).await,
        Command::Admin(args) => args.run(settings).await,
        Command::SignIn(args) => args.run(settings).await,
        Command::SignOut(args) => args.run(settings).await,
        Command::Whoami(args) => args.run(settings).await,
        Command::Token(args) => args.run(settings).await,
        Command::Import(args) => args.run(settings).await,
        Command::Export(args) => args.run(settings).await,
        Command::Doctor(args) => Ok(args.run(settings).await),
        Command::Schema(args) => Ok(args.run()),
    }
}
