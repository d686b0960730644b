//! The service changes what it keeps: its outbox, and its right to write parties and sites.

use foundation::migrate::Migration;

pub const REGISTRY_0002: Migration = Migration {
    name: "0002_change",
    portable: "",
    sqlite: "
CREATE TABLE registry_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);
",
    postgres: "
CREATE TABLE registry_outbox (
  sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint), at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);
CREATE INDEX registry_outbox_order ON registry_outbox (tx, sequence);
GRANT SELECT, INSERT ON registry_outbox TO samenzicht_registry;
GRANT INSERT, UPDATE ON party, site TO samenzicht_registry;
GRANT INSERT, UPDATE, DELETE ON party_trade_name, party_identifier, party_custodian, party_personal, site_identifier,
  site_personal TO samenzicht_registry;
",
};
