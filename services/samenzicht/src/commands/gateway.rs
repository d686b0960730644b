//! `gateway`: the federated front door as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use foundation::config::Settings;
use gateway::{EdgeAt, GatewaySettings, Limits, SubgraphAt, SupergraphSource};

use super::{Failure, stopped};
use crate::platform::{self, Check};
use crate::services::SERVICES;

/// Serves the federated API in front of services that are processes of their own.
#[derive(Args, Clone, Debug)]
pub struct GatewayArgs {
    /// Address and port [default: gateway.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The composed graph, followed when it changes [default: the one this binary was built with]
    #[arg(long, value_name = "FILE")]
    pub supergraph: Option<PathBuf>,
}

impl GatewayArgs {
    /// Serves until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let listener = platform::listen(self.listen.unwrap_or(settings.gateway.listen), "gateway.listen")?;
        let supergraph = match self.supergraph {
            Some(path) => SupergraphSource::File { path, poll: POLL },
            None => SupergraphSource::Text(platform::SUPERGRAPH.to_owned()),
        };
        let verifier = Arc::new(Check(platform::verifier(settings)?));
        let mut gateway = configured(GatewaySettings::new(listener, supergraph, verifier), settings);
        let subgraphs = SERVICES
            .iter()
            .map(|service| beside(service.name, (service.address)(settings)));
        gateway.subgraphs = subgraphs.collect();
        let edges = SERVICES.iter().find(|service| service.edges.is_some());
        let edges = edges.map(|service| EdgeAt::beside((service.address)(settings)));
        gateway.edges = edges
            .transpose()
            .map_err(|error| Failure::new("CONFIGURATION", format!("gateway.subgraphs: {error:#}")))?;
        let running = gateway::start(gateway)
            .await
            .map_err(|error| Failure::new("GATEWAY", format!("{error:#}")))?;
        println!(
            "the federated API at http://{}{}",
            running.address(),
            gateway::GRAPHQL_PATH
        );
        stopped().await;
        running
            .stop()
            .await
            .map_err(|error| Failure::new("GATEWAY", format!("{error:#}")))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// How often a supergraph file is looked at.
const POLL: Duration = Duration::from_secs(10);

/// The gateway's settings with what the configuration says of them.
pub fn configured(gateway: GatewaySettings, settings: &Settings) -> GatewaySettings {
    let (from, limits) = (&settings.gateway, &settings.gateway.limits);
    GatewaySettings {
        cors_origins: from.cors_origins.clone(),
        introspection: from.introspection,
        subgraph_timeout: Duration::from_secs(from.subgraph_timeout_seconds),
        limits: Limits {
            depth: limits.depth,
            tokens: limits.tokens,
            aliases: limits.aliases,
            directives: limits.directives,
            body_bytes: limits.body_bytes,
            ..Limits::default()
        },
        ..gateway
    }
}

/// A subgraph by its address; its live events are beside it.
fn beside(name: &str, url: &str) -> SubgraphAt {
    let live = url.strip_suffix("/graphql").and_then(|base| base.strip_prefix("http"));
    SubgraphAt {
        name: name.to_owned(),
        url: url.to_owned(),
        ws_url: live.map(|rest| format!("ws{rest}/ws")),
    }
}
