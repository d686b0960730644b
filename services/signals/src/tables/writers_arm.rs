//! A list keeps its index. PostgreSQL joins the policies of a table with OR. Where each of them could be answered by an index,
//! it would gather the rows of all of them and sort, which grows with the feed, instead of walking the one index in whose
//! order the list comes. What a writer owns is only ever asked of rows that are found by their record: as a value it means
//! the same, and no index is sought for it.

use foundation::migrate::Migration;

pub const WRITERS_ARM: Migration = Migration {
    name: "0065_writers_arm",
    portable: "",
    sqlite: "",
    postgres: "
ALTER POLICY write_feed ON signal_feed
  USING (coalesce(owner_id = nullif(current_setting('app.writer', true), '')::uuid, false));
ALTER POLICY write_subject_feed ON signal_subject_feed
  USING (coalesce(owner_id = nullif(current_setting('app.writer', true), '')::uuid, false));
",
};
