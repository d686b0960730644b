//! The tables of this service, and row-level security as the second lock.
//!
//! Every policy reads one sentence: a channel of mine, live now, of a rank I may see. `app.*` is set by the
//! Session door for one transaction; unset it reads as `''`, which is no channel. The policies guard against
//! forgetting, not against a hostile service.

use foundation::migrate::Tables;

mod access_request;
mod break_glass;
mod by_account;
mod by_record;
mod changes;
mod confirmation;
mod discovery;
mod evidence;
mod follow_up;
mod inbox;
mod keyed;
mod link;
mod orders;
mod proposal;
mod reliability;
mod remark;
mod retention;
mod saved_search;
mod signals;
mod themes;
mod triage;
mod upsert;
mod version;
mod words;
mod writers_arm;

/// Signals, their parts, grants, feed, search and outbox; a file per step, oldest first.
pub const SIGNALS: Tables = Tables {
    schema: "signals",
    migrations: || {
        vec![
            signals::SIGNALS_0001,
            reliability::RELIABILITY_0002,
            retention::RETENTION_0003,
            orders::ORDERS_0005,
            inbox::INBOX,
            confirmation::CONFIRMATION_0003,
            remark::REMARK_0004,
            follow_up::FOLLOW_UP_0005,
            link::LINK_0006,
            discovery::DISCOVERY,
            access_request::ACCESS_REQUEST,
            break_glass::BREAK_GLASS,
            triage::TRIAGE,
            evidence::EVIDENCE_0007,
            version::VERSION_0008,
            proposal::PROPOSAL_0009,
            inbox::PUBLISHED,
            saved_search::SAVED_SEARCH,
            by_record::BY_RECORD,
            by_account::BY_ACCOUNT,
            *changes::CHANGES_0010,
            upsert::UPSERT_0011,
            themes::THEMES,
            writers_arm::WRITERS_ARM,
            keyed::KEYED,
            words::WORDS,
        ]
    },
};
