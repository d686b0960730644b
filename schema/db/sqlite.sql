-- Written by infra/schema; not by hand.

CREATE TABLE "access_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE account (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL REFERENCES organisation (id), name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  clearance SMALLINT NOT NULL CHECK (clearance BETWEEN 0 AND 2), suspended_at BIGINT, ended_at BIGINT,
  UNIQUE (issuer, subject)
);

CREATE TABLE account_circle (
  account_id UUID NOT NULL REFERENCES account (id), circle_id UUID NOT NULL REFERENCES circle (id),
  PRIMARY KEY (account_id, circle_id)
);

CREATE TABLE account_purpose (
  account_id UUID NOT NULL REFERENCES account (id), purpose_id UUID NOT NULL REFERENCES purpose (id),
  valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, PRIMARY KEY (account_id, purpose_id, valid_from)
);

CREATE TABLE "accountability_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE audit_log (
  id UUID PRIMARY KEY, request_id UUID NOT NULL, at BIGINT NOT NULL, service TEXT NOT NULL, issuer TEXT NOT NULL,
  subject TEXT NOT NULL, account_id UUID, organisation_id UUID, purpose TEXT, operation TEXT NOT NULL,
  outcome TEXT NOT NULL, foreign_trace TEXT
);

CREATE INDEX audit_log_request ON audit_log (request_id);

CREATE TABLE category (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  domain TEXT NOT NULL REFERENCES domain (code), source TEXT NOT NULL
);

CREATE TABLE channel (
  id INTEGER PRIMARY KEY, kind SMALLINT NOT NULL, audience UUID NOT NULL, purpose_id UUID NOT NULL,
  UNIQUE (kind, audience, purpose_id)
);

CREATE TABLE circle (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  legal_basis_id UUID NOT NULL REFERENCES legal_basis (id), coordinator_id UUID NOT NULL REFERENCES organisation (id),
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL
);

CREATE TABLE circle_member (
  circle_id UUID NOT NULL REFERENCES circle (id), organisation_id UUID NOT NULL REFERENCES organisation (id),
  joined_at BIGINT NOT NULL, left_at BIGINT NOT NULL, PRIMARY KEY (circle_id, organisation_id, joined_at)
);

CREATE INDEX circle_member_organisation ON circle_member (organisation_id, circle_id);

CREATE TABLE circle_purpose (
  circle_id UUID NOT NULL REFERENCES circle (id), purpose_id UUID NOT NULL REFERENCES purpose (id),
  PRIMARY KEY (circle_id, purpose_id)
);

CREATE TABLE domain (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, source TEXT NOT NULL
);

CREATE TABLE duplicate_dismissal (
  party_id UUID NOT NULL REFERENCES party (id), other_id UUID NOT NULL REFERENCES party (id),
  dismissed_by UUID NOT NULL, organisation_id UUID NOT NULL, dismissed_at BIGINT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (party_id, other_id), CHECK (party_id < other_id)
);

CREATE TABLE duplicate_proposal (
  party_id UUID NOT NULL REFERENCES party (id), other_id UUID NOT NULL REFERENCES party (id),
  score DOUBLE PRECISION NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (party_id, other_id), CHECK (party_id < other_id)
);

CREATE INDEX duplicate_proposal_other ON duplicate_proposal (other_id);

CREATE INDEX duplicate_proposal_score ON duplicate_proposal (score, party_id, other_id);

CREATE TABLE import_profile (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, mapping TEXT NOT NULL,
  proposed_by UUID NOT NULL, proposed_at BIGINT NOT NULL, approved_by UUID, approved_at BIGINT,
  UNIQUE (organisation_id, hash)
);

CREATE TABLE legal_basis (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, citation TEXT NOT NULL, description TEXT NOT NULL,
  fictitious BOOLEAN NOT NULL, source TEXT NOT NULL
);

CREATE TABLE organisation (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('inspectorate', 'partner')), oin TEXT, domains TEXT NOT NULL,
  participant BOOLEAN NOT NULL, contact_name TEXT NOT NULL, contact_phone TEXT NOT NULL, contact_email TEXT NOT NULL,
  suspended_at BIGINT, ended_at BIGINT
);

CREATE TABLE party (
  id UUID PRIMARY KEY, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 9), legal_name TEXT,
  name_words TEXT NOT NULL, CHECK ((kind IN (2, 3)) = (legal_name IS NULL)),
  CHECK (legal_name IS NOT NULL OR name_words = '')
);

CREATE INDEX party_name_words ON party (name_words, id);

CREATE TABLE party_alias (
  old_id UUID PRIMARY KEY REFERENCES party (id), into_id UUID NOT NULL REFERENCES party (id),
  survivor_id UUID NOT NULL REFERENCES party (id), merged_by UUID NOT NULL, organisation_id UUID NOT NULL,
  merged_at BIGINT NOT NULL, reason TEXT NOT NULL, CHECK (old_id <> into_id AND old_id <> survivor_id)
);

CREATE INDEX party_alias_survivor ON party_alias (survivor_id, old_id);

CREATE TABLE party_custodian (
  party_id UUID NOT NULL REFERENCES party (id), organisation_id UUID NOT NULL,
  PRIMARY KEY (party_id, organisation_id)
);

