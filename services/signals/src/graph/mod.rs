//! The subgraph: resolvers of a line or two over the store.

mod door;
mod filter;
mod import;
mod input;
mod list;
mod mutation;
mod party;
mod provenance;
mod query;
mod signal;
mod subscription;

use std::sync::Arc;

use async_graphql::Schema;
use foundation::Platform;
use foundation::graphql::executor::{self, Executor, Subgraph};
use foundation::graphql::kit::raise;
use foundation::token::Verifier;

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
