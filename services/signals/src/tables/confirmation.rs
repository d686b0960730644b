//! What other inspectorates say of a signal: one live confirmation each, those before it kept.

use foundation::migrate::Migration;

pub const CONFIRMATION_0003: Migration = Migration {
    name: "0003_confirmation",
    portable: "
CREATE TABLE signal_confirmation (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  explanation TEXT, observed_at BIGINT, superseded_at BIGINT
);
CREATE INDEX signal_confirmation_signal ON signal_confirmation (signal_id, at, id);
CREATE UNIQUE INDEX signal_confirmation_live ON signal_confirmation (signal_id, organisation_id)
  WHERE superseded_at IS NULL;
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_confirmation TO samenzicht_signals;
ALTER TABLE signal_confirmation ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_confirmation FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_confirmation ON signal_confirmation FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_confirmation ON signal_confirmation FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
",
};
