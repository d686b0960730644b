//! What an account has read of its inbox. The inbox itself is no table: it is what happened to the records that the
//! account may see at the moment of asking.

use foundation::migrate::Migration;

pub const INBOX: Migration = Migration {
    name: "0020_inbox",
    portable: "
CREATE INDEX signals_outbox_at ON signals_outbox (at, record_id, change);
CREATE TABLE inbox_read (
  account_id UUID NOT NULL, owner_id UUID NOT NULL, at BIGINT NOT NULL, record_id UUID NOT NULL, change TEXT NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);
CREATE TABLE inbox_mark (
  account_id UUID PRIMARY KEY, owner_id UUID NOT NULL, read_until BIGINT NOT NULL
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, DELETE ON inbox_read TO samenzicht_signals;
GRANT SELECT, INSERT, UPDATE ON inbox_mark TO samenzicht_signals;
ALTER TABLE inbox_read ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox_read FORCE ROW LEVEL SECURITY;
CREATE POLICY read_inbox_read ON inbox_read FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid);
CREATE POLICY write_inbox_read ON inbox_read FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE inbox_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY read_inbox_mark ON inbox_mark FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid);
CREATE POLICY write_inbox_mark ON inbox_mark FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};

/// When records came out: nothing of before is told to others.
pub const PUBLISHED: Migration = Migration {
    name: "0044_published",
    portable: "
CREATE INDEX signals_outbox_published ON signals_outbox (record_id, at) WHERE change = 'published';
",
    sqlite: "",
    postgres: "",
};
