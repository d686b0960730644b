//! Every router setting that we set, with its reason.
//!
//! Built as a value, not as a YAML text: the router's own YAML reader lets environment variables (`PORT`,
//! `LABORATORY_ENABLED` …) overrule the file, which would open doors that nobody looked at.

use std::time::Duration;

use anyhow::Context;
use hive_router::config::HiveRouterConfig;
use serde_json::{Map, Value, json};
use telemetry::TRACEPARENT;

use crate::border::PLUGIN;
use crate::headers::{REQUEST_ID, TO_SUBGRAPHS, TRACE_RESPONSE};
use crate::settings::{GatewaySettings, SupergraphSource};

/// The router's settings; lives as long as the process, as the router demands.
pub(crate) fn router_config(settings: &GatewaySettings) -> anyhow::Result<&'static HiveRouterConfig> {
    let value = Value::Object(sections(settings)?);
    let config: HiveRouterConfig = serde_json::from_value(value).context("the router does not take these settings")?;
    Ok(config.into_static())
}

fn sections(settings: &GatewaySettings) -> anyhow::Result<Map<String, Value>> {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| all.insert(name.to_owned(), value);
    set("supergraph", supergraph(&settings.supergraph));
    set("http", http(settings));
    set("traffic_shaping", traffic(settings));
    set("limits", limits(settings));
    set("subscriptions", subscriptions(settings)?);
    set("override_subgraph_urls", addresses(settings));
    set("cors", cors(settings));
    set("introspection", json!(settings.introspection));
    // Clients speak WebSocket too; what they put into `connection_init` counts as headers.
    set(
        "websocket",
        json!({ "enabled": true, "headers": { "source": "connection" } }),
    );
    // Nothing but these reaches a subgraph; in particular no identity header that a client made up.
    set(
        "headers",
        json!({ "all": { "request": [{ "propagate": { "named": TO_SUBGRAPHS } }] } }),
    );
    // A page of another origin cannot set this header without a preflight, which the CORS list decides. GraphiQL and
    // every API client send it anyway.
    set(
        "csrf",
        json!({ "enabled": true, "required_headers": ["authorization"] }),
    );
    // If a subgraph ever uses an authorization directive, an unmet one refuses the operation instead of leaving fields out.
    set(
        "authorization",
        json!({ "directives": { "enabled": true, "unauthorized": { "mode": "reject" } } }),
    );
    // Masks what our own error hook has not cleared (`errors`): failures inside, and all of a running event stream.
    set(
        "error_masking",
        json!({ "enabled": true, "all": { "enabled": true }, "redacted_error_message": crate::errors::MASKED }),
    );
    // The page is ours (`page`): the router's own loads unpinned scripts from a content network.
    set("laboratory", json!({ "enabled": false }));
    set(
        "log",
        json!({ "correlation": { "id_header": REQUEST_ID, "trace_propagation": true } }),
    );
    // The trace is carried by our own layers (`outermost`, `subgraph`).
    set(
        "telemetry",
        json!({ "tracing": { "propagation": { "trace_context": false } } }),
    );
    set("plugins", json!({ PLUGIN: { "enabled": true } }));
    Ok(all)
}

fn supergraph(source: &SupergraphSource) -> Value {
    match source {
        // The text is chosen per request by our hook; the router has no source of its own then.
        SupergraphSource::Text(_) => json!({ "source": "plugin" }),
        SupergraphSource::File { path, poll } => {
            json!({ "source": "file", "path": path, "poll_interval": duration(*poll) })
        }
    }
}

fn http(settings: &GatewaySettings) -> Value {
    let mut http = json!({
        "graphql_endpoint": crate::GRAPHQL_PATH,
        "shutdown_timeout": duration(settings.shutdown_timeout),
    });
    if let Some(workers) = settings.workers {
        http["workers"] = json!(workers);
    }
    http
}

fn traffic(settings: &GatewaySettings) -> Value {
    let breaker = &settings.circuit_breaker;
    json!({
        "all": {
            // Two readers never share an answer, not even when they ask the same thing at the same time.
            "dedupe_enabled": false,
            "request_timeout": duration(settings.subgraph_timeout),
            "circuit_breaker": {
                "enabled": true,
                "volume_threshold": breaker.sample,
                "error_threshold": format!("{}%", breaker.failing_percent),
                "reset_timeout": duration(breaker.rest),
                "half_open_attempts": breaker.trials,
            },
            // One connection per subscription, never one for several; queries always over HTTP.
            "websocket": { "reuse_connections": false, "execute_mode": "http" },
        },
        "router": {
            "dedupe": { "enabled": false },
            // The end of the whole request: a change and some steps after it, one after the other.
            "request_timeout": duration(settings.change_timeout + settings.subgraph_timeout * 4),
            "max_long_lived_clients": settings.limits.open_streams,
        },
    })
}

fn limits(settings: &GatewaySettings) -> Value {
    let limits = &settings.limits;
    json!({
        // Only fields count, a fragment is no level of its own. Introspection counts too: nested without end it is the
        // cheapest way to a huge answer.
        "max_depth": { "n": limits.depth, "ignore_introspection": false, "flatten_fragments": true },
        "max_aliases": { "n": limits.aliases },
        "max_tokens": { "n": limits.tokens },
        "max_directives": { "n": limits.directives },
        "max_request_body_size": format!("{} B", limits.body_bytes),
        "max_request_header_size": "32 KiB",
    })
}

fn subscriptions(settings: &GatewaySettings) -> anyhow::Result<Value> {
    let mut paths = Map::new();
    for at in &settings.subgraphs {
        if let Some(path) = at.websocket_path()? {
            paths.insert(at.name.clone(), json!({ "path": path }));
        }
    }
    Ok(json!({ "enabled": true, "websocket": { "subgraphs": paths } }))
}

fn addresses(settings: &GatewaySettings) -> Value {
    let urls: Map<String, Value> = settings
        .subgraphs
        .iter()
        .map(|at| (at.name.clone(), json!({ "url": at.url })))
        .collect();
    json!({ "subgraphs": urls })
}

fn cors(settings: &GatewaySettings) -> Value {
    json!({
        "enabled": !settings.cors_origins.is_empty(),
        "allow_any_origin": false,
        // A token travels in a header that the page sets itself; cookies are never part of it.
        "allow_credentials": false,
        "allow_headers": ["authorization", "samenzicht-purpose", "accept-language", "content-type", REQUEST_ID, TRACEPARENT],
        "methods": ["GET", "POST", "OPTIONS"],
        "expose_headers": [REQUEST_ID, TRACE_RESPONSE],
        "max_age": 600,
        "policies": [{ "origins": settings.cors_origins }],
    })
}

fn duration(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}
