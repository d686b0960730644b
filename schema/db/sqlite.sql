-- Written by infra/schema; not by hand.

CREATE TABLE "access_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE access_request (
  id UUID PRIMARY KEY, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2),
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, handle UUID, rank SMALLINT NOT NULL,
  owner_id UUID NOT NULL, organisation_id UUID NOT NULL, account_id UUID NOT NULL, asked_by TEXT NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, reason TEXT NOT NULL, valid_until BIGINT NOT NULL,
  asked_at BIGINT NOT NULL, lapses_at BIGINT NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 4),
  closed_at BIGINT, closed_by UUID, answer TEXT, grant_id UUID, given_audience_kind SMALLINT, given_audience UUID,
  given_purpose_id UUID, given_legal_basis_id UUID, given_until BIGINT,
  CHECK ((state = 1) = (closed_at IS NULL)), CHECK ((state = 2) = (grant_id IS NOT NULL))
);

CREATE INDEX access_request_organisation ON access_request (organisation_id, asked_at, id);

CREATE INDEX access_request_owner ON access_request (owner_id, asked_at, id);

CREATE INDEX access_request_signal ON access_request (signal_id);

CREATE TABLE account (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL REFERENCES organisation (id), name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  clearance SMALLINT NOT NULL CHECK (clearance BETWEEN 0 AND 2), suspended_at BIGINT, ended_at BIGINT
);

CREATE UNIQUE INDEX account_person ON account (issuer, subject) WHERE ended_at IS NULL;

CREATE TABLE account_circle (
  account_id UUID NOT NULL REFERENCES account (id), circle_id UUID NOT NULL REFERENCES circle (id),
  PRIMARY KEY (account_id, circle_id)
);

CREATE TABLE account_holder (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL, party_id UUID REFERENCES party (id),
  region_id UUID REFERENCES safety_region (id), public_contact BOOLEAN NOT NULL, starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, CHECK ((party_id IS NULL) <> (region_id IS NULL)), CHECK (starts_at <= ends_at)
);

CREATE INDEX account_holder_account ON account_holder (account_id);

CREATE INDEX account_holder_party ON account_holder (party_id, organisation_id);

CREATE INDEX account_holder_region ON account_holder (region_id, organisation_id);

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

CREATE TABLE break_glass (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL, number TEXT NOT NULL, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, opened_by TEXT NOT NULL, purpose TEXT NOT NULL,
  grant_id UUID NOT NULL UNIQUE, danger TEXT NOT NULL, reason TEXT NOT NULL, opened_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, review_due BIGINT NOT NULL, reviewed_at BIGINT, reviewed_by UUID, justified BOOLEAN, judgement TEXT,
  CHECK ((reviewed_at IS NULL) = (justified IS NULL))
);

CREATE INDEX break_glass_organisation ON break_glass (organisation_id, opened_at, id);

CREATE INDEX break_glass_owner ON break_glass (owner_id, opened_at, id);

CREATE TABLE break_glass_attempt (
  account_id UUID NOT NULL, hour BIGINT NOT NULL, place SMALLINT NOT NULL, organisation_id UUID NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (account_id, hour, place)
);

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

CREATE TABLE contact (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL,
  party_id UUID NOT NULL REFERENCES party (id), at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 4),
  summary TEXT NOT NULL, version INTEGER NOT NULL
);

CREATE INDEX contact_party ON contact (party_id, organisation_id, at);

CREATE TABLE contact_personal (
  contact_id UUID PRIMARY KEY REFERENCES contact (id), organisation_id UUID NOT NULL, persons TEXT NOT NULL
);

CREATE TABLE covenant (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2),
  rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2), tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4),
  use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2), retain_until BIGINT NOT NULL, retraction TEXT,
  held_at BIGINT, frozen_at BIGINT,
  title TEXT NOT NULL, inspections INTEGER CHECK (inspections >= 0),
  period SMALLINT NOT NULL CHECK (period BETWEEN 1 AND 2), report_duty BOOLEAN NOT NULL, report_rule TEXT,
  report_treatment TEXT, permit_months INTEGER CHECK (permit_months > 0),
  vms_quality SMALLINT CHECK (vms_quality BETWEEN 1 AND 3), starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  CHECK (starts_at < ends_at)
);

