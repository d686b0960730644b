//! The registry as a subgraph: its schema and how a request gets its loaders.
//!
//! | asked for | purpose | roles |
//! |---|---|---|
//! | `me`, `purposes` | none | every admitted account: it is the caller's own |
//! | `organisations`, `circles`, `legalBases`, `safetyRegions`, `domains`, `categories` and their entities | any held | every role: administrators, privacy officers and auditors work with who is who |
//! | `accounts` and changes to them | any held | administrators of the own organisation; stewards for the clearance |
//! | `party`, `parties`, `site` and their entities | any held | roles that read content |
//! | `duplicateProposals` | any held | roles that read content |
//! | `mergeParties`, `undoMerge`, `dismissDuplicate` | any held | coordinator and data steward of any inspectorate |
//! | names of a person, addresses of its sites | one that allows personal data | inspector and coordinator of a custodian |
//!
//! Each noun has a file: its questions (`PartyQuery`), among them what other subgraphs refer to by key, and its types.
//! [`query`] merges the questions into the root. Changes go the same way: an `AccountMutation` in the noun's file, merged
//! by [`mutation`]. Types hold their [`door::Door`], so that whoever has a session can build them.

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

use async_graphql::{Context, EmptySubscription, PathSegment, Request, Schema, ServerError};
use foundation::Fault;
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

/// Tells all faults at once: the first as the field's error, the others beside it.
fn raise(ctx: &Context<'_>, faults: Vec<Fault>) -> async_graphql::Error {
    let mut faults = faults.into_iter();
    let first = faults
        .next()
        .unwrap_or_else(|| Fault::broken("a refusal without a fault"));
    for fault in faults {
        let mut error = ServerError::new(fault.to_string(), Some(ctx.item.pos));
        error.source = Some(Arc::new(fault));
        ctx.add_error(error.with_path(path(ctx)));
    }
    first.into()
}

fn path(ctx: &Context<'_>) -> Vec<PathSegment> {
    let names = ctx
        .path_node
        .as_ref()
        .map(|node| node.to_string_vec())
        .unwrap_or_default();
    names
        .into_iter()
        .map(|name| {
            name.parse()
                .map_or_else(|_| PathSegment::Field(name), PathSegment::Index)
        })
        .collect()
}
