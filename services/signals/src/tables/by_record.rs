//! The feed by its record, as row-level security asks for it of each signal that is shown: on PostgreSQL by a hash, which
//! is two pages whatever the number of signals, where a tree of them is four and grows.

use foundation::migrate::Migration;

pub const BY_RECORD: Migration = Migration {
    name: "0041_by_record",
    portable: "",
    sqlite: "",
    postgres: "
DROP INDEX signal_feed_record;
CREATE INDEX signal_feed_record ON signal_feed USING hash (record_id);
DROP INDEX signal_subject_feed_record;
CREATE INDEX signal_subject_feed_record ON signal_subject_feed USING hash (record_id);
",
};
