//! Saved searches: what an account asks again and again. What they find is stored nowhere.

use foundation::migrate::Migration;

pub const SAVED_SEARCH: Migration = Migration {
    name: "0021_saved_search",
    portable: "
CREATE TABLE saved_search (
  id UUID PRIMARY KEY, account_id UUID NOT NULL, owner_id UUID NOT NULL, purpose_id UUID NOT NULL,
  version INTEGER NOT NULL, created_at BIGINT NOT NULL, looked_at BIGINT NOT NULL, name TEXT NOT NULL,
  format SMALLINT NOT NULL, filter TEXT NOT NULL, watched_from BIGINT NOT NULL, told_from BIGINT, deleted_at BIGINT,
  former TEXT
);
CREATE INDEX saved_search_account ON saved_search (account_id, purpose_id, created_at, id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_search TO samenzicht_signals;
ALTER TABLE saved_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_search FORCE ROW LEVEL SECURITY;
CREATE POLICY read_saved_search ON saved_search FOR SELECT
  USING (owner_id = nullif(current_setting('app.organisation', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
CREATE POLICY write_saved_search ON saved_search FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
",
};
