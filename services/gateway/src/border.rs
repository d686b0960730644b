//! The hooks that every request passes, in the order in which it meets them.
//!
//! 1. `on_http_request`: page, open paths, and the token check, before anything is read or parsed.
//! 2. `on_graphql_params`: the same check for operations inside a WebSocket, whose token came with `connection_init`,
//!    and for anything that slipped past 1: what was not seen to be checked is checked here.
//! 3. `on_graphql_validation`: one rule more than GraphQL's own (`aliases`).
//! 4. `on_subgraph_execute`: in this process or over HTTP, bounded in time.
//! 5. `on_graphql_error`: what of an error goes out.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use hive_router::async_trait;
use hive_router::config::HiveRouterConfig;
use hive_router::executor::executors::common::{SubgraphExecutor, SubgraphExecutorBoxedArc};
use hive_router::executor::plugins::hooks::on_graphql_error::{OnGraphQLErrorHookPayload, OnGraphQLErrorHookResult};
use hive_router::executor::plugins::hooks::on_graphql_params::{
    OnGraphQLParamsStartHookPayload, OnGraphQLParamsStartHookResult,
};
use hive_router::executor::plugins::hooks::on_graphql_validation::{
    OnGraphQLValidationStartHookPayload, OnGraphQLValidationStartHookResult,
};
use hive_router::executor::plugins::hooks::on_http_request::{OnHttpRequestHookFuture, OnHttpRequestHookPayload};
use hive_router::executor::plugins::hooks::on_plugin_init::{OnPluginInitPayload, OnPluginInitResult};
use hive_router::executor::plugins::hooks::on_subgraph_execute::{
    OnSubgraphExecuteStartHookPayload, OnSubgraphExecuteStartHookResult,
};
use hive_router::executor::plugins::hooks::on_supergraph_load::{Supergraph, SupergraphOptions};
use hive_router::executor::plugins::plugin_trait::{RouterPlugin, StartHookPayload};
use hive_router::ntex::http::{HeaderMap, Method, Response, header};
use hive_router::ntex::web::{DefaultError, WebRequest};
use tokio::runtime::Handle;
use tracing::Instrument;

use crate::aliases::KeysAreNoAliases;
use crate::headers::{EXPOSED, text, to_http};
use crate::page::Page;
use crate::settings::{GatewaySettings, SupergraphSource};
use crate::subgraph::{AbortOnDrop, Bounded, InProcess, Patience};
use crate::{GRAPHQL_PATH, TokenCheck, TokenRefusal, errors};

/// The name under which the router knows these hooks.
pub(crate) const PLUGIN: &str = "samenzicht";

/// Everything the hooks need, gathered before the router starts.
pub(crate) struct Border {
    runtime: Handle,
    verifier: Arc<dyn TokenCheck>,
    supergraph: Option<Arc<Supergraph>>,
    aliases: KeysAreNoAliases,
    in_process: HashMap<String, SubgraphExecutorBoxedArc>,
    patience: Patience,
    page: Option<Page>,
    cors_origins: Vec<String>,
}

/// Set on a request whose token the first hook found good.
struct TokenSeen;

/// What the first hook does with a request.
enum Door {
    /// Needs no token here.
    Open,
    /// Its token is good.
    Known,
    /// Is answered at once.
    Answered(Response),
}

thread_local! {
    // The router makes its plugins itself, from a type; this carries ours to it, on the thread that builds the router.
    static NEXT: RefCell<Option<Border>> = const { RefCell::new(None) };
}

impl Border {
    pub(crate) fn new(settings: &GatewaySettings, config: &HiveRouterConfig, runtime: Handle) -> anyhow::Result<Self> {
        let page = settings.graphiql.as_ref().map(Page::new).transpose()?;
        let text = supergraph_text(&settings.supergraph)?;
        let planned = supergraph(&text, config)?;
        Ok(Self {
            in_process: in_process(settings, &runtime)?,
            runtime,
            verifier: settings.verifier.clone(),
            supergraph: matches!(settings.supergraph, SupergraphSource::Text(_)).then(|| Arc::new(planned)),
            aliases: KeysAreNoAliases::of(&text),
            patience: patience(settings),
            page,
            cors_origins: settings.cors_origins.clone(),
        })
    }

    /// Hands the border to the router that is built next on this thread.
    pub(crate) fn hand_over(self) {
        NEXT.with(|next| next.borrow_mut().replace(self));
    }

    async fn door(&self, request: &WebRequest<DefaultError>) -> Door {
        let (path, headers) = (request.path(), request.headers());
        let below = path
            .strip_prefix(GRAPHQL_PATH)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let Some(below) = below else {
            return Door::Open;
        };
        if request.method() == Method::GET
            && let Some(page) = &self.page
            && let Some(response) = page.answer(below, text(headers, "accept"))
        {
            return Door::Answered(response);
        }
        if self.is_preflight(request) || is_upgrade(headers) {
            return Door::Open;
        }
        match self.check(headers).await {
            Ok(()) => Door::Known,
            Err(refusal) => Door::Answered(self.refuse(&refusal, headers)),
        }
    }

