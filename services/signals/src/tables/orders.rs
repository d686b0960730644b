//! What lists are narrowed and ordered by stands in the feeds, and each order walks an index that also holds what it is
//! narrowed by and what the predicate asks: what does not fit is passed over without a look at its row.

use foundation::migrate::Migration;

pub const ORDERS_0005: Migration = Migration {
    name: "0005_orders",
    portable: "
ALTER TABLE signal_feed ADD COLUMN urgency SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE signal_feed ADD COLUMN origin SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE signal_feed ADD COLUMN state SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE signal_subject_feed ADD COLUMN urgency SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE signal_subject_feed ADD COLUMN origin SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE signal_subject_feed ADD COLUMN state SMALLINT NOT NULL DEFAULT 0;
DROP INDEX signal_feed_severity;
CREATE INDEX signal_feed_recorded ON signal_feed (channel, rank, created_at, record_id,
  category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);
CREATE INDEX signal_feed_observed ON signal_feed (channel, rank, observed_at, record_id,
  category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until,
  visible_from, visible_until);
CREATE INDEX signal_feed_severe ON signal_feed (channel, rank, severity, created_at, record_id,
  category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);
CREATE INDEX signal_feed_urgency ON signal_feed (channel, rank, urgency, created_at, record_id);
CREATE INDEX signal_feed_origin ON signal_feed (channel, rank, origin, created_at, record_id);
CREATE INDEX signal_feed_state ON signal_feed (channel, rank, state, created_at, record_id);
CREATE INDEX signal_feed_reliability ON signal_feed (channel, rank, reliability, created_at, record_id);
CREATE INDEX signal_feed_credibility ON signal_feed (channel, rank, credibility, created_at, record_id);
CREATE INDEX signal_subject_feed_recorded ON signal_subject_feed (subject_id, channel, rank, created_at, record_id,
  category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);
CREATE INDEX signal_subject_feed_observed ON signal_subject_feed (subject_id, channel, rank, observed_at, record_id,
  category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until,
  visible_from, visible_until);
CREATE INDEX signal_subject_feed_severe ON signal_subject_feed (subject_id, channel, rank, severity, created_at,
  record_id, category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);
",
    sqlite: "
UPDATE signal_feed SET urgency = s.urgency, origin = s.origin, state = s.state
  FROM signal s WHERE s.id = signal_feed.record_id;
UPDATE signal_subject_feed SET urgency = s.urgency, origin = s.origin, state = s.state
  FROM signal s WHERE s.id = signal_subject_feed.record_id;
",
    postgres: "
ALTER TABLE signal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signal_feed NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signal_subject_feed NO FORCE ROW LEVEL SECURITY;
UPDATE signal_feed SET urgency = s.urgency, origin = s.origin, state = s.state
  FROM signal s WHERE s.id = signal_feed.record_id;
UPDATE signal_subject_feed SET urgency = s.urgency, origin = s.origin, state = s.state
  FROM signal s WHERE s.id = signal_subject_feed.record_id;
ALTER TABLE signal FORCE ROW LEVEL SECURITY;
ALTER TABLE signal_feed FORCE ROW LEVEL SECURITY;
ALTER TABLE signal_subject_feed FORCE ROW LEVEL SECURITY;
",
};
