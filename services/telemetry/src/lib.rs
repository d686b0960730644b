//! What the platform says of its own work to a collector: spans and metrics, by OTLP over HTTP.
//!
//! **What it is for.** One request can be followed from its client through the gateway to each statement, and what it
//! cost is counted. Spans are made with `tracing`, under the target [`SPANS`]; metrics by the functions of [`metrics`].
//!
//! **What it may not do.** Know a noun of the trade, or let one out: a span leaves only with the attributes that
//! [`allowed`] lists, in the characters and lengths that it says; never a value of a statement, a token, an address, a
//! name that a caller chose. And it never makes a request wait: what the collector does not take in time is dropped,
//! counted, and told once.
//!
//! **Where to start reading.** [`start()`], then [`allowed`], then [`cost`]: how statements find their request.

// A failure that a caller could meet is told, not unwrapped.
#![warn(clippy::unwrap_used)]

pub mod allowed;
pub mod context;
pub mod cost;
mod delivery;
pub mod metrics;
pub mod start;
pub mod statement;

pub use context::{TRACEPARENT, current_trace, parent, traceparent};
pub use cost::Cost;
pub use start::{Settings, Telemetry, start};

/// The target of all spans that may leave. Spans of libraries have other targets and stay here.
pub const SPANS: &str = "spans";
/// The target of the line that says what a request was and what it cost.
pub const REQUEST: &str = "request";
