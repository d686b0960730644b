//! What an account has read of its notices. The notices themselves are no table: they are what happened to the covenants
//! and supervision levels that the account may see at the moment of asking.

use foundation::migrate::Migration;

pub const REGISTRY_NOTICE: Migration = Migration {
    name: "0012_notice",
    portable: "
CREATE INDEX registry_outbox_at ON registry_outbox (at, record_id, change);
CREATE TABLE notice_read (
  account_id UUID NOT NULL, owner_id UUID NOT NULL, at BIGINT NOT NULL, record_id UUID NOT NULL, change TEXT NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);
CREATE TABLE notice_mark (
  account_id UUID PRIMARY KEY, owner_id UUID NOT NULL, read_until BIGINT NOT NULL
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, DELETE ON notice_read TO samenzicht_registry;
GRANT SELECT, INSERT, UPDATE ON notice_mark TO samenzicht_registry;
ALTER TABLE notice_read ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_read FORCE ROW LEVEL SECURITY;
CREATE POLICY read_notice_read ON notice_read FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
CREATE POLICY write_notice_read ON notice_read FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
ALTER TABLE notice_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY read_notice_mark ON notice_mark FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
CREATE POLICY write_notice_mark ON notice_mark FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
",
};
