//! The root: what can be asked of the registry. Who may ask what stands at the top of [`super`].

use async_graphql::MergedObject;

use super::account::AccountQuery;
use super::category::CategoryQuery;
use super::circle::CircleQuery;
use super::covenant::CovenantQuery;
use super::decision::DecisionQuery;
use super::duplicate::DuplicateQuery;
use super::hold::{CovenantHoldQuery, LevelHoldQuery};
use super::legal_basis::LegalBasisQuery;
use super::mandate::MandateQuery;
use super::notice::NoticeQuery;
use super::organisation::OrganisationQuery;
use super::party::PartyQuery;
use super::purpose::PurposeQuery;
use super::region::RegionQuery;
use super::sector::SectorQuery;
use super::site::SiteQuery;
use super::supervision_level::SupervisionLevelQuery;

// Every field may be null: what this service cannot answer must not take the other services' part of an answer with it.
/// What can be asked (vragen).
#[derive(MergedObject, Default)]
pub(super) struct Query(
    AccountQuery,
    DecisionQuery,
    PurposeQuery,
    OrganisationQuery,
    CircleQuery,
    LegalBasisQuery,
    RegionQuery,
    CategoryQuery,
    PartyQuery,
    MandateQuery,
    SectorQuery,
    DuplicateQuery,
    SiteQuery,
    CovenantQuery,
    SupervisionLevelQuery,
    NoticeQuery,
    CovenantHoldQuery,
    LevelHoldQuery,
);
