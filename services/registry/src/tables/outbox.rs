//! What of the outbox is looked up by its record.

use foundation::migrate::Migration;

/// When a record was published: what happened to it before is its owner's to know.
pub const REGISTRY_OUTBOX: Migration = Migration {
    name: "0012_outbox",
    portable: "
CREATE INDEX registry_outbox_published ON registry_outbox (record_id, at) WHERE change = 'published';
",
    sqlite: "",
    postgres: "",
};
