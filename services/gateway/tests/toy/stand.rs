//! Puts gateway and subgraphs up for one test.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use gateway::{GatewaySettings, RunningGateway, SubgraphAt, SupergraphSource};

use super::client::Client;
use super::server::{Served, Toy};
use super::{ToyTokens, World, registry, signals};

pub const SUPERGRAPH: &str = include_str!("graph/supergraph.graphql");

/// How the gateway reaches the subgraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Sockets,
    InProcess,
}

pub const BOTH: [Shape; 2] = [Shape::Sockets, Shape::InProcess];

/// A running federation.
pub struct Stand {
    pub gateway: RunningGateway,
    pub world: Arc<World>,
    pub signals: Served,
    pub registry: Served,
}

impl Stand {
    pub async fn up(shape: Shape) -> Self {
        Self::with(shape, |_| ()).await
    }

    pub async fn with(shape: Shape, change: impl FnOnce(&mut GatewaySettings)) -> Self {
        let world = World::new();
        let of_signals = Toy {
            schema: signals::schema(world.clone()),
            world: world.clone(),
        };
        let of_registry = Toy {
            schema: registry::schema(world.clone()),
            world: world.clone(),
        };
        let signals = of_signals.clone().serve().await;
        let registry = of_registry.clone().serve().await;
        let mut settings = settings(SupergraphSource::Text(SUPERGRAPH.into()));
        settings.subgraphs = vec![
            SubgraphAt {
                name: "signals".into(),
                url: signals.url(),
                ws_url: Some(signals.ws_url()),
            },
            SubgraphAt {
                name: "registry".into(),
                url: registry.url(),
                ws_url: None,
            },
        ];
        if shape == Shape::InProcess {
            settings.in_process = vec![
                ("signals".into(), Arc::new(of_signals)),
                ("registry".into(), Arc::new(of_registry)),
            ];
        }
        change(&mut settings);
        let gateway = gateway::start(settings).await.expect("the gateway starts");
        Self {
            gateway,
            world,
            signals,
            registry,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.gateway.address())
    }

    /// A caller with a good token and a purpose.
    pub fn client(&self) -> Client {
        Client::new(self.url())
            .header("authorization", "Bearer good-ilt.analyst")
            .header("samenzicht-purpose", "toezicht")
    }

    /// A caller without any header.
    pub fn nobody(&self) -> Client {
        Client::new(self.url())
    }
}

/// Settings on a port of its own, quick to stop.
pub fn settings(supergraph: SupergraphSource) -> GatewaySettings {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = GatewaySettings::new(listener, supergraph, Arc::new(ToyTokens));
    settings.introspection = true;
    settings.workers = Some(1);
    settings.shutdown_timeout = Duration::from_secs(1);
    settings.subgraph_timeout = Duration::from_secs(2);
    settings
}
