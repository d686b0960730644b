//! Changes: what each noun lets callers do, in one root. Each is one transaction; on any fault nothing of it is written.

use async_graphql::MergedObject;

use super::access_request::AccessRequestMutation;
use super::break_glass::BreakGlassMutation;
use super::confirmation::ConfirmationMutation;
use super::discovery::DiscoveryMutation;
use super::evidence::EvidenceMutation;
use super::feedback::FeedbackMutation;
use super::follow_up::FollowUpMutation;
use super::hold::HoldMutation;
use super::import::ImportMutation;
use super::inbox::InboxMutation;
use super::link::LinkMutation;
use super::proposal::ProposalMutation;
use super::remark::RemarkMutation;
use super::saved_search::SavedSearchMutation;
use super::signal::SignalMutation;
use super::theme::ThemeMutation;
use super::triage::TriageMutation;
use super::version::VersionMutation;

/// Changes that this service makes.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SignalMutation,
    ImportMutation,
    ConfirmationMutation,
    RemarkMutation,
    FollowUpMutation,
    LinkMutation,
    HoldMutation,
    InboxMutation,
    EvidenceMutation,
    VersionMutation,
    ProposalMutation,
    DiscoveryMutation,
    AccessRequestMutation,
    BreakGlassMutation,
    TriageMutation,
    SavedSearchMutation,
    ThemeMutation,
    FeedbackMutation,
);
