//! How the rooms are put together: databases, subgraphs, verifier and gateway, for one process or several.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use foundation::config::Settings;
use foundation::graphql::Subgraph;
use foundation::graphql::executor::refusal;
use foundation::token::Verifier;
use foundation::{Database, Language};
use futures::future::BoxFuture;
use gateway::{InProcessReply, InProcessSubgraph, ReplyBody, SubgraphAt, TokenCheck, TokenRefusal};

use crate::commands::Failure;
use crate::services::Service;

/// The composed graph that this binary was built with.
pub const SUPERGRAPH: &str = include_str!("../../../schema/graph/supergraph.graphql");

/// Opens the configured database.
///
/// # Errors
/// What is wrong, and how to mend it.
pub async fn open(settings: &Settings) -> Result<Database, Failure> {
    open_at(settings.database.url.expose(), settings).await
}

/// Opens a database by its address.
///
/// # Errors
/// What is wrong, and how to mend it.
pub async fn open_at(url: &str, settings: &Settings) -> Result<Database, Failure> {
    let connections = if url.starts_with("sqlite:") {
        settings.database.read_connections
    } else {
        settings.database.pool_size
    };
    Database::open(url, connections)
        .await
        .map_err(|error| Failure::new("DATABASE", error))
}

/// The verifier of the configured issuers.
///
/// # Errors
/// Which setting is wrong.
pub fn verifier(settings: &Settings) -> Result<Verifier, Failure> {
    if settings.identity.issuers.is_empty() {
        let mend = "identity.issuers is empty: name at least one issuer whose tokens are trusted";
        return Err(Failure::new("CONFIGURATION", mend));
    }
    Verifier::new(settings.identity.clone()).map_err(|error| Failure::new("CONFIGURATION", format!("identity.{error}")))
}

/// Serves a subgraph on a socket until the word to stop, and does meanwhile what its service does by itself.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    subgraph: Arc<dyn Subgraph>,
    listener: TcpListener,
    upkeep: Duration,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure::new("LISTEN", error);
    listener.set_nonblocking(true).map_err(fault)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(fault)?;
    let service = Service::named(subgraph.name());
    let edges = service
        .and_then(|service| service.edges)
        .map(|edges| edges(subgraph.clone()));
    let upkeep = service.and_then(|service| service.keep(subgraph.platform(), upkeep));
    let routes = foundation::graphql::serve::routes(subgraph).merge(edges.unwrap_or_default());
    let served = axum::serve(listener, routes).with_graceful_shutdown(stop).await;
    if let Some(upkeep) = upkeep {
        upkeep.abort();
    }
    served.map_err(fault)
}

/// How long whoever is connected may take nothing of what is sent: then the connection is closed. A subscriber that does
/// not read would else hold its place for ever, and its events in the router's memory.
const TAKES_NOTHING: Duration = Duration::from_secs(20);

/// Listens on an address.
///
/// # Errors
/// Names the address and what stands in the way.
pub fn listen(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).and_then(|listener| {
        impatient(&listener)?;
        Ok(listener)
    });
    listener.map_err(|error| {
        Failure::new(
            "LISTEN",
            format!("{address} cannot be listened on ({error}): choose another for {key}"),
        )
    })
}

/// The system closes what is accepted here once nothing was taken for so long. Elsewhere than on Linux nobody does.
#[cfg(target_os = "linux")]
fn impatient(listener: &TcpListener) -> std::io::Result<()> {
    socket2::SockRef::from(listener).set_tcp_user_timeout(Some(TAKES_NOTHING))
}

#[cfg(not(target_os = "linux"))]
fn impatient(_: &TcpListener) -> std::io::Result<()> {
    let _ = TAKES_NOTHING;
    Ok(())
}

/// Where a subgraph on a socket is reached.
pub fn at(name: &str, address: SocketAddr) -> SubgraphAt {
    SubgraphAt {
        name: name.to_owned(),
        url: format!("http://{address}/graphql"),
        ws_url: Some(format!("ws://{address}/ws")),
    }
}

/// A subgraph of this process, as the gateway calls it.
pub struct InProcess(pub Arc<dyn Subgraph>);

impl InProcessSubgraph for InProcess {
    fn execute(&self, headers: http::HeaderMap, request: async_graphql::Request) -> BoxFuture<'static, InProcessReply> {
        let subgraph = self.0.clone();
        Box::pin(async move {
            let reply = subgraph.execute(&headers, request).await;
            let body = ReplyBody::Response(Box::new(reply.response));
            InProcessReply {
                status: reply.status,
                headers: http::HeaderMap::new(),
                body,
            }
        })
    }
}

/// The one verifier, as the gateway asks it.
pub struct Check(pub Verifier);

impl TokenCheck for Check {
    fn check(&self, headers: http::HeaderMap) -> BoxFuture<'static, Result<(), TokenRefusal>> {
        let verifier = self.0.clone();
        Box::pin(async move {
            let refused = match verifier.verify(&headers).await {
                Ok(_) => return Ok(()),
                Err(refused) => refused,
            };
            let (status, fault) = refusal(&refused);
            let language = headers
                .get(http::header::ACCEPT_LANGUAGE)
                .and_then(|value| value.to_str().ok());
            let message = fault.sentence(Language::from_header(language));
            Err(TokenRefusal {
                status,
                code: fault.code().name().to_owned(),
                message,
            })
        })
    }
}
