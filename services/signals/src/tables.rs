//! The tables of this service, and row-level security as the second lock.
//!
//! Every policy reads one sentence: a channel of mine, live now, of a rank I may see. `app.*` is set by the
//! Session door for one transaction; unset it reads as `''`, which is no channel. The policies guard against
//! forgetting, not against a hostile service.

use foundation::migrate::Tables;

mod reliability;
mod signals;

/// Signals, their parts, grants, feed, search and outbox; a file per step, oldest first.
pub const SIGNALS: Tables = Tables {
    schema: "signals",
    migrations: || vec![signals::SIGNALS_0001, reliability::RELIABILITY_0002],
};
