//! Triage: one report, an opinion of each inspectorate that takes part, one decision.
//!
//! Whoever takes part sees a triage as long as it sees the signal; the opener and the signal's owner always take part.

use foundation::migrate::Migration;

pub const TRIAGE: Migration = Migration {
    name: "0021_triage",
    portable: "
CREATE TABLE triage (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  opened_by UUID NOT NULL, opened_at BIGINT NOT NULL, question TEXT NOT NULL, due_at BIGINT NOT NULL,
  decision SMALLINT CHECK (decision BETWEEN 1 AND 3), lead_id UUID, grounds SMALLINT, motivation TEXT, decided_by UUID,
  decided_at BIGINT
);
CREATE INDEX triage_signal ON triage (signal_id);
CREATE TABLE triage_participant (
  triage_id UUID NOT NULL REFERENCES triage (id) ON DELETE CASCADE,
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  PRIMARY KEY (triage_id, organisation_id)
);
CREATE INDEX triage_participant_organisation ON triage_participant (organisation_id, triage_id);
CREATE TABLE triage_opinion (
  triage_id UUID NOT NULL REFERENCES triage (id) ON DELETE CASCADE,
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, advice SMALLINT NOT NULL CHECK (advice BETWEEN 1 AND 3), lead_id UUID,
  grounds SMALLINT NOT NULL, motivation TEXT NOT NULL, PRIMARY KEY (triage_id, organisation_id)
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON triage TO samenzicht_signals;
GRANT SELECT, INSERT ON triage_participant TO samenzicht_signals;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_opinion TO samenzicht_signals;
ALTER TABLE triage_participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE triage_participant FORCE ROW LEVEL SECURITY;
CREATE POLICY read_triage_participant ON triage_participant FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY invite_triage_participant ON triage_participant FOR INSERT WITH CHECK (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id)
  AND nullif(current_setting('app.writer', true), '') IS NOT NULL);
ALTER TABLE triage ENABLE ROW LEVEL SECURITY;
ALTER TABLE triage FORCE ROW LEVEL SECURITY;
CREATE POLICY read_triage ON triage FOR SELECT USING (EXISTS (
  SELECT 1 FROM triage_participant p WHERE p.triage_id = triage.id
  AND p.organisation_id = nullif(current_setting('app.organisation', true), '')::uuid));
CREATE POLICY open_triage ON triage FOR INSERT
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY decide_triage ON triage FOR UPDATE
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE triage_opinion ENABLE ROW LEVEL SECURITY;
ALTER TABLE triage_opinion FORCE ROW LEVEL SECURITY;
CREATE POLICY read_triage_opinion ON triage_opinion FOR SELECT USING (
  EXISTS (SELECT 1 FROM triage t WHERE t.id = triage_id));
CREATE POLICY write_triage_opinion ON triage_opinion FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM triage t WHERE t.id = triage_id));
",
};
