//! The proof that this is a demo: without it there is no provider.

use std::net::SocketAddr;

use serde::Deserialize;
use thiserror::Error;
use tokio::net::TcpListener;

/// What the configuration says that this installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatingMode {
    /// Synthetic data on one machine, for looking around.
    Demo,
    /// Anything else.
    Production,
}

/// Why there is no demo provider.
#[derive(Debug, Error)]
pub enum NotADemo {
    /// The configuration does not say demo.
    #[error(
        "the demo's sign-in has no passwords and runs in demo mode only; outside it, name a real OpenID provider in the token settings"
    )]
    Configuration,
    /// The listener can be reached from other machines.
    #[error("the demo's sign-in has no passwords and may listen on loopback only, not on {0}; use 127.0.0.1")]
    Reachable(SocketAddr),
    /// The listener has no address.
    #[error("the listener has no address: {0}")]
    Listener(#[from] std::io::Error),
}

/// Proof that the configuration says demo *and* that the listener is loopback. It holds that very
/// listener, so that the proof cannot be shown for one address and used on another.
#[derive(Debug)]
pub struct DemoMode {
    listener: TcpListener,
    address: SocketAddr,
}

impl DemoMode {
    /// The only way to a proof.
    ///
    /// # Errors
    /// When this is not a demo, or can be reached from elsewhere.
    pub fn prove(mode: OperatingMode, listener: TcpListener) -> Result<Self, NotADemo> {
        if mode != OperatingMode::Demo {
            return Err(NotADemo::Configuration);
        }
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            return Err(NotADemo::Reachable(address));
        }
        Ok(Self { listener, address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn into_listener(self) -> TcpListener {
        self.listener
    }
}
