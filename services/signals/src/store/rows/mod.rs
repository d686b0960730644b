//! Rows, one file per table; visible nowhere outside `store`.

pub mod access_request;
pub mod break_glass;
pub mod break_glass_attempt;
pub mod import_profile;
pub mod saved_search;
pub mod signal;
pub mod signal_confirmation;
pub mod signal_discovery;
pub mod signal_discovery_subject;
pub mod signal_evidence;
pub mod signal_follow_up;
pub mod signal_grant;
pub mod signal_hold;
pub mod signal_link;
pub mod signal_number;
pub mod signal_personal;
pub mod signal_proposal;
pub mod signal_read_mark;
pub mod signal_remark;
pub mod signal_version;
pub mod triage;
pub mod triage_opinion;
pub mod triage_participant;
