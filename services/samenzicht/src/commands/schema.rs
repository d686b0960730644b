//! `schema`: the contract as text.

use std::process::ExitCode;

use clap::Args;
use clap::builder::TypedValueParser;

use crate::platform::SUPERGRAPH;
use crate::services::{Service, parser};

/// The word for the composed whole.
const WHOLE: (&str, &str) = ("supergraph", "The composed whole, as the gateway serves it");

/// Prints a part of the graph, or the composed whole, as SDL.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// Which part
    #[arg(value_parser = parser(&[WHOLE]).map(|name| SchemaPart::named(&name)))]
    pub part: SchemaPart,
}

/// What can be printed.
#[derive(Clone, Copy, Debug)]
pub enum SchemaPart {
    /// A service's part.
    Service(&'static Service),
    /// The composed whole, as the gateway serves it.
    Supergraph,
}

impl SchemaPart {
    fn named(name: &str) -> Self {
        Service::named(name).map_or(Self::Supergraph, Self::Service)
    }
}

impl SchemaArgs {
    /// Prints it.
    pub fn run(self) -> ExitCode {
        match self.part {
            SchemaPart::Service(service) => print!("{}", (service.sdl)()),
            SchemaPart::Supergraph => print!("{SUPERGRAPH}"),
        }
        ExitCode::SUCCESS
    }
}
