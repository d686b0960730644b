//! Themes and feedback products: derived records, seen by who sees every signal that they rest on.
//!
//! A theme knows how many signals it rests on. The second lock counts those that the reader can see: a reader who sees
//! fewer sees no theme. Counting, and not looking for a hidden one, because what is hidden is hidden here too. One table's
//! policy asks for another's rows by a function, which runs as whoever asks, under that table's own policies: written out,
//! each policy would hold those of all tables below it, and planning a list would take longer than reading it.
//! The caretaker, which sees only signals that have expired, erases with them the themes that rest on them, and what was
//! being written of those.

use foundation::migrate::Migration;

pub const THEMES: Migration = Migration {
    name: "0022_themes",
    portable: "
CREATE TABLE theme (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2),
  title TEXT NOT NULL, description TEXT NOT NULL, sources INTEGER NOT NULL CHECK (sources > 0), ended_because TEXT
);
CREATE INDEX theme_made ON theme (created_at, id);
CREATE TABLE theme_source (
  theme_id UUID NOT NULL REFERENCES theme (id) ON DELETE CASCADE, signal_id UUID NOT NULL, owner_id UUID NOT NULL,
  added_at BIGINT NOT NULL, reason TEXT, left_at BIGINT, PRIMARY KEY (theme_id, signal_id)
);
CREATE INDEX theme_source_signal ON theme_source (signal_id);
CREATE TABLE feedback (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 1),
  theme_id UUID NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  addressee_kind SMALLINT NOT NULL CHECK (addressee_kind BETWEEN 1 AND 3), addressee TEXT NOT NULL, sent_at BIGINT
);
CREATE INDEX feedback_made ON feedback (created_at, id);
CREATE INDEX feedback_theme ON feedback (theme_id);
CREATE TABLE feedback_party (
  feedback_id UUID NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, party_id UUID NOT NULL, owner_id UUID NOT NULL,
  PRIMARY KEY (feedback_id, party_id)
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON theme, theme_source, feedback TO samenzicht_signals;
GRANT DELETE ON theme, feedback TO samenzicht_signals;
GRANT SELECT, INSERT, DELETE ON feedback_party TO samenzicht_signals;
CREATE FUNCTION signal_is_there(of_signal UUID) RETURNS BOOLEAN LANGUAGE plpgsql STABLE
  SET search_path = signals, access, pg_temp AS $$
  BEGIN RETURN EXISTS (SELECT 1 FROM signal s WHERE s.id = of_signal); END $$;
CREATE FUNCTION sources_there(of_theme UUID) RETURNS BIGINT LANGUAGE plpgsql STABLE
  SET search_path = signals, access, pg_temp AS $$
  BEGIN RETURN (SELECT COUNT(*) FROM theme_source m WHERE m.theme_id = of_theme); END $$;
CREATE FUNCTION theme_is_there(of_theme UUID) RETURNS BOOLEAN LANGUAGE plpgsql STABLE
  SET search_path = signals, access, pg_temp AS $$
  BEGIN RETURN EXISTS (SELECT 1 FROM theme t WHERE t.id = of_theme); END $$;
ALTER TABLE theme_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE theme_source FORCE ROW LEVEL SECURITY;
CREATE POLICY read_theme_source ON theme_source FOR SELECT USING (EXISTS (
  SELECT 1 FROM signal_feed f WHERE f.record_id = signal_id
  AND f.channel = ANY (string_to_array(nullif(current_setting('app.channels', true), ''), ',')::bigint[])
  AND f.rank <= nullif(current_setting('app.max_rank', true), '')::smallint
  AND f.visible_from <= nullif(current_setting('app.now', true), '')::bigint
  AND f.visible_until > nullif(current_setting('app.now', true), '')::bigint));
CREATE POLICY find_expired_theme_source ON theme_source FOR SELECT
  USING (current_setting('app.caretaker', true) = 'on' AND signal_is_there(signal_id));
CREATE POLICY add_theme_source ON theme_source FOR INSERT
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY change_theme_source ON theme_source FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE theme ENABLE ROW LEVEL SECURITY;
ALTER TABLE theme FORCE ROW LEVEL SECURITY;
CREATE POLICY read_theme ON theme FOR SELECT USING (
  (state = 1 OR owner_id = nullif(current_setting('app.organisation', true), '')::uuid)
  AND sources <= sources_there(id));
CREATE POLICY add_theme ON theme FOR INSERT
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY change_theme ON theme FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY find_expired_theme ON theme FOR SELECT USING (current_setting('app.caretaker', true) = 'on'
  AND sources_there(id) > 0);
CREATE POLICY erase_expired_theme ON theme FOR DELETE USING (current_setting('app.caretaker', true) = 'on'
  AND sources_there(id) > 0);
ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY read_feedback ON feedback FOR SELECT USING (
  CASE WHEN state = 1 THEN owner_id = nullif(current_setting('app.organisation', true), '')::uuid
    OR EXISTS (SELECT 1 FROM organisation o WHERE o.participant
      AND o.id = nullif(current_setting('app.organisation', true), '')::uuid)
  ELSE owner_id = nullif(current_setting('app.organisation', true), '')::uuid
    AND theme_is_there(theme_id) END);
CREATE POLICY add_feedback ON feedback FOR INSERT
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY change_feedback ON feedback FOR UPDATE
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
CREATE POLICY find_expired_feedback ON feedback FOR SELECT USING (current_setting('app.caretaker', true) = 'on'
  AND state = 0 AND theme_is_there(theme_id));
CREATE POLICY erase_expired_feedback ON feedback FOR DELETE USING (current_setting('app.caretaker', true) = 'on'
  AND state = 0 AND theme_is_there(theme_id));
ALTER TABLE feedback_party ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback_party FORCE ROW LEVEL SECURITY;
CREATE POLICY read_feedback_party ON feedback_party FOR SELECT
  USING (owner_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_feedback_party ON feedback_party FOR ALL
  USING (owner_id = nullif(current_setting('app.writer', true), '')::uuid)
  WITH CHECK (owner_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};
