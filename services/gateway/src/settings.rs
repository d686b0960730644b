//! What the caller decides. How it becomes router settings: `config`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::{InProcessSubgraph, TokenCheck};

/// Everything that [`crate::start`] needs. Begin with [`GatewaySettings::new`] and change fields.
pub struct GatewaySettings {
    /// Bound already, so that port 0 works and the real address is known before anything starts.
    pub listener: TcpListener,
    /// The composed graph.
    pub supergraph: SupergraphSource,
    /// Where the subgraphs are; overrides the addresses written in the supergraph.
    pub subgraphs: Vec<SubgraphAt>,
    /// Subgraphs of this process, called without a socket. Each still needs a [`SubgraphAt`] when it has subscriptions
    /// or is joined into one: the router has no in-process way for those.
    pub in_process: Vec<(String, Arc<dyn InProcessSubgraph>)>,
    /// Where the edges beside the graph are, plain HTTP under `/v1`; `None` serves none.
    pub edges: Option<EdgeAt>,
    /// Decides whether a caller's token is good.
    pub verifier: Arc<dyn TokenCheck>,
    /// Origins whose pages may call the gateway; empty means none but its own.
    pub cors_origins: Vec<String>,
    /// Whether the schema may be read through queries.
    pub introspection: bool,
    /// The page for people at `GET /graphql`; `None` serves none.
    pub graphiql: Option<Graphiql>,
    /// Upper bounds of one request.
    pub limits: Limits,
    /// How long one fetch from one subgraph may take, answer read to the end.
    pub subgraph_timeout: Duration,
    /// The same for a change: longer, for a change that is given up leaves its caller in doubt whether it was made.
    pub change_timeout: Duration,
    /// When a failing subgraph is left alone for a while.
    pub circuit_breaker: CircuitBreaker,
    /// How long open requests may go on after [`crate::RunningGateway::stop`].
    pub shutdown_timeout: Duration,
    /// Threads that serve; `None` takes one per core.
    pub workers: Option<usize>,
}

/// Where the composed graph comes from.
#[derive(Debug, Clone)]
pub enum SupergraphSource {
    /// The text itself; never changes while running.
    Text(String),
    /// A file, read again every `poll`; a broken new version keeps the old one serving.
    File {
        /// The file's path.
        path: PathBuf,
        /// How often it is looked at.
        poll: Duration,
    },
}

/// Where one subgraph is reached.
#[derive(Debug, Clone)]
pub struct SubgraphAt {
    /// Its name in the supergraph.
    pub name: String,
    /// For queries and mutations, such as `http://127.0.0.1:4101/graphql`.
    pub url: String,
    /// For subscriptions over `graphql-transport-ws`, such as `ws://127.0.0.1:4101/ws`; must be on the same host and
    /// port as `url`. `None`: the subgraph has no subscriptions.
    pub ws_url: Option<String>,
}

/// Where the service is that answers the edges.
#[derive(Debug, Clone)]
pub struct EdgeAt {
    /// Host and port, such as `127.0.0.1:4102`.
    pub authority: String,
}

/// The GraphiQL page: what stands in its editor and headers pane at first.
#[derive(Debug, Clone, Default)]
pub struct Graphiql {
    /// The query in the editor.
    pub query: String,
    /// The headers pane, as JSON text; no secrets outside a demo, the page is open to anybody.
    pub headers: String,
    /// Further tabs: query and headers of each.
    pub tabs: Vec<(String, String)>,
    /// A folder with the page's four files (`infra/graphiql` fetches them). `None` takes the same versions from a public
    /// content network, checked by their hash.
    pub assets: Option<PathBuf>,
}

/// Upper bounds of one request; exceeding one has a stable code (`docs/gateway.md`).
#[derive(Debug, Clone)]
pub struct Limits {
    /// Nesting of fields.
    pub depth: usize,
    /// Aliases in one document.
    pub aliases: usize,
    /// Words of one document.
    pub tokens: usize,
    /// Directives in one document.
    pub directives: usize,
    /// Size of a request's body, unpacked.
    pub body_bytes: usize,
    /// Open WebSockets and event streams together.
    pub open_streams: usize,
}

impl Default for Limits {
    /// Depth 20: the deepest useful query of the model (signal → party → signals → site → party …) needs 12. Aliases and
    /// directives: generous for a hand-written query, too few to multiply work. Tokens: an import of 500 items travels in
    /// variables, so documents stay small. Body: 500 import items of 8 KiB.
    fn default() -> Self {
        Self {
            depth: 20,
            aliases: 30,
            tokens: 5_000,
            directives: 50,
            body_bytes: 4 * 1024 * 1024,
            open_streams: 1_000,
        }
    }
}

/// When a subgraph that keeps failing is no longer called.
#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    /// So many calls are looked at together.
    pub sample: usize,
    /// Share of failures, in percent, from which the circuit opens.
    pub failing_percent: u8,
    /// How long nothing is sent before it is tried again.
    pub rest: Duration,
    /// So many trial calls decide whether it closes.
    pub trials: usize,
}

impl Default for CircuitBreaker {
    /// Opens after half of 20 calls failed, tries again after 5 s: a restart of a service is noticed within seconds.
    fn default() -> Self {
        Self {
            sample: 20,
            failing_percent: 50,
            rest: Duration::from_secs(5),
            trials: 3,
        }
    }
}

impl GatewaySettings {
    /// Settings to ship: closed everywhere, no page, no introspection, 4 s per fetch and 20 s per change.
    pub fn new(listener: TcpListener, supergraph: SupergraphSource, verifier: Arc<dyn TokenCheck>) -> Self {
        Self {
            listener,
            supergraph,
            subgraphs: Vec::new(),
            in_process: Vec::new(),
            edges: None,
            verifier,
            cors_origins: Vec::new(),
            introspection: false,
            graphiql: None,
            limits: Limits::default(),
            subgraph_timeout: Duration::from_secs(4),
            change_timeout: Duration::from_secs(20),
            circuit_breaker: CircuitBreaker::default(),
            shutdown_timeout: Duration::from_secs(5),
            workers: None,
        }
    }

    /// What cannot be right, said by name before anything starts.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if let SupergraphSource::File { path, .. } = &self.supergraph {
            std::fs::metadata(path).with_context(|| format!("supergraph {} cannot be read", path.display()))?;
        }
        for at in &self.subgraphs {
            at.websocket_path()?;
        }
        if self.cors_origins.iter().any(|origin| origin == "*") {
            bail!("cors_origins: name the origins; \"*\" would let any page use a reader's rights");
        }
        if self.subgraph_timeout.is_zero() || self.change_timeout.is_zero() {
            bail!("subgraph_timeout and change_timeout: must be longer than nothing");
        }
        Ok(())
    }
}

impl SubgraphAt {
    /// The path of `ws_url`; the router builds the rest from `url`, so the two must agree.
    pub(crate) fn websocket_path(&self) -> anyhow::Result<Option<String>> {
        let Some(ws) = &self.ws_url else {
            return Ok(None);
        };
        let of = |text: &str| {
            text.parse::<http::Uri>()
                .with_context(|| format!("subgraph {}: {text} is not an address", self.name))
        };
        let (http_at, ws_at) = (of(&self.url)?, of(ws)?);
        if http_at.authority() != ws_at.authority() {
            bail!(
                "subgraph {}: {ws} must be on the same host and port as {}",
                self.name,
                self.url
            );
        }
        Ok(Some(ws_at.path().to_owned()))
    }
}
