//! The registry as a subgraph: its schema and how a request gets its loaders.
//!
//! | asked for | purpose | roles |
//! |---|---|---|
//! | `me`, `purposes` | none | every admitted account: it is the caller's own |
//! | `organisations`, `circles`, `legalBases`, `safetyRegions`, `domains`, `categories` and their entities | any held | every role: administrators, privacy officers and auditors work with who is who |
//! | `party`, `parties`, `site` and their entities | any held | roles that read content |
//! | `duplicateProposals` | any held | roles that read content |
//! | `mergeParties`, `undoMerge`, `dismissDuplicate` | any held | coordinator and data steward of any inspectorate |
//! | names of a person, addresses of its sites | one that allows personal data | inspector and coordinator of a custodian |
//!
//! Each noun has a file: its questions (`PartyQuery`), among them what other subgraphs refer to by key, and its types.
//! [`query`] merges the questions into the root. Changes go the same way: a `PartyMutation` in the noun's file, merged
//! by a `mutation.rs` beside [`query`]. Types hold their [`door::Door`], so that whoever has a session can build them.

mod account;
mod category;
mod circle;
mod door;
mod duplicate;
mod legal_basis;
mod mutation;
mod organisation;
mod page;
mod party;
mod purpose;
mod query;
mod region;
mod site;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Request, Schema};
use foundation::graphql::executor::{self, Executor, Subgraph};
use foundation::session::{Platform, Session};
use foundation::token::Verifier;

use door::Door;
use mutation::Mutation;
use query::Query;

/// How deep a query may go.
const DEPTH: usize = 20;
/// How much a query may ask for: fields, times the length of the lists they stand in.
const COMPLEXITY: usize = 20_000;

fn schema() -> Schema<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .enable_federation()
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .finish()
}

/// The subgraph's schema, for composition.
pub fn sdl() -> String {
    executor::sdl(&schema())
}

/// The registry, ready to answer.
pub fn subgraph(platform: Platform, verifier: Verifier) -> Arc<dyn Subgraph> {
    Arc::new(Executor::new(schema(), platform, verifier, prepare))
}

fn prepare(request: Request, session: &Arc<Session>) -> Request {
    request.data(Door::new(session.clone()))
}
