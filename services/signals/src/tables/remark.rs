//! Remarks beside a signal: for all who see it, or for the remarker's own inspectorate alone.

use foundation::migrate::Migration;

pub const REMARK_0004: Migration = Migration {
    name: "0004_remark",
    portable: "
CREATE TABLE signal_remark (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, audience SMALLINT NOT NULL CHECK (audience BETWEEN 1 AND 2),
  text TEXT NOT NULL, withdrawn_at BIGINT
);
CREATE INDEX signal_remark_signal ON signal_remark (signal_id, at, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_remark TO samenzicht_signals;
ALTER TABLE signal_remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_remark FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_remark ON signal_remark FOR SELECT USING (
  (audience = 1 OR organisation_id = nullif(current_setting('app.organisation', true), '')::uuid)
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_remark ON signal_remark FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
",
};
