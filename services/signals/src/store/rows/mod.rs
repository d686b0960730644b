//! Rows, one file per table; visible nowhere outside `store`.

pub mod import_profile;
pub mod signal;
pub mod signal_grant;
pub mod signal_number;
pub mod signal_personal;
pub mod signal_subject;
