//! Lists of one category, owner, state and the like, and of what has ended, each by an index that says all that is asked of
//! a row: whether it is live, and whose it is, as a writer's policy asks. Such an index is always the shortest way, so that
//! what a channel has none of is found out in a few pages, where the whole channel was looked through in its order. Of what
//! has ended only what has an end is kept.

use foundation::migrate::Migration;

pub const KEYED: Migration = Migration {
    name: "0066_keyed",
    portable: "
DROP INDEX signal_feed_category;
CREATE INDEX signal_feed_category ON signal_feed (channel, rank, category, created_at, record_id,
  visible_from, visible_until, owner_id);
DROP INDEX signal_feed_owner;
CREATE INDEX signal_feed_owner ON signal_feed (channel, rank, owner_id, created_at, record_id,
  visible_from, visible_until);
DROP INDEX signal_feed_urgency;
CREATE INDEX signal_feed_urgency ON signal_feed (channel, rank, urgency, created_at, record_id,
  visible_from, visible_until, owner_id);
DROP INDEX signal_feed_origin;
CREATE INDEX signal_feed_origin ON signal_feed (channel, rank, origin, created_at, record_id,
  visible_from, visible_until, owner_id);
DROP INDEX signal_feed_state;
CREATE INDEX signal_feed_state ON signal_feed (channel, rank, state, created_at, record_id,
  visible_from, visible_until, owner_id);
DROP INDEX signal_feed_reliability;
CREATE INDEX signal_feed_reliability ON signal_feed (channel, rank, reliability, created_at, record_id,
  visible_from, visible_until, owner_id);
DROP INDEX signal_feed_credibility;
CREATE INDEX signal_feed_credibility ON signal_feed (channel, rank, credibility, created_at, record_id,
  visible_from, visible_until, owner_id);
CREATE INDEX signal_feed_ended ON signal_feed (channel, rank, created_at, record_id, valid_until,
  visible_from, visible_until, owner_id) WHERE valid_until IS NOT NULL;
",
    sqlite: "",
    postgres: "",
};
