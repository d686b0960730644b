//! Retention: what is held is not erased, what is frozen is not shared, what has expired is erased by the caretaker.
//!
//! `app.keeper` is set for the one write in which a privacy officer, who sees no content, acts on a record of the own
//! organisation; `app.caretaker` for the one transaction that erases. `app.side` is the caller's organisation whatever
//! its roles: tables without content read it.

use foundation::migrate::Migration;

pub const RETENTION_0003: Migration = Migration {
    name: "0003_retention",
    portable: "
ALTER TABLE signal ADD COLUMN held_at BIGINT;
ALTER TABLE signal ADD COLUMN frozen_at BIGINT;
CREATE INDEX signal_retention ON signal (retain_until);
CREATE TABLE signal_hold (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  number TEXT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2), reason TEXT NOT NULL,
  placed_by UUID NOT NULL, placed_at BIGINT NOT NULL, lifted_by UUID, lifted_at BIGINT, lifted_because TEXT
);
CREATE INDEX signal_hold_signal ON signal_hold (signal_id);
CREATE INDEX signal_hold_owner ON signal_hold (owner_id, placed_at, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_hold TO samenzicht_signals;
GRANT DELETE ON signal, signal_grant TO samenzicht_signals;
ALTER TABLE signal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_hold ON signal_hold FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid);
CREATE POLICY write_signal_hold ON signal_hold FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY keep_signal ON signal FOR SELECT
  USING (owner_id = nullif(current_setting('app.keeper', true), '')::uuid);
CREATE POLICY find_expired_signal ON signal FOR SELECT
  USING (current_setting('app.caretaker', true) = 'on' AND held_at IS NULL
    AND retain_until <= nullif(current_setting('app.now', true), '')::bigint);
CREATE POLICY erase_expired_signal ON signal FOR DELETE
  USING (current_setting('app.caretaker', true) = 'on' AND held_at IS NULL
    AND retain_until <= nullif(current_setting('app.now', true), '')::bigint);
",
};
