//! Sectors (SBI) as they are imported, and which parties are in them.

use foundation::migrate::Migration;

pub const REGISTRY_SECTOR: Migration = Migration {
    name: "0004_sector",
    portable: "
CREATE TABLE sector (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, parent TEXT REFERENCES sector (code),
  path TEXT NOT NULL, source TEXT NOT NULL
);
CREATE INDEX sector_parent ON sector (parent, code);
CREATE INDEX sector_path ON sector (path);
CREATE TABLE party_sector (
  party_id UUID NOT NULL REFERENCES party (id), code TEXT NOT NULL REFERENCES sector (code),
  PRIMARY KEY (party_id, code)
);
CREATE INDEX party_sector_code ON party_sector (code, party_id);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON sector TO samenzicht_registry;
GRANT SELECT, INSERT, DELETE ON party_sector TO samenzicht_registry;
",
};
