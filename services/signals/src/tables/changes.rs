//! The change feed: what a copy is told of losses and of what the clock does, and the key that seals its cursors.

use std::sync::LazyLock;

use foundation::migrate::Migration;
use foundation::root::tables::{past, tombstones};

/// What tombstones say, and what the feed reads of the past.
pub static CHANGES_0010: LazyLock<Migration> = LazyLock::new(|| Migration {
    name: "0010_changes",
    portable: [&tombstones("signal"), CLOCK].concat().leak(),
    sqlite: "
CREATE INDEX signals_outbox_order ON signals_outbox (tx, sequence);
INSERT INTO signals_change VALUES (lower(hex(randomblob(32))), 0, 0);
",
    postgres: [&past("signal", "signals"), RIGHTS].concat().leak(),
});

const CLOCK: &str = "
CREATE INDEX signal_feed_begins ON signal_feed (channel, rank, visible_from, record_id) WHERE visible_from > created_at;
CREATE INDEX signal_feed_ends ON signal_feed (channel, rank, visible_until, record_id);
CREATE TABLE signals_change (
  sealed_by TEXT PRIMARY KEY, floor_tx BIGINT NOT NULL, floor_sequence BIGINT NOT NULL
);
";

// Whoever reads under a context seals cursors; the caretaker moves the floor, and does not read the key.
const RIGHTS: &str = "
INSERT INTO signals_change
  VALUES (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 0, 0);
GRANT SELECT ON signals_change TO samenzicht_signals;
GRANT UPDATE (floor_tx, floor_sequence) ON signals_change TO samenzicht_signals;
ALTER TABLE signals_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE signals_change FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signals_change ON signals_change FOR SELECT
  USING (nullif(current_setting('app.side', true), '') IS NOT NULL);
CREATE POLICY raise_signals_change ON signals_change FOR UPDATE
  USING (current_setting('app.caretaker', true) = 'on');
GRANT DELETE ON signals_outbox TO samenzicht_signals;
";
