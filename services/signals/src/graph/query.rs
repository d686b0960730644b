//! Questions: what each noun answers, in one root.

use async_graphql::MergedObject;

use super::access_request::AccessRequestQuery;
use super::break_glass::BreakGlassQuery;
use super::change::ChangeQuery;
use super::count::CountQuery;
use super::discovery::DiscoveryQuery;
use super::external::ExternalQuery;
use super::feedback::FeedbackQuery;
use super::hold::HoldQuery;
use super::import::ImportQuery;
use super::inbox::InboxQuery;
use super::proposal::ProposalQuery;
use super::receipt::ReceiptQuery;
use super::saved_search::SavedSearchQuery;
use super::signal::SignalQuery;
use super::theme::ThemeQuery;
use super::theme_proposal::ThemeProposalQuery;
use super::triage::TriageQuery;

/// Questions to this service.
#[derive(MergedObject, Default)]
pub struct Query(
    SignalQuery,
    ChangeQuery,
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
    ThemeQuery,
    ThemeProposalQuery,
    FeedbackQuery,
);
