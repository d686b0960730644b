//! Parties and sites that inspectorates register and change: versions, what else is known of a party, and what is
//! personal kept by each custodian apart, so that none sees what another keeps.

use foundation::migrate::Migration;

pub const REGISTRY_PARTY: Migration = Migration {
    name: "0003_party",
    portable: "
ALTER TABLE party ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE party ADD COLUMN public_task TEXT;
ALTER TABLE party ADD COLUMN delegating_authority TEXT;
ALTER TABLE party ADD COLUMN safety_management BOOLEAN;
ALTER TABLE party ADD COLUMN region_id UUID REFERENCES safety_region (id);
CREATE UNIQUE INDEX party_region ON party (region_id);
CREATE INDEX party_custodian_organisation ON party_custodian (organisation_id, party_id);
ALTER TABLE site ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
",
    sqlite: "
ALTER TABLE party_personal RENAME TO party_personal_before;
CREATE TABLE party_personal (
  party_id UUID NOT NULL REFERENCES party (id), organisation_id UUID NOT NULL, legal_name TEXT NOT NULL,
  trade_names TEXT NOT NULL, PRIMARY KEY (party_id, organisation_id)
);
INSERT INTO party_personal SELECT p.party_id, c.organisation_id, p.legal_name, p.trade_names
  FROM party_personal_before p JOIN party_custodian c ON c.party_id = p.party_id;
DROP TABLE party_personal_before;
ALTER TABLE site_personal RENAME TO site_personal_before;
CREATE TABLE site_personal (
  site_id UUID NOT NULL REFERENCES site (id), organisation_id UUID NOT NULL,
  party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL, street TEXT, postcode TEXT, city TEXT,
  latitude DOUBLE PRECISION, longitude DOUBLE PRECISION, bag TEXT, PRIMARY KEY (site_id, organisation_id)
);
INSERT INTO site_personal SELECT s.site_id, c.organisation_id, s.party_id, s.name, s.street, s.postcode, s.city,
  s.latitude, s.longitude, (SELECT i.value FROM site_identifier i WHERE i.site_id = s.site_id AND i.scheme = 6)
  FROM site_personal_before s JOIN party_custodian c ON c.party_id = s.party_id;
DROP TABLE site_personal_before;
ALTER TABLE site_identifier RENAME TO site_identifier_before;
CREATE TABLE site_identifier (
  site_id UUID NOT NULL REFERENCES site (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (site_id, scheme)
);
INSERT INTO site_identifier SELECT i.site_id, i.scheme, i.value FROM site_identifier_before i
  WHERE i.scheme <> 6 OR NOT EXISTS (SELECT 1 FROM site_personal p WHERE p.site_id = i.site_id);
DROP TABLE site_identifier_before;
CREATE UNIQUE INDEX site_identifier_value ON site_identifier (scheme, value) WHERE scheme <> 6;
CREATE INDEX site_identifier_bag ON site_identifier (value) WHERE scheme = 6;
",
    postgres: "
ALTER TABLE party_personal NO FORCE ROW LEVEL SECURITY;
DROP POLICY read_party_personal ON party_personal;
DROP POLICY write_party_personal ON party_personal;
ALTER TABLE party_personal DROP CONSTRAINT party_personal_pkey;
ALTER TABLE party_personal ADD COLUMN organisation_id UUID;
INSERT INTO party_personal (party_id, organisation_id, legal_name, trade_names)
  SELECT p.party_id, c.organisation_id, p.legal_name, p.trade_names
  FROM party_personal p JOIN party_custodian c ON c.party_id = p.party_id;
DELETE FROM party_personal WHERE organisation_id IS NULL;
ALTER TABLE party_personal ADD PRIMARY KEY (party_id, organisation_id);
ALTER TABLE party_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_party_personal ON party_personal FOR SELECT
  USING (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_party_personal ON party_personal FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE site_personal NO FORCE ROW LEVEL SECURITY;
DROP POLICY read_site_personal ON site_personal;
DROP POLICY write_site_personal ON site_personal;
ALTER TABLE site_personal DROP CONSTRAINT site_personal_pkey;
ALTER TABLE site_personal ADD COLUMN organisation_id UUID;
ALTER TABLE site_personal ADD COLUMN bag TEXT;
INSERT INTO site_personal (site_id, organisation_id, party_id, name, street, postcode, city, latitude, longitude, bag)
  SELECT s.site_id, c.organisation_id, s.party_id, s.name, s.street, s.postcode, s.city, s.latitude, s.longitude,
    (SELECT i.value FROM site_identifier i WHERE i.site_id = s.site_id AND i.scheme = 6)
  FROM site_personal s JOIN party_custodian c ON c.party_id = s.party_id;
DELETE FROM site_personal WHERE organisation_id IS NULL;
DELETE FROM site_identifier i WHERE i.scheme = 6
  AND EXISTS (SELECT 1 FROM site_personal p WHERE p.site_id = i.site_id);
ALTER TABLE site_personal ADD PRIMARY KEY (site_id, organisation_id);
ALTER TABLE site_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_site_personal ON site_personal FOR SELECT
  USING (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_site_personal ON site_personal FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE site_identifier DROP CONSTRAINT site_identifier_scheme_value_key;
CREATE UNIQUE INDEX site_identifier_value ON site_identifier (scheme, value) WHERE scheme <> 6;
CREATE INDEX site_identifier_bag ON site_identifier (value) WHERE scheme = 6;
",
};
