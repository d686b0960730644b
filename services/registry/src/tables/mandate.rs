//! Laws, and mandates: which inspectorate supervises what.

use foundation::migrate::Migration;

pub const REGISTRY_MANDATE: Migration = Migration {
    name: "0007_mandate",
    portable: "
CREATE TABLE law (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, fictitious BOOLEAN NOT NULL, source TEXT NOT NULL
);
CREATE TABLE mandate (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, law TEXT NOT NULL REFERENCES law (code),
  party_kind SMALLINT CHECK (party_kind BETWEEN 1 AND 9), sector TEXT REFERENCES sector (code),
  region_id UUID REFERENCES safety_region (id), legal_source TEXT NOT NULL, starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, version INTEGER NOT NULL, CHECK (starts_at < ends_at)
);
CREATE INDEX mandate_organisation ON mandate (organisation_id, law);
",
    sqlite: "",
    postgres: "
GRANT SELECT ON law TO samenzicht_registry;
GRANT SELECT, INSERT, UPDATE ON mandate TO samenzicht_registry;
ALTER TABLE mandate ENABLE ROW LEVEL SECURITY;
ALTER TABLE mandate FORCE ROW LEVEL SECURITY;
CREATE POLICY read_mandate ON mandate FOR SELECT USING (true);
CREATE POLICY write_mandate ON mandate FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};
