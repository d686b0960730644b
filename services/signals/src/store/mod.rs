//! The only place that knows rows. Everything here goes through the Session door.
//!
//! What every labelled root has is foundation's: who sees a signal, its grants, how it moves through its life.

pub mod access_request;
pub mod break_glass;
pub mod change;
pub mod confirmation;
pub mod count;
pub mod discovery;
pub mod evidence;
pub mod feedback;
pub mod follow_up;
pub mod hold;
pub mod import;
pub mod inbox;
pub mod link;
pub mod list;
pub mod listed;
mod names;
pub mod number;
pub mod order;
pub mod person;
pub mod profile;
pub mod proposal;
pub mod receipt;
pub mod remark;
mod rows;
pub mod saved_search;
pub mod search;
pub mod signal;
pub mod sweep;
pub mod theme;
pub mod theme_proposal;
pub mod triage;
pub mod upsert;
pub mod version;

pub use foundation::root::{GrantRow, lookup, sharing as grant};
pub use rows::feedback::Model as FeedbackRow;
pub use rows::signal::{Entity as Signals, Model as SignalRow};
pub use rows::signal_confirmation::{Entity as Confirmations, Model as ConfirmationRow};
pub use rows::signal_evidence::{Entity as EvidenceRows, Model as EvidenceRow};
pub use rows::signal_follow_up::{Entity as FollowUps, Model as FollowUpRow};
pub use rows::signal_link::{Entity as Links, Model as LinkRow};
pub use rows::signal_proposal::{Entity as Proposals, Model as ProposalRow};
pub use rows::signal_read_mark::Entity as Marks;
pub use rows::signal_remark::{Entity as Remarks, Model as RemarkRow};
pub use rows::signal_version::{Entity as Versions, Model as VersionRow};
pub use rows::theme::Model as ThemeRow;
pub use rows::theme_source::Model as SourceRow;
