//! What a signal was before each change, without what is personal; and which version each account has read.

use foundation::migrate::Migration;

pub const VERSION_0008: Migration = Migration {
    name: "0008_version",
    portable: "
CREATE TABLE signal_version (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  version BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, state SMALLINT NOT NULL,
  content TEXT NOT NULL, UNIQUE (signal_id, version)
);
CREATE TABLE signal_read_mark (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, version INTEGER NOT NULL,
  UNIQUE (account_id, signal_id)
);
CREATE INDEX signal_read_mark_signal ON signal_read_mark (signal_id, account_id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT ON signal_version TO samenzicht_signals;
GRANT SELECT, INSERT, UPDATE ON signal_read_mark TO samenzicht_signals;
ALTER TABLE signal_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_version FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_version ON signal_version FOR SELECT USING (
  (state <> 0 OR owner_id = nullif(current_setting('app.organisation', true), '')::uuid)
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_version ON signal_version FOR INSERT
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_version.owner_id));
ALTER TABLE signal_read_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_read_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_read_mark ON signal_read_mark FOR SELECT USING (
  organisation_id = nullif(current_setting('app.organisation', true), '')::uuid
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_read_mark ON signal_read_mark FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
",
};
