//! Account holders, and the contact log that an inspectorate keeps of a party: its own side's alone.

use foundation::migrate::Migration;

pub const REGISTRY_HOLDER: Migration = Migration {
    name: "0006_holder",
    portable: "
CREATE TABLE account_holder (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL, party_id UUID REFERENCES party (id),
  region_id UUID REFERENCES safety_region (id), public_contact BOOLEAN NOT NULL, starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, CHECK ((party_id IS NULL) <> (region_id IS NULL)), CHECK (starts_at <= ends_at)
);
CREATE INDEX account_holder_party ON account_holder (party_id, organisation_id);
CREATE INDEX account_holder_region ON account_holder (region_id, organisation_id);
CREATE INDEX account_holder_account ON account_holder (account_id);
CREATE TABLE contact (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL,
  party_id UUID NOT NULL REFERENCES party (id), at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
  summary TEXT NOT NULL, version INTEGER NOT NULL
);
CREATE INDEX contact_party ON contact (party_id, organisation_id, at);
CREATE TABLE contact_personal (
  contact_id UUID PRIMARY KEY REFERENCES contact (id), organisation_id UUID NOT NULL, persons TEXT NOT NULL
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, UPDATE ON account_holder, contact TO samenzicht_registry;
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_personal TO samenzicht_registry;
ALTER TABLE account_holder ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_holder FORCE ROW LEVEL SECURITY;
CREATE POLICY read_account_holder ON account_holder FOR SELECT
  USING (nullif(current_setting('app.organisation', true), '') IS NOT NULL);
CREATE POLICY write_account_holder ON account_holder FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact FORCE ROW LEVEL SECURITY;
CREATE POLICY read_contact ON contact FOR SELECT
  USING (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_contact ON contact FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
ALTER TABLE contact_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_personal FORCE ROW LEVEL SECURITY;
CREATE POLICY read_contact_personal ON contact_personal FOR SELECT
  USING (organisation_id = nullif(current_setting('app.organisation', true), '')::uuid);
CREATE POLICY write_contact_personal ON contact_personal FOR ALL
  USING (organisation_id = nullif(current_setting('app.writer', true), '')::uuid);
",
};
