//! `schema`: the contract as text.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::platform;

/// Prints a part of the graph, or the composed whole, as SDL.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// Which part
    #[arg(value_enum)]
    pub part: SchemaPart,
}

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaPart {
    /// The registry's part
    Registry,
    /// The signals' part
    Signals,
    /// The composed whole, as the gateway serves it
    Supergraph,
}

impl SchemaArgs {
    /// Prints it.
    pub fn run(self) -> ExitCode {
        match self.part {
            SchemaPart::Registry => print!("{}", registry::sdl()),
            SchemaPart::Signals => print!("{}", signals::sdl()),
            SchemaPart::Supergraph => print!("{}", platform::SUPERGRAPH),
        }
        ExitCode::SUCCESS
    }
}
