//! `gateway`: the federated front door as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

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