CREATE INDEX covenant_retention ON covenant (retain_until);

CREATE TABLE covenant_feed (
  channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX covenant_feed_ends_at ON covenant_feed (channel, rank, ends_at, created_at, record_id);

CREATE INDEX covenant_feed_owner_id ON covenant_feed (channel, rank, owner_id, created_at, record_id);

CREATE INDEX covenant_feed_record ON covenant_feed (record_id, channel);

CREATE INDEX covenant_feed_starts_at ON covenant_feed (channel, rank, starts_at, created_at, record_id);

CREATE TABLE covenant_grant (
  id UUID PRIMARY KEY, covenant_id UUID NOT NULL REFERENCES covenant (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);

CREATE INDEX covenant_grant_covenant ON covenant_grant (covenant_id);

CREATE TABLE covenant_hold (
  id UUID PRIMARY KEY, covenant_id UUID NOT NULL REFERENCES covenant (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  number TEXT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2), reason TEXT NOT NULL,
  placed_by UUID NOT NULL, placed_at BIGINT NOT NULL, lifted_by UUID, lifted_at BIGINT, lifted_because TEXT
);

CREATE INDEX covenant_hold_covenant ON covenant_hold (covenant_id);

CREATE INDEX covenant_hold_owner ON covenant_hold (owner_id, placed_at, id);

CREATE TABLE covenant_participant (
  covenant_id UUID NOT NULL REFERENCES covenant (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  inspections INTEGER CHECK (inspections >= 0), PRIMARY KEY (covenant_id, organisation_id)
);

CREATE TABLE covenant_subject (
  covenant_id UUID NOT NULL REFERENCES covenant (id) ON DELETE CASCADE, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY (covenant_id, kind, subject_id)
);

CREATE TABLE covenant_subject_feed (
  subject_id UUID NOT NULL, channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX covenant_subject_feed_record ON covenant_subject_feed (record_id);

CREATE TABLE covenant_tombstone (
  id UUID PRIMARY KEY, covenant_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
, rank SMALLINT NOT NULL DEFAULT 0, visible_from BIGINT NOT NULL DEFAULT 0, visible_until BIGINT NOT NULL DEFAULT 0, tx BIGINT NOT NULL DEFAULT 0);

CREATE INDEX covenant_tombstone_covenant ON covenant_tombstone (covenant_id, tx);

CREATE TABLE decision (
  id UUID PRIMARY KEY, kind TEXT NOT NULL, detail TEXT NOT NULL, about UUID NOT NULL, about_organisation UUID,
  second TEXT NOT NULL CHECK (second IN ('colleague', 'steward', 'elsewhere', 'invited')),
  organisation_id UUID NOT NULL REFERENCES organisation (id), proposed_by TEXT NOT NULL, issuer TEXT NOT NULL,
  subject TEXT NOT NULL, proposed_at BIGINT NOT NULL, lapses_at BIGINT NOT NULL,
  outcome TEXT CHECK (outcome IN ('confirmed', 'declined')), decided_by TEXT, decided_at BIGINT, reason TEXT,
  CHECK ((outcome IS NULL) = (decided_at IS NULL))
);

CREATE INDEX decision_about ON decision (about, decided_at);

CREATE INDEX decision_pending ON decision (outcome, lapses_at);

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

CREATE TABLE feedback (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 1),
  theme_id UUID NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  addressee_kind SMALLINT NOT NULL CHECK (addressee_kind BETWEEN 1 AND 3), addressee TEXT NOT NULL, sent_at BIGINT
);

CREATE INDEX feedback_made ON feedback (created_at, id);

CREATE INDEX feedback_theme ON feedback (theme_id);

CREATE TABLE feedback_party (
  feedback_id UUID NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, party_id UUID NOT NULL, owner_id UUID NOT NULL,
  PRIMARY KEY (feedback_id, party_id)
);

CREATE TABLE import_profile (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, mapping TEXT NOT NULL,
  proposed_by UUID NOT NULL, proposed_at BIGINT NOT NULL, approved_by UUID, approved_at BIGINT,
  UNIQUE (organisation_id, hash)
);

CREATE TABLE inbox_mark (
  account_id UUID PRIMARY KEY, owner_id UUID NOT NULL, read_until BIGINT NOT NULL
);

CREATE TABLE inbox_read (
  account_id UUID NOT NULL, owner_id UUID NOT NULL, at BIGINT NOT NULL, record_id UUID NOT NULL, change TEXT NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);

CREATE TABLE law (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, fictitious BOOLEAN NOT NULL, source TEXT NOT NULL
);

CREATE TABLE legal_basis (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, citation TEXT NOT NULL, description TEXT NOT NULL,
  fictitious BOOLEAN NOT NULL, source TEXT NOT NULL
);

CREATE TABLE mandate (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, law TEXT NOT NULL REFERENCES law (code),
  party_kind SMALLINT CHECK (party_kind BETWEEN 1 AND 9), sector TEXT REFERENCES sector (code),
  region_id UUID REFERENCES safety_region (id), legal_source TEXT NOT NULL, starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL, version INTEGER NOT NULL, CHECK (starts_at < ends_at)
);

CREATE INDEX mandate_organisation ON mandate (organisation_id, law);

CREATE TABLE name_word (word TEXT PRIMARY KEY, bearers INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE notice_mark (
  account_id UUID PRIMARY KEY, owner_id UUID NOT NULL, read_until BIGINT NOT NULL
);

CREATE TABLE notice_read (
  account_id UUID NOT NULL, owner_id UUID NOT NULL, at BIGINT NOT NULL, record_id UUID NOT NULL, change TEXT NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);

CREATE TABLE organisation (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('inspectorate', 'partner')), oin TEXT, domains TEXT NOT NULL,
  participant BOOLEAN NOT NULL, contact_name TEXT NOT NULL, contact_phone TEXT NOT NULL, contact_email TEXT NOT NULL,
  suspended_at BIGINT, ended_at BIGINT
);

CREATE TABLE party (
  id UUID PRIMARY KEY, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 9), legal_name TEXT,
  name_words TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, public_task TEXT, delegating_authority TEXT, safety_management BOOLEAN, region_id UUID REFERENCES safety_region (id), CHECK ((kind IN (2, 3)) = (legal_name IS NULL)),
  CHECK (legal_name IS NOT NULL OR name_words = '')
);

CREATE INDEX party_name_words ON party (name_words, id);

CREATE UNIQUE INDEX party_region ON party (region_id);

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

CREATE INDEX party_custodian_organisation ON party_custodian (organisation_id, party_id);

CREATE TABLE party_identifier (
  party_id UUID NOT NULL REFERENCES party (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (party_id, scheme), UNIQUE (scheme, value)
);

CREATE TABLE party_personal (
  party_id UUID NOT NULL REFERENCES party (id), organisation_id UUID NOT NULL, legal_name TEXT NOT NULL,
  trade_names TEXT NOT NULL, PRIMARY KEY (party_id, organisation_id)
);

CREATE TABLE party_relation (
  id UUID NOT NULL, party_id UUID NOT NULL REFERENCES party (id), role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 8),
  other_id UUID NOT NULL REFERENCES party (id), starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  PRIMARY KEY (id, party_id), CHECK (party_id <> other_id), CHECK (starts_at < ends_at)
);

CREATE INDEX party_relation_party ON party_relation (party_id, role, id);

CREATE TABLE party_sector (
  party_id UUID NOT NULL REFERENCES party (id), code TEXT NOT NULL REFERENCES sector (code),
  PRIMARY KEY (party_id, code)
);

CREATE INDEX party_sector_code ON party_sector (code, party_id);

CREATE TABLE party_trade_name (
  party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL, PRIMARY KEY (party_id, name)
);

CREATE TABLE party_word (
  word TEXT NOT NULL, party_id UUID NOT NULL, field SMALLINT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (word, party_id, field, name)
) WITHOUT ROWID;

CREATE INDEX party_word_party ON party_word (party_id);

CREATE TABLE processing_log (
  id UUID PRIMARY KEY, request_id UUID NOT NULL, at BIGINT NOT NULL, service TEXT NOT NULL, activity TEXT NOT NULL,
  kind TEXT NOT NULL, operation TEXT NOT NULL, record_ids TEXT NOT NULL, fields TEXT NOT NULL
);

CREATE INDEX processing_log_at ON processing_log (at, id);

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

CREATE VIEW reference_trade_name AS SELECT t.party_id, t.name FROM party_trade_name t
  JOIN party p ON p.id = t.party_id WHERE p.legal_name IS NOT NULL;

CREATE TABLE "registry_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE registry_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);

CREATE INDEX registry_outbox_at ON registry_outbox (at, record_id, change);

CREATE INDEX registry_outbox_published ON registry_outbox (record_id, at) WHERE change = 'published';

CREATE TABLE role_assignment (
  account_id UUID NOT NULL REFERENCES account (id), role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 9),
  valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, PRIMARY KEY (account_id, role, valid_from)
);

CREATE TABLE safety_region (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, source TEXT NOT NULL
);

CREATE TABLE saved_search (
  id UUID PRIMARY KEY, account_id UUID NOT NULL, owner_id UUID NOT NULL, purpose_id UUID NOT NULL,
  version INTEGER NOT NULL, created_at BIGINT NOT NULL, looked_at BIGINT NOT NULL, name TEXT NOT NULL,
  format SMALLINT NOT NULL, filter TEXT NOT NULL, watched_from BIGINT NOT NULL, told_from BIGINT, deleted_at BIGINT,
  former TEXT
);

CREATE INDEX saved_search_account ON saved_search (account_id, purpose_id, created_at, id);

CREATE TABLE sector (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL, parent TEXT REFERENCES sector (code),
  path TEXT NOT NULL, source TEXT NOT NULL
);

CREATE INDEX sector_parent ON sector (parent, code);

CREATE INDEX sector_path ON sector (path);

CREATE TABLE signal (
  id UUID PRIMARY KEY, number TEXT NOT NULL UNIQUE, owner_id UUID NOT NULL, author_id UUID NOT NULL,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version INTEGER NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2), rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2),
  tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4), use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2),
  retain_until BIGINT NOT NULL, title TEXT NOT NULL, narrative TEXT NOT NULL, category TEXT NOT NULL,
  severity SMALLINT NOT NULL CHECK (severity BETWEEN 1 AND 4), urgency SMALLINT NOT NULL CHECK (urgency BETWEEN 1 AND 3),
  observed_from BIGINT NOT NULL, observed_until BIGINT, place TEXT, note TEXT,
  origin SMALLINT NOT NULL CHECK (origin BETWEEN 1 AND 5), external_system TEXT, external_reference TEXT,
  retraction TEXT, valid_until BIGINT, reliability SMALLINT CHECK (reliability BETWEEN 1 AND 6), credibility SMALLINT CHECK (credibility BETWEEN 1 AND 6), url_hash TEXT, collected_at BIGINT, tool TEXT, tool_version TEXT, confidence SMALLINT CHECK (confidence BETWEEN 0 AND 1000), product_category TEXT, held_at BIGINT, frozen_at BIGINT, UNIQUE (owner_id, external_system, external_reference)
);

