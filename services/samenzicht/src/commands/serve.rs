//! `serve`: one service as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use clap::builder::TypedValueParser;
use foundation::Clock;
use foundation::config::Settings;

use super::{Failure, stopped};
use crate::platform;
use crate::services::{Service, parser};

/// Serves one service's part of the graph as a process of its own.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Which service
    #[arg(value_parser = parser(&[]).try_map(|name| Service::named(&name).ok_or("no such service")))]
    pub service: &'static Service,
    /// Address and port [default: services.<name>.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

impl ServeArgs {
    /// Serves until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let service = self.service;
        let address = self.listen.unwrap_or_else(|| (service.listen)(settings));
        let listener = platform::listen(address, &format!("services.{}.listen", service.name))?;
        let database = platform::open(settings).await?;
        let (verifier, pseudonyms) = (platform::verifier(settings)?, settings.pseudonyms.key.clone());
        let subgraph = service.on(database.clone(), Clock::System, verifier, pseudonyms);
        let address = listener.local_addr().map_err(|error| Failure::new("LISTEN", error))?;
        println!("{} at http://{address}/graphql", service.name);
        platform::serve(subgraph, listener, settings.retention.every(), stopped()).await?;
        database.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
