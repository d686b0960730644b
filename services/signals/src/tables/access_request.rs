//! Requests for access: rows that two organisations have between them.

use foundation::migrate::Migration;

pub const ACCESS_REQUEST: Migration = Migration {
    name: "0008_access_request",
    portable: "
CREATE TABLE access_request (
  id UUID PRIMARY KEY, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2),
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, handle UUID, rank SMALLINT NOT NULL,
  owner_id UUID NOT NULL, organisation_id UUID NOT NULL, account_id UUID NOT NULL, asked_by TEXT NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, reason TEXT NOT NULL, valid_until BIGINT NOT NULL,
  asked_at BIGINT NOT NULL, lapses_at BIGINT NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 4),
  closed_at BIGINT, closed_by UUID, answer TEXT, grant_id UUID, given_audience_kind SMALLINT, given_audience UUID,
  given_purpose_id UUID, given_legal_basis_id UUID, given_until BIGINT,
  CHECK ((state = 1) = (closed_at IS NULL)), CHECK ((state = 2) = (grant_id IS NOT NULL))
);
CREATE INDEX access_request_owner ON access_request (owner_id, asked_at, id);
CREATE INDEX access_request_organisation ON access_request (organisation_id, asked_at, id);
CREATE INDEX access_request_signal ON access_request (signal_id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON access_request TO samenzicht_signals;
ALTER TABLE access_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_request FORCE ROW LEVEL SECURITY;
CREATE POLICY read_access_request ON access_request FOR SELECT USING (
  rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND nullif(current_setting('app.organisation', true), '')::uuid IN (owner_id, organisation_id));
CREATE POLICY ask_access ON access_request FOR INSERT WITH CHECK (
  state = 1 AND organisation_id = nullif(current_setting('app.writer', true), '')::uuid AND (
    kind = 1 AND EXISTS (SELECT 1 FROM signal_discovery d WHERE d.signal_id = access_request.signal_id
      AND d.owner_id = access_request.owner_id AND d.handle = access_request.handle)
    OR kind = 2 AND EXISTS (SELECT 1 FROM signal s WHERE s.id = access_request.signal_id
      AND s.owner_id = access_request.owner_id)));
CREATE POLICY decide_access ON access_request FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY withdraw_access ON access_request FOR UPDATE
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid AND state = 4);
",
};
