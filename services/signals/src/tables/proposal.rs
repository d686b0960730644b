//! Corrections that others put to a signal's owner: between the two of them.

use foundation::migrate::Migration;

pub const PROPOSAL_0009: Migration = Migration {
    name: "0009_proposal",
    portable: "
CREATE TABLE signal_proposal (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, version INTEGER NOT NULL,
  changes TEXT NOT NULL, base TEXT NOT NULL, reason TEXT NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5), decided_at BIGINT, decided_by UUID, answer TEXT,
  accepted TEXT, applied_version INTEGER
);
CREATE INDEX signal_proposal_signal ON signal_proposal (signal_id, at, id);
CREATE INDEX signal_proposal_owner ON signal_proposal (owner_id, at, id);
CREATE INDEX signal_proposal_organisation ON signal_proposal (organisation_id, at, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_proposal TO samenzicht_signals;
ALTER TABLE signal_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_proposal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_proposal ON signal_proposal FOR SELECT USING (
  organisation_id = nullif(current_setting('app.organisation', true), '')::uuid
  OR owner_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY make_signal_proposal ON signal_proposal FOR INSERT
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_proposal.owner_id));
CREATE POLICY decide_signal_proposal ON signal_proposal FOR UPDATE
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    OR owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    OR owner_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};
