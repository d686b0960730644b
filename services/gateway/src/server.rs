//! The router's own thread, listener and end.
//!
//! The router runs on ntex, beside tokio: a thread with an ntex system of its own, which starts the serving workers. It
//! installs no subscriber and takes no signals; stopping is the caller's word.

use std::net::SocketAddr;
use std::thread;

use anyhow::{Context, anyhow};
use hive_router::background_tasks::BackgroundTasksManager;
use hive_router::config::HiveRouterConfig;
use hive_router::ntex::rt::{DefaultRuntime, System};
use hive_router::ntex::server::Server;
use hive_router::ntex::{SharedCfg, web};
use hive_router::pipeline::long_lived_client_limit::LongLivedClientLimitService;
use hive_router::pipeline::request_identifiers::RequestIdentifiersService;
use hive_router::pipeline::request_summary::RequestSummaryService;
use hive_router::plugins::plugins_service::PluginService;
use hive_router::telemetry::TelemetryContext;
use hive_router::telemetry::traces::set_tracing_enabled;
use hive_router::{
    PluginRegistry, RouterPaths, RouterSharedState, SchemaState, build_http_service_config, configure_app_from_config,
    configure_ntex_app, invoke_shutdown_hooks,
};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::border::Border;
use crate::config::router_config;
use crate::edge::{self, Edges};
use crate::outermost::Outermost;
use crate::settings::GatewaySettings;

/// A gateway that serves. Dropping it without [`RunningGateway::stop`] stops it too, but waits for nothing.
pub struct RunningGateway {
    address: SocketAddr,
    server: Server,
    ended: Option<oneshot::Receiver<anyhow::Result<()>>>,
}

impl RunningGateway {
    /// The address it serves on, with the port that the system chose for port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new connections, lets open requests finish (at most the shutdown timeout) and waits for the end.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.server.stop(true));
        self.ended().await
    }

    /// Waits until the gateway has ended by itself, which it does only when it fails.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        match self.ended.take() {
            Some(ended) => ended.await.context("the gateway's thread panicked")?,
            None => Ok(()),
        }
    }
}

impl Drop for RunningGateway {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Starts the thread and waits until it serves.
pub(crate) async fn run(settings: GatewaySettings) -> anyhow::Result<RunningGateway> {
    let address = settings.listener.local_addr().context("the listener has no address")?;
    let runtime = Handle::current();
    let (serving, started) = oneshot::channel();
    let (ending, ended) = oneshot::channel();
    thread::Builder::new()
        .name("gateway".to_owned())
        .spawn(move || {
            let end = System::build()
                .name("gateway")
                .signals(false)
                .build(DefaultRuntime)
                .block_on(serve(settings, runtime, serving));
            // Nobody may be waiting any more.
            let _ = ending.send(end);
        })
        .context("no thread for the gateway")?;
    match started.await {
        Ok(server) => Ok(RunningGateway {
            address,
            server,
            ended: Some(ended),
        }),
        Err(_) => match ended.await {
            Ok(Err(error)) => Err(error),
            _ => Err(anyhow!("the gateway ended before it served")),
        },
    }
}

/// On the gateway's thread: build, serve, clear up.
async fn serve(settings: GatewaySettings, runtime: Handle, serving: oneshot::Sender<Server>) -> anyhow::Result<()> {
    let config = router_config(&settings)?;
    Border::new(&settings, config, runtime.clone())?.hand_over();
    let edges = Edges::new(runtime.clone(), settings.verifier.clone(), settings.edges.clone());
    // The router's own spans hold addresses, agents, names and texts that callers choose; ours hold none of it.
    set_tracing_enabled(false);
    let telemetry = TelemetryContext::from_propagation_config(&config.telemetry.tracing.propagation, &config.log);
    let mut background = BackgroundTasksManager::new();
    let plugins = PluginRegistry::new().register::<Border>();
    let (shared, schema) = configure_app_from_config(config, telemetry, &mut background, plugins)
        .await
        .map_err(|error| anyhow!("the router cannot start: {error}"))?;
    let server = listen(settings, config, &shared, schema, edges)?;
    if serving.send(server.clone()).is_err() {
        drop(server.stop(false));
    }
    let end = server.await.context("serving failed");
    background.graceful_shutdown().await;
    invoke_shutdown_hooks(&shared).await;
    end
}

/// The router's layers around its handlers, on our listener.
fn listen(
    settings: GatewaySettings,
    config: &'static HiveRouterConfig,
    shared: &std::sync::Arc<RouterSharedState>,
    schema: std::sync::Arc<SchemaState>,
    edges: Edges,
) -> anyhow::Result<Server> {
    let paths = RouterPaths::new(
        config.graphql_path().to_owned(),
        config.websocket_path().map(str::to_owned),
        None,
    );
    let streams = LongLivedClientLimitService::new(config);
    let callbacks = schema.callback_subscriptions.clone();
    let shared = shared.clone();
    let mut server = web::HttpServer::new(async move || {
        web::App::new()
            .middleware(streams.clone())
            .middleware(PluginService::new(paths.clone(), None))
            .middleware(RequestSummaryService::new(&paths.graphql))
            .middleware(RequestIdentifiersService)
            .middleware(Outermost)
            .state(shared.clone())
            .state(schema.clone())
            .state(shared.telemetry_context.clone())
            .state(callbacks.clone())
            .state(edges.clone())
            .service(web::resource("/v1/{rest}*").to(edge::forward))
            .configure(|app| configure_ntex_app(app, &paths, None))
            .default_service(web::to(async || web::HttpResponse::NotFound()))
    });
    if let Some(workers) = settings.workers {
        server = server.workers(workers);
    }
    let server = server
        .config(SharedCfg::new("GATEWAY").add(build_http_service_config(config)))
        .shutdown_timeout(config.shutdown_timeout())
        .disable_signals()
        .listen(settings.listener)
        .context("the listener cannot be used")?;
    Ok(server.run())
}
