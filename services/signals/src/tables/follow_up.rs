//! What became of a signal: one live follow-up per inspectorate, those before it kept.

use foundation::migrate::Migration;

pub const FOLLOW_UP_0005: Migration = Migration {
    name: "0005_follow_up",
    portable: "
CREATE TABLE signal_follow_up (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, taken_up_at BIGINT NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5), text TEXT, handed_to UUID, owner_only BOOLEAN NOT NULL,
  superseded_at BIGINT
);
CREATE INDEX signal_follow_up_signal ON signal_follow_up (signal_id, at, id);
CREATE UNIQUE INDEX signal_follow_up_live ON signal_follow_up (signal_id, organisation_id)
  WHERE superseded_at IS NULL;
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON signal_follow_up TO samenzicht_signals;
ALTER TABLE signal_follow_up ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_follow_up FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_follow_up ON signal_follow_up FOR SELECT USING (
  (NOT owner_only OR organisation_id = nullif(current_setting('app.organisation', true), '')::uuid
    OR owner_id = nullif(current_setting('app.organisation', true), '')::uuid)
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_follow_up ON signal_follow_up FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_follow_up.owner_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id AND s.owner_id = signal_follow_up.owner_id));
",
};
