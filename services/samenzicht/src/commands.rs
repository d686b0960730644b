//! The commands, one file each: its arguments, and what it does.

pub mod admin;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod found;
pub mod gateway;
pub mod import;
pub mod migrate;
pub mod schema;
pub mod serve;
pub mod sign_in;
pub mod token;
pub mod whoami;

use std::fmt;
use std::process::ExitCode;

use crate::stop::Stop;

/// Waits for Ctrl-C or a termination signal.
pub async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
    }
}

/// The first Ctrl-C asks to stop, the second stops.
async fn on_interrupt(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_ok() {
        eprintln!("Finishing what is under way; Ctrl-C once more ends at once.");
        stop.request();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(STOPPED));
        }
    }
}

/// Everything was done.
pub const DONE: u8 = 0;
/// The import was done, but some rows were refused.
pub const REJECTS: u8 = 1;
/// It failed, or could not begin.
pub const FAILED: u8 = 2;
/// Somebody asked to stop; running it again goes on.
pub const STOPPED: u8 = 130;

/// Why a command failed, as it is said on standard error: a stable code, and a sentence with the mend.
#[derive(Debug)]
pub struct Failure {
    code: String,
    message: String,
}

impl Failure {
    /// A failure by its code and sentence.
    pub fn new(code: impl Into<String>, message: impl fmt::Display) -> Self {
        Self {
            code: code.into(),
            message: message.to_string(),
        }
    }

    /// Says it on standard error.
    pub fn report(&self) -> ExitCode {
        eprintln!("{self}");
        ExitCode::from(FAILED)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.message)
    }
}

impl From<foundation::config::Fault> for Failure {
    fn from(fault: foundation::config::Fault) -> Self {
        Self::new("CONFIGURATION", fault)
    }
}
