//! What the process says of itself: lines on standard error, and spans and metrics to a collector. Never content, tokens
//! or personal values.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use foundation::config::{Log, LogFormat, Settings};
use telemetry::Telemetry;
use tracing_subscriber::filter::{FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::commands::Failure;

static QUIET: AtomicBool = AtomicBool::new(false);

/// As long as this is held, no line is written of each request: for the many that the platform asks itself at its start.
pub struct Quiet(());

impl Quiet {
    /// From here on.
    pub fn begin() -> Self {
        QUIET.store(true, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.store(false, Ordering::Relaxed);
    }
}

/// Starts logging as configured, and telemetry for a process that serves under a name. What it gives is to be stopped at
/// the end.
///
/// # Errors
/// Which setting cannot be read.
pub fn start(settings: &Settings, process: Option<String>) -> Result<Telemetry, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::new("CONFIGURATION", error);
    let lines = lines(&settings.log)?;
    let from = &settings.telemetry;
    let off = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|off| off.eq_ignore_ascii_case("true"));
    let endpoint = from.endpoint.trim();
    let sends = !endpoint.is_empty() && !off && process.is_some();
    let (telemetry, spans) = telemetry::start(&telemetry::Settings {
        endpoint: sends.then(|| endpoint.to_owned()),
        name: process.unwrap_or_default(),
        sampled: from.sampled,
        every: Duration::from_secs(from.metrics_seconds),
    })
    .map_err(|error| wrong(&error))?;
    tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .try_init()
        .map_err(|error| wrong(&error))?;
    Ok(telemetry)
}

fn lines(log: &Log) -> Result<Box<dyn Layer<Registry> + Send + Sync>, Failure> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| {
        Failure::new(
            "CONFIGURATION",
            format!("log.filter: {error}; use a tracing filter such as `info`"),
        )
    })?;
    // The libraries repeat at each delivery what we say once (`telemetry`).
    let filter = filter.and(filter_fn(|metadata| !metadata.target().starts_with("opentelemetry")));
    let filter = filter.and(dynamic_filter_fn(|metadata, _| {
        metadata.target() != telemetry::REQUEST || !QUIET.load(Ordering::Relaxed)
    }));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(match log.format {
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
        LogFormat::Text => lines.with_filter(filter).boxed(),
    })
}