    /// Browsers ask first, without any header of ours; only where some origin is allowed at all.
    fn is_preflight(&self, request: &WebRequest<DefaultError>) -> bool {
        request.method() == Method::OPTIONS
            && !self.cors_origins.is_empty()
            && request.headers().contains_key(header::ORIGIN)
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    async fn check(&self, headers: &HeaderMap) -> Result<(), TokenRefusal> {
        let check = self.verifier.check(to_http(headers)).in_current_span();
        AbortOnDrop(self.runtime.spawn(check)).await.unwrap_or_else(|error| {
            tracing::error!(%error, "token check panicked");
            Err(TokenRefusal {
                status: http::StatusCode::SERVICE_UNAVAILABLE,
                code: "INTERNAL".to_owned(),
                message: errors::MASKED.to_owned(),
            })
        })
    }

    /// A refusal is readable for pages of allowed origins too: else a browser hides why.
    fn refuse(&self, refusal: &TokenRefusal, headers: &HeaderMap) -> Response {
        telemetry::metrics::refused(errors::GATEWAY, &refusal.code);
        let mut response = refusal.response(text(headers, "accept"));
        let origin = text(headers, "origin");
        if self.cors_origins.iter().any(|allowed| allowed == origin)
            && let Some(value) = headers.get(header::ORIGIN)
        {
            let out = response.headers_mut();
            out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value.clone());
            out.insert(header::VARY, header::HeaderValue::from_static("Origin"));
            out.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                header::HeaderValue::from_static(EXPOSED),
            );
        }
        response
    }
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    text(headers, "upgrade").eq_ignore_ascii_case("websocket")
}

fn patience(settings: &GatewaySettings) -> Patience {
    Patience {
        fetch: settings.subgraph_timeout,
        change: settings.change_timeout,
    }
}

fn in_process(
    settings: &GatewaySettings,
    runtime: &Handle,
) -> anyhow::Result<HashMap<String, SubgraphExecutorBoxedArc>> {
    settings
        .in_process
        .iter()
        .map(|(name, subgraph)| {
            let endpoint = format!("in-process://{name}")
                .parse()
                .with_context(|| format!("{name} cannot be a subgraph's name"))?;
            let executor = InProcess {
                name: name.clone(),
                endpoint,
                subgraph: subgraph.clone(),
                runtime: runtime.clone(),
                patience: patience(settings),
            };
            Ok((name.clone(), executor.to_boxed_arc()))
        })
        .collect()
}

fn supergraph_text(source: &SupergraphSource) -> anyhow::Result<Cow<'_, str>> {
    match source {
        SupergraphSource::Text(text) => Ok(Cow::Borrowed(text)),
        SupergraphSource::File { path, .. } => std::fs::read_to_string(path)
            .map(Cow::Owned)
            .with_context(|| format!("supergraph {} cannot be read", path.display())),
    }
}

/// The graph of a text, with the router's settings for it. A file is the router's own to load and watch; it is planned
/// here too, so that a broken one is said at start.
fn supergraph(text: &str, config: &HiveRouterConfig) -> anyhow::Result<Supergraph> {
    let mut options = SupergraphOptions::default();
    options.traffic_shaping = (&config.traffic_shaping).into();
    options.override_subgraph_urls = config.override_subgraph_urls.clone();
    options.headers = config.headers.clone();
    options.subscriptions = (&config.subscriptions).into();
    options.error_masking = config.error_masking.clone();
    Supergraph::from_sdl("samenzicht", text, options)
        .map_err(|error| anyhow::anyhow!("the supergraph cannot be planned: {error}"))
}

#[async_trait]
impl RouterPlugin for Border {
    type Config = serde_json::Value;

    fn plugin_name() -> &'static str {
        PLUGIN
    }

    fn on_plugin_init(payload: OnPluginInitPayload<Self>) -> OnPluginInitResult<Self> {
        let border = NEXT
            .with(|next| next.borrow_mut().take())
            .ok_or("the border was not handed over on this thread")?;
        payload.initialize_plugin(border)
    }

    fn on_http_request<'req>(&'req self, payload: OnHttpRequestHookPayload<'req>) -> OnHttpRequestHookFuture<'req> {
        Box::pin(async move {
            match self.door(&payload.router_http_request).await {
                Door::Answered(response) => return payload.end_with_response(response),
                Door::Known => {
                    payload.context.insert(TokenSeen);
                }
                Door::Open => {}
            }
            if let Some(graph) = &self.supergraph {
                payload.set_supergraph(graph.clone());
            }
            payload.proceed()
        })
    }

    async fn on_graphql_params<'exec>(
        &'exec self,
        payload: OnGraphQLParamsStartHookPayload<'exec>,
    ) -> OnGraphQLParamsStartHookResult<'exec> {
        if payload.context.contains::<TokenSeen>() {
            return payload.proceed();
        }
        let headers = payload.router_http_request.headers;
        match self.check(headers).await {
            Ok(()) => payload.proceed(),
            Err(refusal) => {
                let response = self.refuse(&refusal, headers);
                payload.end_with_response(response)
            }
        }
    }

    async fn on_graphql_validation<'exec>(
        &'exec self,
        payload: OnGraphQLValidationStartHookPayload<'exec>,
    ) -> OnGraphQLValidationStartHookResult<'exec> {
        payload.with_validation_rule(self.aliases.clone()).proceed()
    }

    async fn on_subgraph_execute<'exec>(
        &'exec self,
        mut payload: OnSubgraphExecuteStartHookPayload<'exec>,
    ) -> OnSubgraphExecuteStartHookResult<'exec> {
        payload.executor = match self.in_process.get(payload.subgraph_name) {
            Some(executor) => executor.clone(),
            None => Bounded {
                name: payload.subgraph_name.to_owned(),
                inner: payload.executor.clone(),
                patience: self.patience,
            }
            .to_boxed_arc(),
        };
        payload.proceed()
    }

    fn on_graphql_error<'req>(
        &'req self,
        mut payload: OnGraphQLErrorHookPayload<'req>,
    ) -> OnGraphQLErrorHookResult<'req> {
        payload.error = errors::for_the_caller(payload.error);
        payload.proceed()
    }
}
