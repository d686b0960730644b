//! How a GraphQL request becomes a session, and what every subgraph's schema shares.
//!
//! [`executor`] verifies the token, opens the session, executes, waits for the log and puts errors into words, for
//! requests over a socket and for those that the gateway hands over in process alike. [`serve`] is the HTTP side,
//! [`http`] its rules, [`kit`] the value types that all subgraphs share, [`live`] what subscriptions stand on. What each
//! request was and cost is told in one line (`line`).

mod asked;
pub mod executor;
pub mod http;
pub mod kit;
mod line;
pub mod live;
pub mod root;
pub mod serve;
pub mod told;

pub use executor::{Executor, Reply, Subgraph};
