//! Questions: what each noun answers, in one root.

use async_graphql::MergedObject;

use super::access_request::AccessRequestQuery;
use super::break_glass::BreakGlassQuery;
use super::count::CountQuery;
use super::discovery::DiscoveryQuery;
use super::external::ExternalQuery;
use super::hold::HoldQuery;
use super::import::ImportQuery;
use super::inbox::InboxQuery;
use super::proposal::ProposalQuery;
use super::receipt::ReceiptQuery;
use super::saved_search::SavedSearchQuery;
use super::signal::SignalQuery;
use super::triage::TriageQuery;

/// Questions to this service.
#[derive(MergedObject, Default)]
pub struct Query(
    SignalQuery,
    CountQuery,
    ImportQuery,
    ExternalQuery,
    HoldQuery,
    ReceiptQuery,
    InboxQuery,
    ProposalQuery,
    DiscoveryQuery,
    AccessRequestQuery,
    BreakGlassQuery,
    TriageQuery,
    SavedSearchQuery,
);
