//! The root of changes: what each noun lets callers do. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::account::AccountMutation;
use super::circle::CircleMutation;
use super::decision::DecisionMutation;
use super::legal_basis::LegalBasisMutation;
use super::organisation::OrganisationMutation;
use super::party::PartyMutation;
use super::purpose::PurposeMutation;
use super::site::SiteMutation;

/// Changes that this service makes.
#[derive(MergedObject, Default)]
pub(super) struct Mutation(
    AccountMutation,
    DecisionMutation,
    OrganisationMutation,
    CircleMutation,
    PurposeMutation,
    LegalBasisMutation,
    PartyMutation,
    SiteMutation,
);
