//! `serve`: one service as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use foundation::config::Settings;

use super::{Failure, stopped};
use crate::platform;

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

impl ServiceName {
    /// Its name in the graph and in the logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Signals => "signals",
        }
    }
}

impl ServeArgs {
    /// Serves until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let (configured, key) = match self.service {
            ServiceName::Registry => (settings.services.registry.listen, "services.registry.listen"),
            ServiceName::Signals => (settings.services.signals.listen, "services.signals.listen"),
        };
        let listener = platform::listen(self.listen.unwrap_or(configured), key)?;
        let database = platform::open(settings).await?;
        let subgraph = platform::subgraph(self.service, database.clone(), platform::verifier(settings)?);
        let address = listener.local_addr().map_err(|error| Failure::new("LISTEN", error))?;
        println!("{} at http://{address}/graphql", self.service.name());
        platform::serve(subgraph, listener, stopped()).await?;
        database.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
