//! Answers to deliveries that carry an idempotency key.

use foundation::migrate::Migration;

pub const UPSERT_0011: Migration = Migration {
    name: "0011_upsert",
    portable: "
CREATE TABLE upsert_receipt (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL, idempotency_key TEXT NOT NULL,
  asked TEXT NOT NULL, answer TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (account_id, idempotency_key)
);
CREATE INDEX upsert_receipt_at ON upsert_receipt (at);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, DELETE ON upsert_receipt TO samenzicht_signals;
ALTER TABLE upsert_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE upsert_receipt FORCE ROW LEVEL SECURITY;
CREATE POLICY write_upsert_receipt ON upsert_receipt FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
CREATE POLICY tidy_upsert_receipt ON upsert_receipt FOR ALL
  USING (current_setting('app.caretaker', true) = 'on');
",
};
