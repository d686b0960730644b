//! Changes: what each noun lets callers do, in one root. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::import::ImportMutation;
use super::signal::SignalMutation;

/// Changes that this service makes.
#[derive(MergedObject, Default)]
pub struct Mutation(SignalMutation, ImportMutation);
