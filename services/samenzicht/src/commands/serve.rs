//! `serve`: one service as a process of its own.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

/// Serves one service's part of the graph as a process of its own.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Which service
    #[arg(value_enum)]
    pub service: ServiceName,
    /// Address and port [default: services.<name>.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// The services that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ServiceName {
    /// Inspectorates, accounts, circles, parties and sites
    Registry,
    /// Signals
    Signals,
}
