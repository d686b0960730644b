//! The inbox: which changes an account is told of, and as what.

use access::{Operation, Roles};
use uuid::Uuid;

/// What an item tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxKind {
    /// Shared with the reader by a grant that names it.
    Shared,
    /// Changed by its owner.
    Changed,
    /// Corrected on another's proposal.
    Corrected,
    /// Another inspectorate saw it too, or not, or finds it outdated.
    Confirmed,
    /// Somebody added a remark.
    Remarked,
    /// Somebody took it up, or says what came of it.
    FollowedUp,
    /// A decision of the own inspectorate is awaited: a proposed correction, a triage.
    DecisionAwaited,
    /// A decision was taken.
    Decided,
    /// Its sharing was frozen.
    Frozen,
    /// Its sharing goes on again.
    Resumed,
    /// Another inspectorate asks for access, or to share onward: the own stewards decide.
    RequestReceived,
    /// What the account asked for was given as it was asked.
    RequestApproved,
    /// It was given, but less than was asked.
    RequestNarrowed,
    /// It was refused.
    RequestDeclined,
    /// Nobody decided in time.
    RequestLapsed,
    /// Another inspectorate opened an own signal in acute danger.
    GlassBroken,
    /// The owner judged how the own side opened its signal.
    GlassReviewed,
    /// A saved search found it: it newly fits, and is seen.
    Matched,
}

/// A change with what it is told as, and to whom.
struct Told {
    change: &'static str,
    kind: InboxKind,
    /// To those of the owner's side who may do this; to nobody there where `None`.
    own: Option<Operation>,
    /// To readers with whom it is shared by name.
    others: bool,
}

const fn told(change: &'static str, kind: InboxKind, own: Option<Operation>, others: bool) -> Told {
    Told {
        change,
        kind,
        own,
        others,
    }
}

/// Every change that is told; what stands here neither way is not.
const TOLD: [Told; 15] = [
    told(SHARED, InboxKind::Shared, None, true),
    told("published", InboxKind::Shared, None, true),
    told("edited", InboxKind::Changed, None, true),
    told("labelled", InboxKind::Changed, None, true),
    told("corrected", InboxKind::Corrected, Some(Operation::Read), true),
    told("confirmed", InboxKind::Confirmed, Some(Operation::Read), false),
    told("remarked", InboxKind::Remarked, Some(Operation::Read), true),
    told("followed_up", InboxKind::FollowedUp, Some(Operation::Read), true),
    told("reported", InboxKind::FollowedUp, Some(Operation::Read), false),
    told(
        "proposed",
        InboxKind::DecisionAwaited,
        Some(Operation::DecideProposal),
        false,
    ),
    told(
        "triage_opened",
        InboxKind::DecisionAwaited,
        Some(Operation::Opine),
        true,
    ),
    told(OPINED, InboxKind::DecisionAwaited, Some(Operation::DecideTriage), true),
    told("triage_decided", InboxKind::Decided, Some(Operation::Read), true),
    told("frozen", InboxKind::Frozen, Some(Operation::Read), false),
    told("resumed", InboxKind::Resumed, Some(Operation::Read), false),
];

/// What is told of what two organisations have between them, whatever the record: by its own words, none of which is a
/// change of a signal.
const BETWEEN: [(&str, InboxKind); 7] = [
    (ASKED, InboxKind::RequestReceived),
    (APPROVED, InboxKind::RequestApproved),
    (NARROWED, InboxKind::RequestNarrowed),
    (DECLINED, InboxKind::RequestDeclined),
    (LAPSED, InboxKind::RequestLapsed),
    (OPENED, InboxKind::GlassBroken),
    (REVIEWED, InboxKind::GlassReviewed),
];

/// What stands before the search in the change of what a saved search found.
const MATCHED: &str = "matched:";

/// The change by which it is told what a saved search found.
pub fn matched(search: Uuid) -> String {
    format!("{MATCHED}{}", search.simple())
}

/// The changes by which a signal can come to fit a search, or come to be seen.
pub const STIRRING: [&str; 9] = [
    "recorded",
    "imported",
    "published",
    SHARED,
    "edited",
    "corrected",
    "labelled",
    "retracted",
    "resumed",
];

/// A request was received.
pub const ASKED: &str = "request_asked";
/// A request was approved as it was asked.
pub const APPROVED: &str = "request_approved";
/// A request was approved, narrower.
pub const NARROWED: &str = "request_narrowed";
/// A request was declined.
pub const DECLINED: &str = "request_declined";
/// A request lapsed.
pub const LAPSED: &str = "request_lapsed";
/// A signal was opened in acute danger.
pub const OPENED: &str = "glass_opened";
/// How it was opened was reviewed.
pub const REVIEWED: &str = "glass_reviewed";

/// The change that is told only to those whom its grant names.
pub const SHARED: &str = "shared";

/// An opinion was given in a triage: told only to who may decide it, at the organisation that opened it.
pub const OPINED: &str = "opined";

/// Changes of triages: told only to organisations that take part in one of the signal's.
pub const OF_TRIAGE: [&str; 3] = ["triage_opened", OPINED, "triage_decided"];

impl InboxKind {
    /// What a change is told as.
    pub fn of(change: &str) -> Option<Self> {
        if let Some(search) = change.strip_prefix(MATCHED) {
            return Uuid::try_parse(search).is_ok().then_some(Self::Matched);
        }
        let of_signals = TOLD.iter().map(|told| (told.change, told.kind));
        let mut all = of_signals.chain(BETWEEN);
        all.find(|(known, _)| *known == change).map(|(_, kind)| kind)
    }
}

/// The changes of own records that holders of these roles are told of.
pub fn of_own(roles: &Roles) -> Vec<&'static str> {
    let may = |told: &&Told| told.own.is_some_and(|own| access::may_ever(roles, own).is_ok());
    TOLD.iter().filter(may).map(|told| told.change).collect()
}

/// The changes of others' records that readers are told of, beside [`SHARED`].
pub fn of_others() -> Vec<&'static str> {
    let told = TOLD.iter().filter(|told| told.others && told.change != SHARED);
    told.map(|told| told.change).collect()
}
