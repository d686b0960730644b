//! A small federation to try the gateway on: two subgraphs that write down what they see, over sockets or in process.

pub mod client;
pub mod registry;
pub mod server;
pub mod signals;
pub mod stand;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gateway::{TokenCheck, TokenRefusal};

/// What both subgraphs share and a test looks at.
#[derive(Default)]
pub struct World {
    /// Field resolvers that ran, of either subgraph.
    pub resolved: AtomicUsize,
    /// Requests that a subgraph was given.
    pub requests: AtomicUsize,
    /// Of them, those with `_entities`.
    pub entity_requests: AtomicUsize,
    /// Changes and look-ups in the order in which they happened.
    pub log: Mutex<Vec<String>>,
    /// The headers that the last request of a subgraph came with, sorted.
    pub headers: Mutex<Vec<(String, String)>>,
    /// How long the registry thinks, in milliseconds.
    pub registry_delay: AtomicU64,
    /// What parties are called now.
    pub names: Mutex<std::collections::BTreeMap<String, String>>,
}

impl World {
    pub fn new() -> Arc<Self> {
        let world = Self::default();
        for (id, name) in [("p1", "Chemie BV"), ("p2", "Jeugd Stichting")] {
            world.names.lock().unwrap().insert(id.into(), name.into());
        }
        Arc::new(world)
    }

    pub fn note(&self, what: impl Into<String>) {
        self.resolved.fetch_add(1, Ordering::SeqCst);
        self.log.lock().unwrap().push(what.into());
    }

    /// Written by each subgraph for each request, before it executes.
    pub fn request(&self, headers: &http::HeaderMap, query: &str) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if query.contains("_entities") {
            self.entity_requests.fetch_add(1, Ordering::SeqCst);
        }
        let mut seen: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        seen.sort();
        *self.headers.lock().unwrap() = seen;
    }

    pub async fn think(&self) {
        let delay = self.registry_delay.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }

    pub fn resolved(&self) -> usize {
        self.resolved.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

/// Good tokens begin with `good`; the rest is the caller's name.
pub struct ToyTokens;

pub fn verdict(headers: &http::HeaderMap) -> Result<String, TokenRefusal> {
    let refuse = |code: &str, message: &str| TokenRefusal {
        status: http::StatusCode::UNAUTHORIZED,
        code: code.into(),
        message: message.into(),
    };
    let Some(value) = headers.get("authorization") else {
        return Err(refuse("TOKEN_MISSING", "Send a token."));
    };
    match value.to_str().ok().and_then(|text| text.strip_prefix("Bearer good")) {
        Some(name) => Ok(name.trim_start_matches('-').to_owned()),
        None => Err(refuse("TOKEN_INVALID", "This token is not valid.")),
    }
}

impl TokenCheck for ToyTokens {
    fn check(&self, headers: http::HeaderMap) -> futures::future::BoxFuture<'static, Result<(), TokenRefusal>> {
        Box::pin(async move {
            // Proves that the check runs on a tokio runtime with timers, whatever the router runs on.
            tokio::time::sleep(Duration::from_millis(1)).await;
            verdict(&headers).map(drop)
        })
    }
}
