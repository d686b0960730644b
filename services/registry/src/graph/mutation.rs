//! Changes: what each noun lets callers do, in one root. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::party::PartyMutation;
use super::site::SiteMutation;

/// Changes that this service makes (wijzigingen).
#[derive(MergedObject, Default)]
pub(super) struct Mutation(PartyMutation, SiteMutation);
