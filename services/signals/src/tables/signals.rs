//! Signals themselves: record, personal part, subjects, grants, feeds, search, numbers, import profiles, outbox.

use foundation::migrate::Migration;

pub const SIGNALS_0001: Migration = Migration {
    name: "0001_signals",
    portable: "
CREATE TABLE signal (
  id UUID PRIMARY KEY, number TEXT NOT NULL UNIQUE, owner_id UUID NOT NULL, author_id UUID NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version INTEGER NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2), rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2),
  tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4), use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2),
  retain_until BIGINT NOT NULL, title TEXT NOT NULL, narrative TEXT NOT NULL, category TEXT NOT NULL,
  severity SMALLINT NOT NULL CHECK (severity BETWEEN 1 AND 4), urgency SMALLINT NOT NULL CHECK (urgency BETWEEN 1 AND 3),
  observed_from BIGINT NOT NULL, observed_until BIGINT, place TEXT, note TEXT,
  origin SMALLINT NOT NULL CHECK (origin BETWEEN 1 AND 5), external_system TEXT, external_reference TEXT,
  retraction TEXT, UNIQUE (owner_id, external_system, external_reference)
);
CREATE TABLE signal_personal (
  signal_id UUID PRIMARY KEY REFERENCES signal (id), reporter_name TEXT, reporter_contact TEXT,
  persons_involved TEXT NOT NULL
);
CREATE TABLE signal_subject (
  signal_id UUID NOT NULL REFERENCES signal (id), kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY (signal_id, kind, subject_id)
);
CREATE TABLE signal_grant (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id), owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);
CREATE INDEX signal_grant_signal ON signal_grant (signal_id);
CREATE TABLE signal_feed (
  channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL,
  category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);
CREATE INDEX signal_feed_record ON signal_feed (record_id, channel);
CREATE INDEX signal_feed_category ON signal_feed (channel, rank, category, created_at, record_id);
CREATE INDEX signal_feed_severity ON signal_feed (channel, rank, severity, created_at, record_id);
CREATE INDEX signal_feed_owner ON signal_feed (channel, rank, owner_id, created_at, record_id);
CREATE TABLE signal_subject_feed (
  subject_id UUID NOT NULL, channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL,
  record_id UUID NOT NULL, grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL,
  owner_id UUID NOT NULL, category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);
CREATE INDEX signal_subject_feed_record ON signal_subject_feed (record_id);
CREATE TABLE signal_tombstone (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
);
CREATE TABLE signal_number (
  owner_id UUID NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (owner_id, year)
);
CREATE TABLE import_profile (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, mapping TEXT NOT NULL,
  proposed_by UUID NOT NULL, proposed_at BIGINT NOT NULL, approved_by UUID, approved_at BIGINT,
  UNIQUE (organisation_id, hash)
);
",
    sqlite: "
CREATE TABLE signals_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);
CREATE TABLE signal_search (search_id INTEGER PRIMARY KEY, signal_id UUID NOT NULL UNIQUE);
CREATE VIRTUAL TABLE signal_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61');
",
    postgres: "
CREATE TABLE signals_outbox (
  sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint), at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);
CREATE INDEX signals_outbox_order ON signals_outbox (tx, sequence);
CREATE TABLE signal_search (
  signal_id UUID PRIMARY KEY, owner_id UUID NOT NULL, words TSVECTOR NOT NULL
);
CREATE INDEX signal_search_words ON signal_search USING gin (words);
CREATE FUNCTION search_signals(query TEXT) RETURNS SETOF UUID LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = signals, pg_temp AS $$
  SELECT signal_id FROM signals.signal_search WHERE words @@ plainto_tsquery('simple', query) $$;
REVOKE ALL ON FUNCTION search_signals FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA signals TO samenzicht_search;
ALTER FUNCTION search_signals OWNER TO samenzicht_search;
REVOKE CREATE ON SCHEMA signals FROM samenzicht_search;
GRANT SELECT ON signal_search TO samenzicht_search;
GRANT EXECUTE ON FUNCTION search_signals TO samenzicht_signals;
GRANT USAGE ON SCHEMA signals TO samenzicht_signals;
GRANT SELECT, INSERT, UPDATE ON signal, signal_grant, signal_number, import_profile TO samenzicht_signals;
GRANT SELECT, INSERT, UPDATE, DELETE ON signal_personal TO samenzicht_signals;
GRANT SELECT, INSERT, DELETE ON signal_subject, signal_feed, signal_subject_feed, signal_search TO samenzicht_signals;
GRANT SELECT, INSERT ON signals_outbox TO samenzicht_signals;
GRANT INSERT ON signal_tombstone TO samenzicht_signals;
ALTER TABLE signal_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_feed FORCE ROW LEVEL SECURITY;
CREATE POLICY read_feed ON signal_feed FOR SELECT USING (
  channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])
  AND rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND visible_until > nullif(current_setting('app.now', true), '')::bigint);
CREATE POLICY write_feed ON signal_feed FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal_subject_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_subject_feed FORCE ROW LEVEL SECURITY;
CREATE POLICY read_subject_feed ON signal_subject_feed FOR SELECT USING (
  channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])
  AND rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND visible_until > nullif(current_setting('app.now', true), '')::bigint);
CREATE POLICY write_subject_feed ON signal_subject_feed FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal ON signal FOR SELECT USING (EXISTS (
  SELECT 1 FROM signal_feed f WHERE f.record_id = signal.id
  AND f.channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])
  AND f.rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND f.visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND f.visible_until > nullif(current_setting('app.now', true), '')::bigint));
CREATE POLICY record_signal ON signal FOR INSERT
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY change_signal ON signal FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_personal ON signal_personal FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_personal ON signal_personal FOR ALL
  USING (EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id
    AND s.owner_id = nullif(current_setting('app.writer', true), '')::uuid));
ALTER TABLE signal_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_subject ON signal_subject FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id));
CREATE POLICY write_signal_subject ON signal_subject FOR ALL
  USING (EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id
    AND s.owner_id = nullif(current_setting('app.writer', true), '')::uuid));
ALTER TABLE signal_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY read_signal_grant ON signal_grant FOR SELECT USING (
  EXISTS (SELECT 1 FROM signal s WHERE s.id = signal_id) AND (
    owner_id = nullif(current_setting('app.organisation', true), '')::uuid
    OR channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])));
CREATE POLICY write_signal_grant ON signal_grant FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_search FORCE ROW LEVEL SECURITY;
CREATE POLICY search_signal ON signal_search FOR SELECT TO samenzicht_search USING (true);
CREATE POLICY write_signal_search ON signal_search FOR ALL TO samenzicht_signals
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE signal_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE signal_number FORCE ROW LEVEL SECURITY;
CREATE POLICY write_signal_number ON signal_number FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE import_profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_profile FORCE ROW LEVEL SECURITY;
CREATE POLICY read_import_profile ON import_profile FOR SELECT
  USING (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_import_profile ON import_profile FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};
