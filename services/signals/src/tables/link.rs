//! Links between signals: a row at each end, visible where both ends are.

use foundation::migrate::Migration;

pub const LINK_0006: Migration = Migration {
    name: "0006_link",
    portable: "
CREATE TABLE signal_link (
  id UUID PRIMARY KEY, link_id UUID NOT NULL, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE,
  other_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, forward BOOLEAN NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 4), reason TEXT, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, ended_at BIGINT, CHECK (signal_id <> other_id)
);
CREATE INDEX signal_link_signal ON signal_link (signal_id, at, id);
CREATE INDEX signal_link_other ON signal_link (other_id);
CREATE INDEX signal_link_link ON signal_link (link_id);
CREATE UNIQUE INDEX signal_link_live ON signal_link (signal_id, other_id, kind, forward, organisation_id)
  WHERE ended_at IS NULL;
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_link TO samenzicht_signals;
ALTER TABLE signal_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_link FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_link ON signal_link FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id) AND EXISTS (SELECT 1 FROM signal s WHERE s.id = other_id));
CREATE POLICY write_signal_link ON signal_link FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id)
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = other_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id)
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = other_id));
",
};
