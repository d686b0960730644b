//! The subgraph: resolvers of a line or two over the store.

mod access_request;
mod break_glass;
mod change;
mod confirmation;
mod count;
mod discovery;
mod door;
mod evidence;
mod external;
mod feedback;
mod filter;
mod follow_up;
mod hold;
mod import;
mod inbox;
mod input;
mod link;
mod list;
mod listed;
mod mutation;
mod party;
mod proposal;
mod provenance;
mod pseudonym;
mod query;
mod receipt;
mod remark;
mod saved_search;
mod signal;
mod subscription;
mod theme;
mod theme_proposal;
mod triage;
mod version;

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
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
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

/// A fault of what stands in the argument `input`; of what stands beside it, as it is.
fn at_input(fault: foundation::Fault) -> foundation::Fault {
    if fault.field().is_some() {
        fault.under("input")
    } else {
        fault
    }
}
