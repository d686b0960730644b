//! What the process says of itself, on standard error. Never content, tokens or personal values.

use foundation::config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;

use crate::commands::Failure;

/// Starts logging as configured.
///
/// # Errors
/// When `log.filter` cannot be read.
pub fn start(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| {
        Failure::new(
            "CONFIGURATION",
            format!("log.filter: {error}; use a tracing filter such as `info`"),
        )
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Text => lines.init(),
    }
    Ok(())
}
