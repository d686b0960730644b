//! The root of changes: what can be changed in the registry. Who may change what stands at the top of [`super`].

use async_graphql::MergedObject;

use super::duplicate::DuplicateMutation;

/// What can be changed (wijzigingen).
#[derive(MergedObject, Default)]
pub(super) struct Mutation(DuplicateMutation);
