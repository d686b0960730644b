//! What a signal's worth depends on: how long it holds, how far it can be trusted, how a machine came by it.
//!
//! Signals of before say nothing of it, and neither do their feeds: there is nothing to fill in.

use foundation::migrate::Migration;

pub const RELIABILITY_0002: Migration = Migration {
    name: "0002_reliability",
    portable: "
ALTER TABLE signal ADD COLUMN valid_until BIGINT;
ALTER TABLE signal ADD COLUMN reliability SMALLINT CHECK (reliability BETWEEN 1 AND 6);
ALTER TABLE signal ADD COLUMN credibility SMALLINT CHECK (credibility BETWEEN 1 AND 6);
ALTER TABLE signal ADD COLUMN url_hash TEXT;
ALTER TABLE signal ADD COLUMN collected_at BIGINT;
ALTER TABLE signal ADD COLUMN tool TEXT;
ALTER TABLE signal ADD COLUMN tool_version TEXT;
ALTER TABLE signal ADD COLUMN confidence SMALLINT CHECK (confidence BETWEEN 0 AND 1000);
ALTER TABLE signal ADD COLUMN product_category TEXT;
ALTER TABLE signal_feed ADD COLUMN valid_until BIGINT;
ALTER TABLE signal_feed ADD COLUMN reliability SMALLINT;
ALTER TABLE signal_feed ADD COLUMN credibility SMALLINT;
ALTER TABLE signal_subject_feed ADD COLUMN valid_until BIGINT;
ALTER TABLE signal_subject_feed ADD COLUMN reliability SMALLINT;
ALTER TABLE signal_subject_feed ADD COLUMN credibility SMALLINT;
CREATE INDEX signal_external ON signal (external_system, external_reference);
",
    sqlite: "",
    postgres: "",
};
