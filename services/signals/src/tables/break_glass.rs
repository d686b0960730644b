//! Break-glass: who opened what in acute danger, how that was reviewed, and how often somebody tried.
//!
//! Another organisation's writer adds one grant and its feed rows, for its own account and four hours: each policy
//! says so once more, and the feed's, which comes last, that the signal is open to it still. `app.glass` holds the id or number that the writer named; unset it is no signal's.

use foundation::migrate::Migration;

pub const BREAK_GLASS: Migration = Migration {
    name: "0009_break_glass",
    portable: "
CREATE TABLE break_glass (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL, number TEXT NOT NULL, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, opened_by TEXT NOT NULL, purpose TEXT NOT NULL,
  grant_id UUID NOT NULL UNIQUE, danger TEXT NOT NULL, reason TEXT NOT NULL, opened_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, review_due BIGINT NOT NULL, reviewed_at BIGINT, reviewed_by UUID, justified BOOLEAN, judgement TEXT,
  CHECK ((reviewed_at IS NULL) = (justified IS NULL))
);
CREATE INDEX break_glass_owner ON break_glass (owner_id, opened_at, id);
CREATE INDEX break_glass_organisation ON break_glass (organisation_id, opened_at, id);
CREATE TABLE break_glass_attempt (
  account_id UUID NOT NULL, hour BIGINT NOT NULL, place SMALLINT NOT NULL, organisation_id UUID NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (account_id, hour, place)
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON break_glass TO samenzicht_signals;
GRANT SELECT, INSERT ON break_glass_attempt TO samenzicht_signals;
CREATE POLICY open_signal ON signal FOR SELECT USING (
  current_setting('app.glass', true) IN (signal.id::text, signal.number) AND state = 1 AND rank <= 1
  AND frozen_at IS NULL AND rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND retain_until > nullif(current_setting('app.now', true), '')::bigint
  AND owner_id <> nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE break_glass ENABLE ROW LEVEL SECURITY;
ALTER TABLE break_glass FORCE ROW LEVEL SECURITY;
CREATE POLICY read_break_glass ON break_glass FOR SELECT USING (
  nullif(current_setting('app.side', true), '')::uuid IN (owner_id, organisation_id));
CREATE POLICY record_break_glass ON break_glass FOR INSERT WITH CHECK (
  organisation_id = nullif(current_setting('app.writer', true), '')::uuid AND reviewed_at IS NULL
  AND ends_at <= nullif(current_setting('app.now', true), '')::bigint + 14400000000);
CREATE POLICY review_break_glass ON break_glass FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE break_glass_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE break_glass_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY read_break_glass_attempt ON break_glass_attempt FOR SELECT USING (
  organisation_id = nullif(current_setting('app.side', true), '')::uuid);
CREATE POLICY record_break_glass_attempt ON break_glass_attempt FOR INSERT WITH CHECK (
  organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY open_signal_grant ON signal_grant FOR INSERT WITH CHECK (
  audience_kind = 4 AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM break_glass b WHERE b.grant_id = signal_grant.id
    AND b.signal_id = signal_grant.signal_id AND b.owner_id = signal_grant.owner_id
    AND b.organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND b.account_id = signal_grant.audience AND signal_grant.valid_until <= b.ends_at));
CREATE POLICY open_signal_feed ON signal_feed FOR INSERT WITH CHECK (
  EXISTS (SELECT 1 FROM break_glass b JOIN channel c ON c.kind = 4 AND c.audience = b.account_id
    WHERE b.grant_id = signal_feed.grant_id AND b.signal_id = signal_feed.record_id AND c.id = signal_feed.channel
    AND b.organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND signal_feed.visible_until <= b.ends_at)
  AND EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_feed.record_id AND s.owner_id = signal_feed.owner_id)
  AND NOT EXISTS (SELECT 1 FROM signal_discovery d WHERE d.signal_id = signal_feed.record_id AND d.closed));
CREATE POLICY open_signal_subject_feed ON signal_subject_feed FOR INSERT WITH CHECK (
  EXISTS (SELECT 1 FROM break_glass b JOIN channel c ON c.kind = 4 AND c.audience = b.account_id
    WHERE b.grant_id = signal_subject_feed.grant_id AND b.signal_id = signal_subject_feed.record_id
    AND c.id = signal_subject_feed.channel
    AND b.organisation_id = nullif(current_setting('app.writer', true), '')::uuid
    AND signal_subject_feed.visible_until <= b.ends_at));
",
};
