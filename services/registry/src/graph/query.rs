//! The root: what can be asked of the registry. Who may ask what stands at the top of [`super`].

use async_graphql::MergedObject;

use super::account::AccountQuery;
use super::category::CategoryQuery;
use super::circle::CircleQuery;
use super::duplicate::DuplicateQuery;
use super::legal_basis::LegalBasisQuery;
use super::organisation::OrganisationQuery;
use super::party::PartyQuery;
use super::purpose::PurposeQuery;
use super::region::RegionQuery;
use super::site::SiteQuery;

// Every field may be null: what this service cannot answer must not take the other services' part of an answer with it.
/// What can be asked (vragen).
#[derive(MergedObject, Default)]
pub(super) struct Query(
    AccountQuery,
    PurposeQuery,
    OrganisationQuery,
    CircleQuery,
    LegalBasisQuery,
    RegionQuery,
    CategoryQuery,
    PartyQuery,
    DuplicateQuery,
    SiteQuery,
);
