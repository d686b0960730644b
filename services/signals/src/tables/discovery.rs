//! Beyond sight: what outsiders may know of a signal, and whether it may be opened in acute danger.

use foundation::migrate::Migration;

pub const DISCOVERY: Migration = Migration {
    name: "0007_discovery",
    portable: "
CREATE TABLE signal_discovery (
  signal_id UUID PRIMARY KEY REFERENCES signal (id) ON DELETE CASCADE, handle UUID NOT NULL UNIQUE, owner_id UUID NOT NULL,
  rank SMALLINT NOT NULL, mode SMALLINT NOT NULL CHECK (mode BETWEEN 0 AND 2), closed BOOLEAN NOT NULL, title TEXT,
  visible_until BIGINT NOT NULL, CHECK (title IS NULL OR mode = 2)
);
CREATE TABLE signal_discovery_subject (
  signal_id UUID NOT NULL REFERENCES signal_discovery (signal_id) ON DELETE CASCADE, subject_id UUID NOT NULL,
  PRIMARY KEY (subject_id, signal_id)
);
CREATE INDEX signal_discovery_subject_signal ON signal_discovery_subject (signal_id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE, DELETE ON signal_discovery TO samenzicht_signals;
GRANT SELECT, INSERT, DELETE ON signal_discovery_subject TO samenzicht_signals;
ALTER TABLE signal_discovery ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_discovery FORCE ROW LEVEL SECURITY;
CREATE POLICY tell_signal ON signal_discovery FOR SELECT USING (
  mode > 0 AND rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND visible_until > nullif(current_setting('app.now', true), '')::bigint
  AND EXISTS (SELECT 1 FROM organisation o WHERE o.participant
    AND o.id = nullif(current_setting('app.organisation', true), '')::uuid));
CREATE POLICY read_signal_discovery ON signal_discovery FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_discovery ON signal_discovery FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal_discovery_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_discovery_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_discovery_subject ON signal_discovery_subject FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal_discovery d WHERE d.signal_id = signal_discovery_subject.signal_id));
CREATE POLICY write_signal_discovery_subject ON signal_discovery_subject FOR ALL
  USING (EXISTS (SELECT 1 FROM signal_discovery d WHERE d.signal_id = signal_discovery_subject.signal_id
    AND d.owner_id = nullif(current_setting('app.writer', true), '')::uuid));
",
};