CREATE INDEX signal_external ON signal (external_system, external_reference);

CREATE INDEX signal_retention ON signal (retain_until);

CREATE TABLE signal_confirmation (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  explanation TEXT, observed_at BIGINT, superseded_at BIGINT
);

CREATE UNIQUE INDEX signal_confirmation_live ON signal_confirmation (signal_id, organisation_id)
  WHERE superseded_at IS NULL;

CREATE INDEX signal_confirmation_signal ON signal_confirmation (signal_id, at, id);

CREATE TABLE signal_discovery (
  signal_id UUID PRIMARY KEY REFERENCES signal (id) ON DELETE CASCADE, handle UUID NOT NULL UNIQUE, owner_id UUID NOT NULL,
  rank SMALLINT NOT NULL, mode SMALLINT NOT NULL CHECK (mode BETWEEN 0 AND 2), closed BOOLEAN NOT NULL, title TEXT,
  visible_until BIGINT NOT NULL, CHECK (title IS NULL OR mode = 2)
);

CREATE TABLE signal_discovery_subject (
  signal_id UUID NOT NULL REFERENCES signal_discovery (signal_id) ON DELETE CASCADE, subject_id UUID NOT NULL,
  PRIMARY KEY (subject_id, signal_id)
);

CREATE INDEX signal_discovery_subject_signal ON signal_discovery_subject (signal_id);

