//! Vocabularies, parties and sites, and the views by which other services see them.

use foundation::migrate::Migration;

pub const REGISTRY_0001: Migration = Migration {
    name: "0001_registry",
    portable: "
CREATE TABLE domain (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, source TEXT NOT NULL
);
CREATE TABLE category (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  domain TEXT NOT NULL REFERENCES domain (code), source TEXT NOT NULL
);
CREATE TABLE safety_region (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, source TEXT NOT NULL
);
CREATE TABLE party (
  id UUID PRIMARY KEY, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 9), legal_name TEXT,
  name_words TEXT NOT NULL, CHECK ((kind IN (2, 3)) = (legal_name IS NULL)),
  CHECK (legal_name IS NOT NULL OR name_words = '')
);
CREATE INDEX party_name_words ON party (name_words, id);
CREATE TABLE party_trade_name (
  party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL, PRIMARY KEY (party_id, name)
);
CREATE TABLE party_identifier (
  party_id UUID NOT NULL REFERENCES party (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (party_id, scheme), UNIQUE (scheme, value)
);
CREATE TABLE party_custodian (
  party_id UUID NOT NULL REFERENCES party (id), organisation_id UUID NOT NULL,
  PRIMARY KEY (party_id, organisation_id)
);
CREATE TABLE party_personal (
  party_id UUID PRIMARY KEY REFERENCES party (id), legal_name TEXT NOT NULL, trade_names TEXT NOT NULL
);
CREATE TABLE site (
  id UUID PRIMARY KEY, party_id UUID NOT NULL REFERENCES party (id), name TEXT, street TEXT, postcode TEXT, city TEXT,
  latitude DOUBLE PRECISION, longitude DOUBLE PRECISION, region_id UUID REFERENCES safety_region (id),
  CHECK (name IS NOT NULL OR (street IS NULL AND postcode IS NULL AND city IS NULL AND latitude IS NULL))
);
CREATE INDEX site_party ON site (party_id, id);
CREATE TABLE site_identifier (
  site_id UUID NOT NULL REFERENCES site (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (site_id, scheme), UNIQUE (scheme, value)
);
CREATE TABLE site_personal (
  site_id UUID PRIMARY KEY REFERENCES site (id), party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL,
  street TEXT, postcode TEXT, city TEXT, latitude DOUBLE PRECISION, longitude DOUBLE PRECISION
);
",
    sqlite: "
CREATE VIEW reference_party AS SELECT id, kind, legal_name FROM party;
CREATE VIEW reference_site AS SELECT id, party_id, name FROM site;
CREATE VIEW reference_region AS SELECT id, code, name FROM safety_region;
CREATE VIEW reference_category AS SELECT id, code, name, name_en FROM category;
",
    postgres: "
CREATE SCHEMA IF NOT EXISTS reference;
CREATE VIEW reference.reference_party AS SELECT id, kind, legal_name FROM party;
CREATE VIEW reference.reference_site AS SELECT id, party_id, name FROM site;
CREATE VIEW reference.reference_region AS SELECT id, code, name FROM safety_region;
CREATE VIEW reference.reference_category AS SELECT id, code, name, name_en FROM category;
GRANT USAGE ON SCHEMA reference TO samenzicht_registry, samenzicht_signals;
GRANT SELECT ON ALL TABLES IN SCHEMA reference TO samenzicht_registry, samenzicht_signals;
GRANT USAGE ON SCHEMA registry TO samenzicht_registry;
GRANT SELECT ON ALL TABLES IN SCHEMA registry TO samenzicht_registry;
REVOKE ALL ON registry_migration FROM samenzicht_registry;
ALTER TABLE party_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE party_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_party_personal ON party_personal FOR SELECT USING (EXISTS (
  SELECT 1 FROM party_custodian c WHERE c.party_id = party_personal.party_id
  AND c.organisation_id = nullif(current_setting('app.organisation', true), '')::uuid));
CREATE POLICY write_party_personal ON party_personal FOR ALL USING (EXISTS (
  SELECT 1 FROM party_custodian c WHERE c.party_id = party_personal.party_id
  AND c.organisation_id = nullif(current_setting('app.writer', true), '')::uuid));
ALTER TABLE site_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE site_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_site_personal ON site_personal FOR SELECT USING (EXISTS (
  SELECT 1 FROM party_custodian c WHERE c.party_id = site_personal.party_id
  AND c.organisation_id = nullif(current_setting('app.organisation', true), '')::uuid));
CREATE POLICY write_site_personal ON site_personal FOR ALL USING (EXISTS (
  SELECT 1 FROM party_custodian c WHERE c.party_id = site_personal.party_id
  AND c.organisation_id = nullif(current_setting('app.writer', true), '')::uuid));
",
};
