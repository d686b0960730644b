//! The subgraph: resolvers of a line or two over the store.

mod door;
mod filter;
mod grant;
mod import;
mod input;
mod list;
mod mutation;
mod party;
mod query;
mod signal;
mod subscription;

use std::sync::Arc;

use async_graphql::{Context, PathSegment, Schema, ServerError};
use foundation::graphql::executor::{self, Executor, Subgraph};
use foundation::token::Verifier;
use foundation::{Fault, Platform};

use door::Door;
use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// The deepest query that is answered; a cycle over parties and signals needs 12.
const DEPTH_MAXIMUM: usize = 20;
/// How much a query may ask for: fields, times the length of the lists they stand in. A page of 500 signals with every
/// field fits; pages within pages do not, unless they are short.
const COMPLEXITY_MAXIMUM: usize = 200_000;

fn schema() -> Schema<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .enable_federation()
        .enable_subscription_in_federation()
        .limit_depth(DEPTH_MAXIMUM)
        .limit_complexity(COMPLEXITY_MAXIMUM)
        .finish()
}

/// The subgraph's schema, for composition.
pub fn sdl() -> String {
    executor::sdl(&schema())
}

/// The signals subgraph on its footing.
pub fn subgraph(platform: Platform, verifier: Verifier) -> Arc<dyn Subgraph> {
    Arc::new(Executor::new(schema(), platform, verifier, |request, session| {
        request.data(Door::new(session.clone()))
    }))
}

/// Tells all faults at once: the first as the field's error, the others beside it.
fn raise(context: &Context<'_>, faults: Vec<Fault>) -> async_graphql::Error {
    let mut faults = faults.into_iter();
    let first = faults
        .next()
        .unwrap_or_else(|| Fault::broken("a refusal without a fault"));
    for fault in faults {
        let mut error = ServerError::new(fault.to_string(), Some(context.item.pos));
        error.source = Some(Arc::new(fault));
        context.add_error(error.with_path(path(context)));
    }
    first.into()
}

fn path(context: &Context<'_>) -> Vec<PathSegment> {
    let names = context
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
