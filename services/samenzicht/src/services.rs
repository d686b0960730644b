//! The services that exist: one table, from which the commands and the tests take them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use foundation::config::Settings;
use foundation::graphql::Subgraph;
use foundation::migrate::Tables;
use foundation::tables::{ACCESS, ACCOUNTABILITY};
use foundation::token::Verifier;
use foundation::{Clock, Database, Fault, Platform, PseudonymKey};
use futures::future::BoxFuture;
use tokio::task::JoinHandle;

/// A service: its tables, its part of the graph, and where the configuration says that it is.
///
/// It logs in to PostgreSQL as `samenzicht_<name>`, which `infra/postgres/roles.sql` makes.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Its name in the graph, in the configuration and in the logs.
    pub name: &'static str,
    /// What it holds, as the command line's help says it.
    pub about: &'static str,
    /// Its own tables.
    pub tables: Tables,
    /// Its part of the graph, ready to answer.
    pub subgraph: fn(Platform, Verifier) -> Arc<dyn Subgraph>,
    /// Its part of the graph as text.
    pub sdl: fn() -> String,
    /// Its edges beside the graph, plain HTTP under `/v1`.
    pub edges: Option<fn(Arc<dyn Subgraph>) -> axum::Router>,
    /// What it does by itself from time to time; how many records it dealt with.
    pub upkeep: Option<Upkeep>,
    /// `services.<name>.listen`: where it listens as a process of its own.
    pub listen: fn(&Settings) -> SocketAddr,
    /// `gateway.subgraphs.<name>`: where the gateway finds it then.
    pub address: fn(&Settings) -> &str,
}

/// Work that a service does by itself.
pub type Upkeep = fn(Platform) -> BoxFuture<'static, Result<u64, Fault>>;

/// All services, in the order in which their tables are made.
pub static SERVICES: &[Service] = &[
    Service {
        name: "registry",
        about: "Inspectorates, accounts, circles, parties and sites",
        tables: registry::tables::REGISTRY,
        subgraph: registry::subgraph,
        sdl: registry::sdl,
        edges: None,
        upkeep: Some(|platform| Box::pin(async move { registry::sweep(&platform).await })),
        listen: |settings| settings.services.registry.listen,
        address: |settings| &settings.gateway.subgraphs.registry,
    },
    Service {
        name: "signals",
        about: "Signals",
        tables: signals::tables::SIGNALS,
        subgraph: signals::subgraph,
        sdl: signals::sdl,
        edges: Some(signals::routes),
        upkeep: Some(|platform| Box::pin(async move { signals::sweep(&platform).await })),
        listen: |settings| settings.services.signals.listen,
        address: |settings| &settings.gateway.subgraphs.signals,
    },
];

impl Service {
    /// The service of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// The service on its database; without a secret it gives no pseudonyms.
    pub fn on(
        &self,
        database: Database,
        clock: Clock,
        verifier: Verifier,
        pseudonyms: Option<PseudonymKey>,
    ) -> Arc<dyn Subgraph> {
        let platform = Platform::new(self.name, database.clone(), clock).with_pseudonyms(pseudonyms);
        platform.doorbell.listen(&database);
        (self.subgraph)(platform, verifier)
    }

    /// Begins what the service does by itself, at once and then each time that this has passed; aborting the task ends it.
    /// A round that fails is logged and tried again the next time.
    pub fn keep(&self, platform: &Platform, every: Duration) -> Option<JoinHandle<()>> {
        let (upkeep, platform) = (self.upkeep?, platform.clone());
        Some(tokio::spawn(async move {
            let mut rounds = tokio::time::interval(every);
            loop {
                rounds.tick().await;
                match upkeep(platform.clone()).await {
                    Ok(0) => {}
                    Ok(records) => tracing::info!(service = platform.service, records, "expired records are erased"),
                    Err(fault) => {
                        tracing::error!(service = platform.service, %fault, "upkeep failed; it is tried again")
                    }
                }
            }
        }))
    }
}

/// All tables, in the order in which they are made: what the services share, then each service's own.
pub fn tables() -> Vec<Tables> {
    let own = SERVICES.iter().map(|service| service.tables);
    [ACCESS, ACCOUNTABILITY].into_iter().chain(own).collect()
}

/// Reads the name of a service, or one of these further words, from the command line.
pub fn parser(further: &[(&'static str, &'static str)]) -> impl TypedValueParser<Value = String> {
    let services = SERVICES.iter().map(|service| (service.name, service.about));
    let all = services.chain(further.iter().copied());
    PossibleValuesParser::new(all.map(|(name, about)| PossibleValue::new(name).help(about)))
}
