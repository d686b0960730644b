//! What is an account's own is so for row-level security too: marks of the inbox and of versions that were read, and
//! attempts to break glass. Until now a colleague's lock was the same.

use foundation::migrate::Migration;

pub const BY_ACCOUNT: Migration = Migration {
    name: "0045_by_account",
    portable: "",
    sqlite: "",
    postgres: "
DROP POLICY read_inbox_read ON inbox_read;
CREATE POLICY read_inbox_read ON inbox_read FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
DROP POLICY write_inbox_read ON inbox_read;
CREATE POLICY write_inbox_read ON inbox_read FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
DROP POLICY read_inbox_mark ON inbox_mark;
CREATE POLICY read_inbox_mark ON inbox_mark FOR SELECT
  USING (owner_id = nullif(current_setting('app.side', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
DROP POLICY write_inbox_mark ON inbox_mark;
CREATE POLICY write_inbox_mark ON inbox_mark FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
DROP POLICY read_signal_read_mark ON signal_read_mark;
CREATE POLICY read_signal_read_mark ON signal_read_mark FOR SELECT USING (
  organisation_id = nullif(current_setting('app.organisation', true), '')::uuid
  AND account_id = nullif(current_setting('app.account', true), '')::uuid
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
DROP POLICY write_signal_read_mark ON signal_read_mark;
CREATE POLICY write_signal_read_mark ON signal_read_mark FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id))
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid
    AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
DROP POLICY read_break_glass_attempt ON break_glass_attempt;
CREATE POLICY read_break_glass_attempt ON break_glass_attempt FOR SELECT
  USING (organisation_id = nullif(current_setting('app.side', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
DROP POLICY record_break_glass_attempt ON break_glass_attempt;
CREATE POLICY record_break_glass_attempt ON break_glass_attempt FOR INSERT
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND account_id = nullif(current_setting('app.account', true), '')::uuid);
",
};
