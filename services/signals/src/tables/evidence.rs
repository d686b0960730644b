//! Evidence with a signal: links with title, date and hash, added by its owner.

use foundation::migrate::Migration;

pub const EVIDENCE_0007: Migration = Migration {
    name: "0007_evidence",
    portable: "
CREATE TABLE signal_evidence (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2),
  title TEXT NOT NULL, dated TEXT NOT NULL, hash TEXT NOT NULL, url TEXT, reference TEXT, removed_at BIGINT
);
CREATE INDEX signal_evidence_signal ON signal_evidence (signal_id, at, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_evidence TO samenzicht_signals;
ALTER TABLE signal_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_evidence ON signal_evidence FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_evidence ON signal_evidence FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_evidence.owner_id))
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_evidence.owner_id));
",
};
