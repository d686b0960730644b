//! The root of changes: what each noun lets callers do. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::account::AccountMutation;
use super::duplicate::DuplicateMutation;

/// Changes that this service makes.
#[derive(MergedObject, Default)]
pub(super) struct Mutation(AccountMutation, DuplicateMutation);
