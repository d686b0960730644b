//! The federated front door.
//!
//! **What it is for.** One GraphQL endpoint for everybody outside: it plans a query over the subgraphs, fetches the
//! parts and joins them. The planner and executor are `hive-router`, embedded; everything that is specific to that
//! router stays in this crate, so that it can be exchanged: outside there is a standard supergraph and HTTP.
//!
//! **What it may not do.** It decides nothing about who may see what. It checks that a caller has a valid token (a lock
//! beside the lock: every subgraph verifies again), limits size, hands on token and purpose, and tells internal errors
//! from a caller's own. It knows none of our other crates but `telemetry`: the verifier and the subgraphs that live in this process
//! come in through [`TokenCheck`] and [`InProcessSubgraph`].
//!
//! **Where to start reading.** [`start`] (this file) → `server` (thread, listener, stop) → `config` (every router
//! setting with its reason) → `border` (the hooks a request passes) → `subgraph` (how a fetch reaches a subgraph).
//! Codes and settings in words: `docs/gateway.md`.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]
// The router's middleware types nest deeply.
#![recursion_limit = "256"]

mod aliases;
mod border;
mod config;
mod edge;
mod errors;
mod headers;
mod outermost;
mod page;
mod server;
mod settings;
mod smoke;
mod subgraph;
mod token;

pub use server::RunningGateway;
pub use settings::{CircuitBreaker, EdgeAt, GatewaySettings, Graphiql, Limits, SubgraphAt, SupergraphSource};
pub use subgraph::{InProcessReply, InProcessSubgraph, ReplyBody};
pub use token::{TokenCheck, TokenRefusal};

/// The GraphQL endpoint's path: queries, subscriptions (WebSocket and SSE) and the GraphiQL page.
pub const GRAPHQL_PATH: &str = "/graphql";

/// Starts the gateway on the given listener and answers once it serves and has been seen to refuse an anonymous call.
///
/// Must be called inside a tokio runtime: token checks and in-process subgraphs run on it. Fails when the supergraph
/// cannot be planned, when the settings contradict one another, or when an anonymous request is not refused.
pub async fn start(settings: GatewaySettings) -> anyhow::Result<RunningGateway> {
    settings.check()?;
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // A provider that somebody installs in between serves as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    let running = server::run(settings).await?;
    smoke::anonymous_is_refused(running.address()).await?;
    Ok(running)
}