CREATE TABLE signal_evidence (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2),
  title TEXT NOT NULL, dated TEXT NOT NULL, hash TEXT NOT NULL, url TEXT, reference TEXT, removed_at BIGINT
);

CREATE INDEX signal_evidence_signal ON signal_evidence (signal_id, at, id);

CREATE TABLE signal_feed (
  channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL,
  category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL, valid_until BIGINT, reliability SMALLINT, credibility SMALLINT, urgency SMALLINT NOT NULL DEFAULT 1, origin SMALLINT NOT NULL DEFAULT 1, state SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_feed_begins ON signal_feed (channel, rank, visible_from, record_id) WHERE visible_from > created_at;

CREATE INDEX signal_feed_category ON signal_feed (channel, rank, category, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_credibility ON signal_feed (channel, rank, credibility, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_ended ON signal_feed (channel, rank, created_at, record_id, valid_until,
  visible_from, visible_until, owner_id) WHERE valid_until IS NOT NULL;

CREATE INDEX signal_feed_ends ON signal_feed (channel, rank, visible_until, record_id);

CREATE INDEX signal_feed_observed ON signal_feed (channel, rank, observed_at, record_id,
  category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE INDEX signal_feed_origin ON signal_feed (channel, rank, origin, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_owner ON signal_feed (channel, rank, owner_id, created_at, record_id,
  visible_from, visible_until);

CREATE INDEX signal_feed_record ON signal_feed (record_id, channel);

CREATE INDEX signal_feed_recorded ON signal_feed (channel, rank, created_at, record_id,
  category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE INDEX signal_feed_reliability ON signal_feed (channel, rank, reliability, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_severe ON signal_feed (channel, rank, severity, created_at, record_id,
  category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE INDEX signal_feed_state ON signal_feed (channel, rank, state, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_urgency ON signal_feed (channel, rank, urgency, created_at, record_id,
  visible_from, visible_until, owner_id);

CREATE TABLE signal_follow_up (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, taken_up_at BIGINT NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5), text TEXT, handed_to UUID, owner_only BOOLEAN NOT NULL,
  superseded_at BIGINT
);

CREATE UNIQUE INDEX signal_follow_up_live ON signal_follow_up (signal_id, organisation_id)
  WHERE superseded_at IS NULL;

CREATE INDEX signal_follow_up_signal ON signal_follow_up (signal_id, at, id);

CREATE TABLE signal_grant (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id), owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);

CREATE INDEX signal_grant_signal ON signal_grant (signal_id);

CREATE TABLE signal_hold (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  number TEXT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2), reason TEXT NOT NULL,
  placed_by UUID NOT NULL, placed_at BIGINT NOT NULL, lifted_by UUID, lifted_at BIGINT, lifted_because TEXT
);

CREATE INDEX signal_hold_owner ON signal_hold (owner_id, placed_at, id);

CREATE INDEX signal_hold_signal ON signal_hold (signal_id);

CREATE TABLE signal_link (
  id UUID PRIMARY KEY, link_id UUID NOT NULL, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE,
  other_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, forward BOOLEAN NOT NULL,
  kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 4), reason TEXT, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, ended_at BIGINT, CHECK (signal_id <> other_id)
);

CREATE INDEX signal_link_link ON signal_link (link_id);

CREATE UNIQUE INDEX signal_link_live ON signal_link (signal_id, other_id, kind, forward, organisation_id)
  WHERE ended_at IS NULL;

CREATE INDEX signal_link_other ON signal_link (other_id);

CREATE INDEX signal_link_signal ON signal_link (signal_id, at, id);

CREATE TABLE signal_number (
  owner_id UUID NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (owner_id, year)
);

CREATE TABLE signal_personal (
  signal_id UUID PRIMARY KEY REFERENCES signal (id), reporter_name TEXT, reporter_contact TEXT,
  persons_involved TEXT NOT NULL
);

CREATE TABLE signal_proposal (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, version INTEGER NOT NULL,
  changes TEXT NOT NULL, base TEXT NOT NULL, reason TEXT NOT NULL,
  state SMALLINT NOT NULL CHECK (state BETWEEN 1 AND 5), decided_at BIGINT, decided_by UUID, answer TEXT,
  accepted TEXT, applied_version INTEGER
);

CREATE INDEX signal_proposal_organisation ON signal_proposal (organisation_id, at, id);

CREATE INDEX signal_proposal_owner ON signal_proposal (owner_id, at, id);

CREATE INDEX signal_proposal_signal ON signal_proposal (signal_id, at, id);

CREATE TABLE signal_read_mark (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE,
  organisation_id UUID NOT NULL, account_id UUID NOT NULL, at BIGINT NOT NULL, version INTEGER NOT NULL,
  UNIQUE (account_id, signal_id)
);

CREATE INDEX signal_read_mark_signal ON signal_read_mark (signal_id, account_id);

CREATE TABLE signal_remark (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, audience SMALLINT NOT NULL CHECK (audience BETWEEN 1 AND 2),
  text TEXT NOT NULL, withdrawn_at BIGINT
);

CREATE INDEX signal_remark_signal ON signal_remark (signal_id, at, id);

CREATE TABLE signal_search (search_id INTEGER PRIMARY KEY, signal_id UUID NOT NULL UNIQUE);

CREATE TABLE signal_subject (
  signal_id UUID NOT NULL REFERENCES signal (id), kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY (signal_id, kind, subject_id)
);

CREATE TABLE signal_subject_feed (
  subject_id UUID NOT NULL, channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL,
  record_id UUID NOT NULL, grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL,
  owner_id UUID NOT NULL, category TEXT NOT NULL, severity SMALLINT NOT NULL, observed_at BIGINT NOT NULL, valid_until BIGINT, reliability SMALLINT, credibility SMALLINT, urgency SMALLINT NOT NULL DEFAULT 1, origin SMALLINT NOT NULL DEFAULT 1, state SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_subject_feed_observed ON signal_subject_feed (subject_id, channel, rank, observed_at, record_id,
  category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE INDEX signal_subject_feed_record ON signal_subject_feed (record_id);

CREATE INDEX signal_subject_feed_recorded ON signal_subject_feed (subject_id, channel, rank, created_at, record_id,
  category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE INDEX signal_subject_feed_severe ON signal_subject_feed (subject_id, channel, rank, severity, created_at,
  record_id, category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until,
  visible_from, visible_until);

CREATE TABLE signal_tombstone (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
, rank SMALLINT NOT NULL DEFAULT 0, visible_from BIGINT NOT NULL DEFAULT 0, visible_until BIGINT NOT NULL DEFAULT 0, tx BIGINT NOT NULL DEFAULT 0);

CREATE INDEX signal_tombstone_signal ON signal_tombstone (signal_id, tx);

CREATE TABLE signal_version (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  version BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, state SMALLINT NOT NULL,
  content TEXT NOT NULL, UNIQUE (signal_id, version)
);

CREATE VIRTUAL TABLE signal_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61');

CREATE TABLE signals_change (
  sealed_by TEXT PRIMARY KEY, floor_tx BIGINT NOT NULL, floor_sequence BIGINT NOT NULL
);

CREATE TABLE "signals_migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE signals_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, tx BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL, kind TEXT NOT NULL,
  record_id UUID NOT NULL, change TEXT NOT NULL, version INTEGER NOT NULL
);

CREATE INDEX signals_outbox_at ON signals_outbox (at, record_id, change);

CREATE INDEX signals_outbox_order ON signals_outbox (tx, sequence);

CREATE INDEX signals_outbox_published ON signals_outbox (record_id, at) WHERE change = 'published';

CREATE TABLE site (
  id UUID PRIMARY KEY, party_id UUID NOT NULL REFERENCES party (id), name TEXT, street TEXT, postcode TEXT, city TEXT,
  latitude DOUBLE PRECISION, longitude DOUBLE PRECISION, region_id UUID REFERENCES safety_region (id), version INTEGER NOT NULL DEFAULT 1, country TEXT,
  CHECK (name IS NOT NULL OR (street IS NULL AND postcode IS NULL AND city IS NULL AND latitude IS NULL))
);

CREATE INDEX site_party ON site (party_id, id);

CREATE TABLE site_identifier (
  site_id UUID NOT NULL REFERENCES site (id), scheme SMALLINT NOT NULL CHECK (scheme BETWEEN 1 AND 8),
  value TEXT NOT NULL, PRIMARY KEY (site_id, scheme)
);

CREATE INDEX site_identifier_bag ON site_identifier (value) WHERE scheme = 6;

CREATE UNIQUE INDEX site_identifier_value ON site_identifier (scheme, value) WHERE scheme <> 6;

CREATE TABLE site_personal (
  site_id UUID NOT NULL REFERENCES site (id), organisation_id UUID NOT NULL,
  party_id UUID NOT NULL REFERENCES party (id), name TEXT NOT NULL, street TEXT, postcode TEXT, city TEXT,
  latitude DOUBLE PRECISION, longitude DOUBLE PRECISION, bag TEXT, country TEXT, PRIMARY KEY (site_id, organisation_id)
);

CREATE TABLE site_place (
  site_id UUID PRIMARY KEY REFERENCES site (id), party_id UUID NOT NULL REFERENCES party (id), postcode TEXT,
  street TEXT NOT NULL, number INTEGER, addition TEXT NOT NULL, town TEXT NOT NULL
);

CREATE INDEX site_place_door ON site_place (postcode, number, party_id);

CREATE INDEX site_place_party ON site_place (party_id);

CREATE INDEX site_place_street ON site_place (street, number, party_id);

CREATE TABLE supervision_level (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2),
  rank SMALLINT NOT NULL CHECK (rank BETWEEN 0 AND 2), tlp SMALLINT NOT NULL CHECK (tlp BETWEEN 0 AND 4),
  use_limit SMALLINT NOT NULL CHECK (use_limit BETWEEN 0 AND 2), retain_until BIGINT NOT NULL, retraction TEXT,
  held_at BIGINT, frozen_at BIGINT,
  party_id UUID NOT NULL, level SMALLINT NOT NULL CHECK (level BETWEEN 1 AND 3),
  step SMALLINT NOT NULL CHECK (step BETWEEN 1 AND 4), reason TEXT NOT NULL, starts_at BIGINT NOT NULL
);

CREATE INDEX supervision_level_retention ON supervision_level (retain_until);

CREATE TABLE supervision_level_feed (
  channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL, level SMALLINT NOT NULL, starts_at BIGINT NOT NULL, state SMALLINT NOT NULL,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX supervision_level_feed_level ON supervision_level_feed (channel, rank, level, created_at, record_id);

CREATE INDEX supervision_level_feed_owner_id ON supervision_level_feed (channel, rank, owner_id, created_at, record_id);

CREATE INDEX supervision_level_feed_record ON supervision_level_feed (record_id, channel);

CREATE INDEX supervision_level_feed_starts_at ON supervision_level_feed (channel, rank, starts_at, created_at, record_id);

CREATE INDEX supervision_level_feed_state ON supervision_level_feed (channel, rank, state, created_at, record_id);

CREATE TABLE supervision_level_grant (
  id UUID PRIMARY KEY, supervision_level_id UUID NOT NULL REFERENCES supervision_level (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  audience_kind SMALLINT NOT NULL CHECK (audience_kind BETWEEN 1 AND 4), audience UUID NOT NULL,
  purpose_id UUID NOT NULL, legal_basis_id UUID NOT NULL, channel BIGINT NOT NULL, granted_by UUID NOT NULL,
  granted_at BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, revoked_at BIGINT,
  revoked_by UUID, revoked_because TEXT, CHECK (valid_from < valid_until)
);

CREATE INDEX supervision_level_grant_supervision_level ON supervision_level_grant (supervision_level_id);

CREATE TABLE supervision_level_hold (
  id UUID PRIMARY KEY, supervision_level_id UUID NOT NULL REFERENCES supervision_level (id) ON DELETE CASCADE, owner_id UUID NOT NULL,
  number TEXT NOT NULL, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 2), reason TEXT NOT NULL,
  placed_by UUID NOT NULL, placed_at BIGINT NOT NULL, lifted_by UUID, lifted_at BIGINT, lifted_because TEXT
);

CREATE INDEX supervision_level_hold_owner ON supervision_level_hold (owner_id, placed_at, id);

CREATE INDEX supervision_level_hold_supervision_level ON supervision_level_hold (supervision_level_id);

CREATE TABLE supervision_level_subject (
  supervision_level_id UUID NOT NULL REFERENCES supervision_level (id) ON DELETE CASCADE, kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  subject_id UUID NOT NULL, PRIMARY KEY (supervision_level_id, kind, subject_id)
);

CREATE TABLE supervision_level_subject_feed (
  subject_id UUID NOT NULL, channel BIGINT NOT NULL, rank SMALLINT NOT NULL, created_at BIGINT NOT NULL, record_id UUID NOT NULL,
  grant_id UUID NOT NULL, visible_from BIGINT NOT NULL, visible_until BIGINT NOT NULL, owner_id UUID NOT NULL, level SMALLINT NOT NULL, starts_at BIGINT NOT NULL, state SMALLINT NOT NULL,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX supervision_level_subject_feed_record ON supervision_level_subject_feed (record_id);

CREATE TABLE supervision_level_tombstone (
  id UUID PRIMARY KEY, supervision_level_id UUID NOT NULL, channel BIGINT NOT NULL, at BIGINT NOT NULL
, rank SMALLINT NOT NULL DEFAULT 0, visible_from BIGINT NOT NULL DEFAULT 0, visible_until BIGINT NOT NULL DEFAULT 0, tx BIGINT NOT NULL DEFAULT 0);

CREATE INDEX supervision_level_tombstone_supervision_level ON supervision_level_tombstone (supervision_level_id, tx);

CREATE TABLE theme (
  id UUID PRIMARY KEY, owner_id UUID NOT NULL, author_id UUID NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, version INTEGER NOT NULL, state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 2),
  title TEXT NOT NULL, description TEXT NOT NULL, sources INTEGER NOT NULL CHECK (sources > 0), ended_because TEXT
);

CREATE INDEX theme_made ON theme (created_at, id);

CREATE TABLE theme_source (
  theme_id UUID NOT NULL REFERENCES theme (id) ON DELETE CASCADE, signal_id UUID NOT NULL, owner_id UUID NOT NULL,
  added_at BIGINT NOT NULL, reason TEXT, left_at BIGINT, PRIMARY KEY (theme_id, signal_id)
);

CREATE INDEX theme_source_signal ON theme_source (signal_id);

CREATE TABLE triage (
  id UUID PRIMARY KEY, signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  opened_by UUID NOT NULL, opened_at BIGINT NOT NULL, question TEXT NOT NULL, due_at BIGINT NOT NULL,
  decision SMALLINT CHECK (decision BETWEEN 1 AND 3), lead_id UUID, grounds SMALLINT, motivation TEXT, decided_by UUID,
  decided_at BIGINT
);

CREATE INDEX triage_signal ON triage (signal_id);

CREATE TABLE triage_opinion (
  triage_id UUID NOT NULL REFERENCES triage (id) ON DELETE CASCADE,
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  account_id UUID NOT NULL, at BIGINT NOT NULL, advice SMALLINT NOT NULL CHECK (advice BETWEEN 1 AND 3), lead_id UUID,
  grounds SMALLINT NOT NULL, motivation TEXT NOT NULL, PRIMARY KEY (triage_id, organisation_id)
);

CREATE TABLE triage_participant (
  triage_id UUID NOT NULL REFERENCES triage (id) ON DELETE CASCADE,
  signal_id UUID NOT NULL REFERENCES signal (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  PRIMARY KEY (triage_id, organisation_id)
);

CREATE INDEX triage_participant_organisation ON triage_participant (organisation_id, triage_id);

CREATE TABLE upsert_receipt (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL, account_id UUID NOT NULL, idempotency_key TEXT NOT NULL,
  asked TEXT NOT NULL, answer TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (account_id, idempotency_key)
);

CREATE INDEX upsert_receipt_at ON upsert_receipt (at);

CREATE TABLE word_slip (slip INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (slip, word)) WITHOUT ROWID;
