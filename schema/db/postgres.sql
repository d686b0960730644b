-- Written by infra/schema; not by hand.

CREATE SCHEMA access; -- of samenzicht_owner
GRANT USAGE ON SCHEMA access TO samenzicht_registry;
GRANT USAGE ON SCHEMA access TO samenzicht_signals;

CREATE TABLE access.access_migration (
  version character varying NOT NULL,
  applied_at bigint NOT NULL,
  PRIMARY KEY (version)
);

CREATE TABLE access.account (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  name text NOT NULL,
  display_name text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  clearance smallint NOT NULL,
  suspended_at bigint,
  ended_at bigint,
  PRIMARY KEY (id),
  UNIQUE (issuer, subject),
  UNIQUE (name),
  FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  CHECK (((clearance >= 0) AND (clearance <= 2)))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.account TO samenzicht_registry;

GRANT SELECT ON access.account TO samenzicht_signals;

CREATE TABLE access.account_circle (
  account_id uuid NOT NULL,
  circle_id uuid NOT NULL,
  PRIMARY KEY (account_id, circle_id),
  FOREIGN KEY (account_id) REFERENCES account(id),
  FOREIGN KEY (circle_id) REFERENCES circle(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.account_circle TO samenzicht_registry;

GRANT SELECT ON access.account_circle TO samenzicht_signals;

CREATE TABLE access.account_purpose (
  account_id uuid NOT NULL,
  purpose_id uuid NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  PRIMARY KEY (account_id, purpose_id, valid_from),
  FOREIGN KEY (account_id) REFERENCES account(id),
  FOREIGN KEY (purpose_id) REFERENCES purpose(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.account_purpose TO samenzicht_registry;

GRANT SELECT ON access.account_purpose TO samenzicht_signals;

CREATE TABLE access.channel (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind smallint NOT NULL,
  audience uuid NOT NULL,
  purpose_id uuid NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (kind, audience, purpose_id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.channel TO samenzicht_registry;

GRANT SELECT ON access.channel TO samenzicht_signals;

CREATE TABLE access.circle (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  legal_basis_id uuid NOT NULL,
  coordinator_id uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code),
  FOREIGN KEY (coordinator_id) REFERENCES organisation(id),
  FOREIGN KEY (legal_basis_id) REFERENCES legal_basis(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.circle TO samenzicht_registry;

GRANT SELECT ON access.circle TO samenzicht_signals;

CREATE TABLE access.circle_member (
  circle_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  joined_at bigint NOT NULL,
  left_at bigint NOT NULL,
  PRIMARY KEY (circle_id, organisation_id, joined_at),
  FOREIGN KEY (circle_id) REFERENCES circle(id),
  FOREIGN KEY (organisation_id) REFERENCES organisation(id)
);

CREATE INDEX circle_member_organisation ON access.circle_member USING btree (organisation_id, circle_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.circle_member TO samenzicht_registry;

GRANT SELECT ON access.circle_member TO samenzicht_signals;

CREATE TABLE access.circle_purpose (
  circle_id uuid NOT NULL,
  purpose_id uuid NOT NULL,
  PRIMARY KEY (circle_id, purpose_id),
  FOREIGN KEY (circle_id) REFERENCES circle(id),
  FOREIGN KEY (purpose_id) REFERENCES purpose(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.circle_purpose TO samenzicht_registry;

GRANT SELECT ON access.circle_purpose TO samenzicht_signals;

CREATE OR REPLACE FUNCTION access.intern_channel(k smallint, a uuid, p uuid)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'access', 'pg_temp'
AS $function$
  INSERT INTO channel (kind, audience, purpose_id) VALUES (k, a, p)
  ON CONFLICT (kind, audience, purpose_id) DO UPDATE SET kind = excluded.kind RETURNING id $function$
;
-- of samenzicht_owner, to be run by samenzicht_registry, samenzicht_signals

CREATE TABLE access.legal_basis (
  id uuid NOT NULL,
  code text NOT NULL,
  citation text NOT NULL,
  description text NOT NULL,
  fictitious boolean NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.legal_basis TO samenzicht_registry;

GRANT SELECT ON access.legal_basis TO samenzicht_signals;

CREATE TABLE access.organisation (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  kind text NOT NULL,
  oin text,
  domains text NOT NULL,
  participant boolean NOT NULL,
  contact_name text NOT NULL,
  contact_phone text NOT NULL,
  contact_email text NOT NULL,
  suspended_at bigint,
  ended_at bigint,
  PRIMARY KEY (id),
  UNIQUE (code),
  CHECK ((kind = ANY (ARRAY['inspectorate'::text, 'partner'::text])))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.organisation TO samenzicht_registry;

GRANT SELECT ON access.organisation TO samenzicht_signals;

CREATE TABLE access.purpose (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  description text NOT NULL,
  description_en text NOT NULL,
  allows_personal boolean NOT NULL,
  pseudonyms boolean NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.purpose TO samenzicht_registry;

GRANT SELECT ON access.purpose TO samenzicht_signals;

CREATE TABLE access.role_assignment (
  account_id uuid NOT NULL,
  role smallint NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  PRIMARY KEY (account_id, role, valid_from),
  FOREIGN KEY (account_id) REFERENCES account(id),
  CHECK (((role >= 1) AND (role <= 9)))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON access.role_assignment TO samenzicht_registry;

GRANT SELECT ON access.role_assignment TO samenzicht_signals;

CREATE SCHEMA accountability; -- of samenzicht_owner
GRANT USAGE ON SCHEMA accountability TO samenzicht_registry;
GRANT USAGE ON SCHEMA accountability TO samenzicht_signals;

CREATE TABLE accountability.accountability_migration (
  version character varying NOT NULL,
  applied_at bigint NOT NULL,
  PRIMARY KEY (version)
);

CREATE TABLE accountability.audit_log (
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  at bigint NOT NULL,
  service text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  account_id uuid,
  organisation_id uuid,
  purpose text,
  operation text NOT NULL,
  outcome text NOT NULL,
  foreign_trace text,
  PRIMARY KEY (id)
);

CREATE INDEX audit_log_request ON accountability.audit_log USING btree (request_id);

GRANT INSERT ON accountability.audit_log TO samenzicht_registry;

GRANT INSERT ON accountability.audit_log TO samenzicht_signals;

CREATE TABLE accountability.processing_log (
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  at bigint NOT NULL,
  service text NOT NULL,
  activity text NOT NULL,
  kind text NOT NULL,
  operation text NOT NULL,
  record_ids text NOT NULL,
  fields text NOT NULL,
  PRIMARY KEY (id)
);

CREATE INDEX processing_log_request ON accountability.processing_log USING btree (request_id);

GRANT INSERT ON accountability.processing_log TO samenzicht_registry;

GRANT INSERT ON accountability.processing_log TO samenzicht_signals;

CREATE SCHEMA reference; -- of samenzicht_owner
GRANT USAGE ON SCHEMA reference TO samenzicht_registry;
GRANT USAGE ON SCHEMA reference TO samenzicht_signals;

CREATE VIEW reference.reference_alias (
  old_id uuid,
  survivor_id uuid
);

GRANT SELECT ON reference.reference_alias TO samenzicht_service;

CREATE VIEW reference.reference_category (
  id uuid,
  code text,
  name text,
  name_en text
);

GRANT SELECT ON reference.reference_category TO samenzicht_registry;

GRANT SELECT ON reference.reference_category TO samenzicht_signals;

CREATE VIEW reference.reference_party (
  id uuid,
  kind smallint,
  legal_name text
);

GRANT SELECT ON reference.reference_party TO samenzicht_registry;

GRANT SELECT ON reference.reference_party TO samenzicht_signals;

CREATE VIEW reference.reference_region (
  id uuid,
  code text,
  name text
);

GRANT SELECT ON reference.reference_region TO samenzicht_registry;

GRANT SELECT ON reference.reference_region TO samenzicht_signals;

CREATE VIEW reference.reference_site (
  id uuid,
  party_id uuid,
  name text
);

GRANT SELECT ON reference.reference_site TO samenzicht_registry;

GRANT SELECT ON reference.reference_site TO samenzicht_signals;

CREATE SCHEMA registry; -- of samenzicht_owner
GRANT USAGE ON SCHEMA registry TO samenzicht_registry;

CREATE TABLE registry.category (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  domain text NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code),
  FOREIGN KEY (domain) REFERENCES domain(code)
);

GRANT SELECT ON registry.category TO samenzicht_registry;

CREATE TABLE registry.domain (
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (code)
);

GRANT SELECT ON registry.domain TO samenzicht_registry;

CREATE TABLE registry.duplicate_dismissal (
  party_id uuid NOT NULL,
  other_id uuid NOT NULL,
  dismissed_by uuid NOT NULL,
  organisation_id uuid NOT NULL,
  dismissed_at bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (party_id, other_id),
  FOREIGN KEY (other_id) REFERENCES party(id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  CHECK ((party_id < other_id))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.duplicate_dismissal TO samenzicht_registry;

CREATE TABLE registry.duplicate_proposal (
  party_id uuid NOT NULL,
  other_id uuid NOT NULL,
  score double precision NOT NULL,
  evidence text NOT NULL,
  PRIMARY KEY (party_id, other_id),
  FOREIGN KEY (other_id) REFERENCES party(id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  CHECK ((party_id < other_id))
);

CREATE INDEX duplicate_proposal_other ON registry.duplicate_proposal USING btree (other_id);

CREATE INDEX duplicate_proposal_score ON registry.duplicate_proposal USING btree (score, party_id, other_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.duplicate_proposal TO samenzicht_registry;

CREATE TABLE registry.party (
  id uuid NOT NULL,
  kind smallint NOT NULL,
  legal_name text,
  name_words text NOT NULL,
  PRIMARY KEY (id),
  CHECK (((kind = ANY (ARRAY[2, 3])) = (legal_name IS NULL))),
  CHECK (((legal_name IS NOT NULL) OR (name_words = ''::text))),
  CHECK (((kind >= 1) AND (kind <= 9)))
);

CREATE INDEX party_name_words ON registry.party USING btree (name_words, id);

GRANT INSERT, SELECT, UPDATE ON registry.party TO samenzicht_registry;

CREATE TABLE registry.party_alias (
  old_id uuid NOT NULL,
  into_id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  merged_by uuid NOT NULL,
  organisation_id uuid NOT NULL,
  merged_at bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (old_id),
  FOREIGN KEY (into_id) REFERENCES party(id),
  FOREIGN KEY (old_id) REFERENCES party(id),
  FOREIGN KEY (survivor_id) REFERENCES party(id),
  CHECK (((old_id <> into_id) AND (old_id <> survivor_id)))
);

CREATE INDEX party_alias_survivor ON registry.party_alias USING btree (survivor_id, old_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_alias TO samenzicht_registry;

CREATE TABLE registry.party_custodian (
  party_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  PRIMARY KEY (party_id, organisation_id),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_custodian TO samenzicht_registry;

CREATE TABLE registry.party_identifier (
  party_id uuid NOT NULL,
  scheme smallint NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (party_id, scheme),
  UNIQUE (scheme, value),
  FOREIGN KEY (party_id) REFERENCES party(id),
  CHECK (((scheme >= 1) AND (scheme <= 8)))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_identifier TO samenzicht_registry;

CREATE TABLE registry.party_name (
  number integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  party_id uuid NOT NULL,
  field smallint NOT NULL,
  words text NOT NULL,
  PRIMARY KEY (number),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

CREATE INDEX party_name_party ON registry.party_name USING btree (party_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_name TO samenzicht_registry;

CREATE TABLE registry.party_personal (
  party_id uuid NOT NULL,
  legal_name text NOT NULL,
  trade_names text NOT NULL,
  PRIMARY KEY (party_id),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

ALTER TABLE registry.party_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_party_personal ON registry.party_personal FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM party_custodian c
  WHERE ((c.party_id = party_personal.party_id) AND (c.organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid))));

CREATE POLICY write_party_personal ON registry.party_personal FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM party_custodian c
  WHERE ((c.party_id = party_personal.party_id) AND (c.organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_personal TO samenzicht_registry;

CREATE TABLE registry.party_trade_name (
  party_id uuid NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (party_id, name),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_trade_name TO samenzicht_registry;

CREATE TABLE registry.party_trigram (
  trigram integer NOT NULL,
  number integer NOT NULL,
  PRIMARY KEY (trigram, number)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_trigram TO samenzicht_registry;

CREATE TABLE registry.party_trigram_count (
  trigram integer NOT NULL,
  bearers integer NOT NULL,
  PRIMARY KEY (trigram)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_trigram_count TO samenzicht_registry;

CREATE TABLE registry.registry_migration (
  version character varying NOT NULL,
  applied_at bigint NOT NULL,
  PRIMARY KEY (version)
);

CREATE TABLE registry.registry_outbox (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  tx bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  at bigint NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  change text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (sequence)
);

CREATE INDEX registry_outbox_order ON registry.registry_outbox USING btree (tx, sequence);

GRANT INSERT, SELECT ON registry.registry_outbox TO samenzicht_registry;

CREATE TABLE registry.safety_region (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (code)
);

GRANT SELECT ON registry.safety_region TO samenzicht_registry;

CREATE TABLE registry.site (
  id uuid NOT NULL,
  party_id uuid NOT NULL,
  name text,
  street text,
  postcode text,
  city text,
  latitude double precision,
  longitude double precision,
  region_id uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  FOREIGN KEY (region_id) REFERENCES safety_region(id),
  CHECK (((name IS NOT NULL) OR ((street IS NULL) AND (postcode IS NULL) AND (city IS NULL) AND (latitude IS NULL))))
);

CREATE INDEX site_party ON registry.site USING btree (party_id, id);

GRANT INSERT, SELECT, UPDATE ON registry.site TO samenzicht_registry;

CREATE TABLE registry.site_identifier (
  site_id uuid NOT NULL,
  scheme smallint NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (site_id, scheme),
  UNIQUE (scheme, value),
  FOREIGN KEY (site_id) REFERENCES site(id),
  CHECK (((scheme >= 1) AND (scheme <= 8)))
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.site_identifier TO samenzicht_registry;

CREATE TABLE registry.site_personal (
  site_id uuid NOT NULL,
  party_id uuid NOT NULL,
  name text NOT NULL,
  street text,
  postcode text,
  city text,
  latitude double precision,
  longitude double precision,
  PRIMARY KEY (site_id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

ALTER TABLE registry.site_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_site_personal ON registry.site_personal FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM party_custodian c
  WHERE ((c.party_id = site_personal.party_id) AND (c.organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid))));

CREATE POLICY write_site_personal ON registry.site_personal FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM party_custodian c
  WHERE ((c.party_id = site_personal.party_id) AND (c.organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.site_personal TO samenzicht_registry;

CREATE TABLE registry.site_place (
  site_id uuid NOT NULL,
  party_id uuid NOT NULL,
  postcode text,
  street text NOT NULL,
  number integer,
  addition text NOT NULL,
  town text NOT NULL,
  PRIMARY KEY (site_id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

CREATE INDEX site_place_door ON registry.site_place USING btree (postcode, number, party_id);

CREATE INDEX site_place_party ON registry.site_place USING btree (party_id);

CREATE INDEX site_place_street ON registry.site_place USING btree (street, number, party_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.site_place TO samenzicht_registry;

CREATE SCHEMA signals; -- of samenzicht_owner
GRANT USAGE ON SCHEMA signals TO samenzicht_search;
GRANT USAGE ON SCHEMA signals TO samenzicht_signals;

CREATE OR REPLACE FUNCTION signals.search_signals(query text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'signals', 'pg_temp'
AS $function$
  SELECT signal_id FROM signals.signal_search WHERE words @@ plainto_tsquery('simple', query) $function$
;
-- of samenzicht_search, to be run by samenzicht_signals

CREATE TABLE signals.import_profile (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  name text NOT NULL,
  hash text NOT NULL,
  mapping text NOT NULL,
  proposed_by uuid NOT NULL,
  proposed_at bigint NOT NULL,
  approved_by uuid,
  approved_at bigint,
  PRIMARY KEY (id),
  UNIQUE (organisation_id, hash)
);

ALTER TABLE signals.import_profile ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_import_profile ON signals.import_profile FOR SELECT TO public
  USING (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_import_profile ON signals.import_profile FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.import_profile TO samenzicht_signals;

CREATE TABLE signals.signal (
  id uuid NOT NULL,
  number text NOT NULL,
  owner_id uuid NOT NULL,
  author_id uuid NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version integer NOT NULL,
  state smallint NOT NULL,
  rank smallint NOT NULL,
  tlp smallint NOT NULL,
  use_limit smallint NOT NULL,
  retain_until bigint NOT NULL,
  title text NOT NULL,
  narrative text NOT NULL,
  category text NOT NULL,
  severity smallint NOT NULL,
  urgency smallint NOT NULL,
  observed_from bigint NOT NULL,
  observed_until bigint,
  place text,
  note text,
  origin smallint NOT NULL,
  external_system text,
  external_reference text,
  retraction text,
  valid_until bigint,
  reliability smallint,
  credibility smallint,
  url_hash text,
  collected_at bigint,
  tool text,
  tool_version text,
  confidence smallint,
  product_category text,
  PRIMARY KEY (id),
  UNIQUE (number),
  UNIQUE (owner_id, external_system, external_reference),
  CHECK (((confidence >= 0) AND (confidence <= 1000))),
  CHECK (((credibility >= 1) AND (credibility <= 6))),
  CHECK (((origin >= 1) AND (origin <= 5))),
  CHECK (((rank >= 0) AND (rank <= 2))),
  CHECK (((reliability >= 1) AND (reliability <= 6))),
  CHECK (((severity >= 1) AND (severity <= 4))),
  CHECK (((state >= 0) AND (state <= 2))),
  CHECK (((tlp >= 0) AND (tlp <= 4))),
  CHECK (((urgency >= 1) AND (urgency <= 3))),
  CHECK (((use_limit >= 0) AND (use_limit <= 2)))
);

CREATE INDEX signal_external ON signals.signal USING btree (external_system, external_reference);

ALTER TABLE signals.signal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY change_signal ON signals.signal FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY read_signal ON signals.signal FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal_feed f
  WHERE ((f.record_id = signal.id) AND (f.channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (f.rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (f.visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (f.visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint))));

CREATE POLICY record_signal ON signals.signal FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.signal TO samenzicht_signals;

CREATE TABLE signals.signal_feed (
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  category text NOT NULL,
  severity smallint NOT NULL,
  observed_at bigint NOT NULL,
  valid_until bigint,
  reliability smallint,
  credibility smallint,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_feed_category ON signals.signal_feed USING btree (channel, rank, category, created_at, record_id);

CREATE INDEX signal_feed_owner ON signals.signal_feed USING btree (channel, rank, owner_id, created_at, record_id);

CREATE INDEX signal_feed_record ON signals.signal_feed USING btree (record_id, channel);

CREATE INDEX signal_feed_severity ON signals.signal_feed USING btree (channel, rank, severity, created_at, record_id);

ALTER TABLE signals.signal_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_feed ON signals.signal_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_feed ON signals.signal_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.signal_feed TO samenzicht_signals;

CREATE TABLE signals.signal_grant (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  audience_kind smallint NOT NULL,
  audience uuid NOT NULL,
  purpose_id uuid NOT NULL,
  legal_basis_id uuid NOT NULL,
  channel bigint NOT NULL,
  granted_by uuid NOT NULL,
  granted_at bigint NOT NULL,
  valid_from bigint NOT NULL,
  valid_until bigint NOT NULL,
  revoked_at bigint,
  revoked_by uuid,
  revoked_because text,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id),
  CHECK (((audience_kind >= 1) AND (audience_kind <= 4))),
  CHECK ((valid_from < valid_until))
);

CREATE INDEX signal_grant_signal ON signals.signal_grant USING btree (signal_id);

ALTER TABLE signals.signal_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_grant ON signals.signal_grant FOR SELECT TO public
  USING ((EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_grant.signal_id))) AND ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[]))));

CREATE POLICY write_signal_grant ON signals.signal_grant FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.signal_grant TO samenzicht_signals;

CREATE TABLE signals.signal_number (
  owner_id uuid NOT NULL,
  year integer NOT NULL,
  next integer NOT NULL,
  PRIMARY KEY (owner_id, year)
);

ALTER TABLE signals.signal_number ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY write_signal_number ON signals.signal_number FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.signal_number TO samenzicht_signals;

CREATE TABLE signals.signal_personal (
  signal_id uuid NOT NULL,
  reporter_name text,
  reporter_contact text,
  persons_involved text NOT NULL,
  PRIMARY KEY (signal_id),
  FOREIGN KEY (signal_id) REFERENCES signal(id)
);

ALTER TABLE signals.signal_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_personal ON signals.signal_personal FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_personal.signal_id)));

CREATE POLICY write_signal_personal ON signals.signal_personal FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_personal.signal_id) AND (s.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.signal_personal TO samenzicht_signals;

CREATE TABLE signals.signal_search (
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (signal_id)
);

CREATE INDEX signal_search_words ON signals.signal_search USING gin (words);

ALTER TABLE signals.signal_search ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY search_signal ON signals.signal_search FOR SELECT TO samenzicht_search
  USING true;

CREATE POLICY write_signal_search ON signals.signal_search FOR ALL TO samenzicht_signals
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.signal_search TO samenzicht_signals;

GRANT SELECT ON signals.signal_search TO samenzicht_search;

CREATE TABLE signals.signal_subject (
  signal_id uuid NOT NULL,
  kind smallint NOT NULL,
  subject_id uuid NOT NULL,
  PRIMARY KEY (signal_id, kind, subject_id),
  FOREIGN KEY (signal_id) REFERENCES signal(id),
  CHECK (((kind >= 1) AND (kind <= 3)))
);

ALTER TABLE signals.signal_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_subject ON signals.signal_subject FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_subject.signal_id)));

CREATE POLICY write_signal_subject ON signals.signal_subject FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_subject.signal_id) AND (s.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT ON signals.signal_subject TO samenzicht_signals;

CREATE TABLE signals.signal_subject_feed (
  subject_id uuid NOT NULL,
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  category text NOT NULL,
  severity smallint NOT NULL,
  observed_at bigint NOT NULL,
  valid_until bigint,
  reliability smallint,
  credibility smallint,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_subject_feed_record ON signals.signal_subject_feed USING btree (record_id);

ALTER TABLE signals.signal_subject_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_subject_feed ON signals.signal_subject_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_subject_feed ON signals.signal_subject_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.signal_subject_feed TO samenzicht_signals;

CREATE TABLE signals.signal_tombstone (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  channel bigint NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (id)
);

GRANT INSERT ON signals.signal_tombstone TO samenzicht_signals;

CREATE TABLE signals.signals_migration (
  version character varying NOT NULL,
  applied_at bigint NOT NULL,
  PRIMARY KEY (version)
);

CREATE TABLE signals.signals_outbox (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  tx bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  at bigint NOT NULL,
  kind text NOT NULL,
  record_id uuid NOT NULL,
  change text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (sequence)
);

CREATE INDEX signals_outbox_order ON signals.signals_outbox USING btree (tx, sequence);

GRANT INSERT, SELECT ON signals.signals_outbox TO samenzicht_signals;
