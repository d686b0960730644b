//! The root of changes: what each noun lets callers do. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::account::AccountMutation;
use super::circle::CircleMutation;
use super::contact::ContactMutation;
use super::covenant::CovenantMutation;
use super::decision::DecisionMutation;
use super::duplicate::DuplicateMutation;
use super::hold::{CovenantHoldMutation, LevelHoldMutation};
use super::holder::HolderMutation;
use super::legal_basis::LegalBasisMutation;
use super::mandate::MandateMutation;
use super::notice::NoticeMutation;
use super::organisation::OrganisationMutation;
use super::party::PartyMutation;
use super::purpose::PurposeMutation;
use super::relation::RelationMutation;
use super::sector::SectorMutation;
use super::site::SiteMutation;
use super::supervision_level::SupervisionLevelMutation;

/// Changes that this service makes.
#[derive(MergedObject, Default)]
pub(super) struct Mutation(
    AccountMutation,
    PartyMutation,
    DuplicateMutation,
    SectorMutation,
    RelationMutation,
    SiteMutation,
    HolderMutation,
    ContactMutation,
    MandateMutation,
    DecisionMutation,
    OrganisationMutation,
    CircleMutation,
    PurposeMutation,
    LegalBasisMutation,
    CovenantMutation,
    SupervisionLevelMutation,
    NoticeMutation,
    CovenantHoldMutation,
    LevelHoldMutation,
);