CREATE TABLE party_identifier (
  party_id UUID NOT NULL REFERENCES party (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (party_id, scheme), UNIQUE (scheme, value)
);

CREATE TABLE party_name (
  number INTEGER PRIMARY KEY, party_id UUID NOT NULL REFERENCES party (id), field SMALLINT NOT NULL,
  words TEXT NOT NULL
);

CREATE INDEX party_name_party ON party_name (party_id);

CREATE TABLE party_personal (
  party_id UUID PRIMARY KEY REFERENCES party (id), legal_name TEXT NOT NULL, trade_names TEXT NOT NULL
);

CREATE TABLE party_trade_name (
  party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL, PRIMARY KEY (party_id, name)
);

CREATE TABLE party_trigram (
  trigram INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (trigram, number)
) WITHOUT ROWID;

CREATE TABLE party_trigram_count (trigram INTEGER PRIMARY KEY, bearers INTEGER NOT NULL);

CREATE TABLE processing_log (
  id UUID PRIMARY KEY, request_id UUID NOT NULL, at BIGINT NOT NULL, service TEXT NOT NULL, activity TEXT NOT NULL,
  kind TEXT NOT NULL, operation TEXT NOT NULL, record_ids TEXT NOT NULL, fields TEXT NOT NULL
);

CREATE INDEX processing_log_request ON processing_log (request_id);

CREATE TABLE purpose (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  description TEXT NOT NULL, description_en TEXT NOT NULL, allows_personal BOOLEAN NOT NULL, pseudonyms BOOLEAN NOT NULL
);

CREATE VIEW reference_alias AS SELECT old_id, survivor_id FROM party_alias;

CREATE VIEW reference_category AS SELECT id, code, name, name_en FROM category;

CREATE VIEW reference_party AS SELECT id, kind, legal_name FROM party;

CREATE VIEW reference_region AS SELECT id, code, name FROM safety_region;

CREATE VIEW reference_site AS SELECT id, party_id, name FROM site;

CREATE TABLE "registry_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE registry_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);

CREATE TABLE role_assignment (
  account_id UUID NOT NULL REFERENCES account (id), role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 9),
  valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, PRIMARY KEY (account_id, role, valid_from)
);

CREATE TABLE safety_region (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, source TEXT NOT NULL
);

CREATE TABLE signal (
  id UUID PRIMARY KEY, number TEXT NOT NULL UNIQUE, owner_id UUID NOT NULL, author_id UUID NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version INTEGER NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2), rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2),
  tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4), use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2),
  retain_until BIGINT NOT NULL, title TEXT NOT NULL, narrative TEXT NOT NULL, category TEXT NOT NULL,
  severity SMALLINT NOT NULL CHECK (severity BETWEEN 1 AND 4), urgency SMALLINT NOT NULL CHECK (urgency BETWEEN 1 AND 3),
  observed_from BIGINT NOT NULL, observed_until BIGINT, place TEXT, note TEXT,
  origin SMALLINT NOT NULL CHECK (origin BETWEEN 1 AND 5), external_system TEXT, external_reference TEXT,
  retraction TEXT, valid_until BIGINT, reliability SMALLINT CHECK (reliability BETWEEN 1 AND 6), credibility SMALLINT CHECK (credibility BETWEEN 1 AND 6), url_hash TEXT, collected_at BIGINT, tool TEXT, tool_version TEXT, confidence SMALLINT CHECK (confidence BETWEEN 0 AND 1000), product_category TEXT, UNIQUE (owner_id, external_system, external_reference)
);

CREATE INDEX signal_external ON signal (external_system, external_reference);

CREATE TABLE signal_feed (
  channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL,
  category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL, valid_until BIGINT, reliability SMALLINT, credibility SMALLINT,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_feed_category ON signal_feed (channel, rank, category, created_at, record_id);

CREATE INDEX signal_feed_owner ON signal_feed (channel, rank, owner_id, created_at, record_id);

CREATE INDEX signal_feed_record ON signal_feed (record_id, channel);

CREATE INDEX signal_feed_severity ON signal_feed (channel, rank, severity, created_at, record_id);

CREATE TABLE signal_grant (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id), owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);

CREATE INDEX signal_grant_signal ON signal_grant (signal_id);

CREATE TABLE signal_number (
  owner_id UUID NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (owner_id, year)
);

CREATE TABLE signal_personal (
  signal_id UUID PRIMARY KEY REFERENCES signal (id), reporter_name TEXT, reporter_contact TEXT,
  persons_involved TEXT NOT NULL
);

CREATE TABLE signal_search (search_id INTEGER PRIMARY KEY, signal_id UUID NOT NULL UNIQUE);

CREATE TABLE signal_subject (
  signal_id UUID NOT NULL REFERENCES signal (id), kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY (signal_id, kind, subject_id)
);

CREATE TABLE signal_subject_feed (
  subject_id UUID NOT NULL, channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL,
  record_id UUID NOT NULL, grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL,
  owner_id UUID NOT NULL, category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL, valid_until BIGINT, reliability SMALLINT, credibility SMALLINT,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_subject_feed_record ON signal_subject_feed (record_id);

CREATE TABLE signal_tombstone (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
);

CREATE VIRTUAL TABLE signal_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61');

CREATE TABLE "signals_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE signals_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
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

CREATE TABLE site_place (
  site_id UUID PRIMARY KEY REFERENCES site (id), party_id UUID NOT NULL REFERENCES party (id), postcode TEXT,
  street TEXT NOT NULL, number INTEGER, addition TEXT NOT NULL, town TEXT NOT NULL
);

CREATE INDEX site_place_door ON site_place (postcode, number, party_id);

CREATE INDEX site_place_party ON site_place (party_id);

CREATE INDEX site_place_street ON site_place (street, number, party_id);
