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
  UNIQUE (name),
  FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  CHECK (((clearance >= 0) AND (clearance <= 2)))
);

CREATE UNIQUE INDEX account_person ON access.account USING btree (issuer, subject) WHERE (ended_at IS NULL);

ALTER TABLE access.account ENABLE ROW LEVEL SECURITY;

CREATE POLICY admit_account ON access.account FOR INSERT TO public
  WITH CHECK ((organisation_id = writer()) OR decided_for(organisation_id));

CREATE POLICY change_account ON access.account FOR UPDATE TO public
  USING ((organisation_id = writer()) OR decided_for(organisation_id));

CREATE POLICY read_account ON access.account FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.account TO samenzicht_registry;

GRANT SELECT ON access.account TO samenzicht_signals;

CREATE TABLE access.account_circle (
  account_id uuid NOT NULL,
  circle_id uuid NOT NULL,
  PRIMARY KEY (account_id, circle_id),
  FOREIGN KEY (account_id) REFERENCES account(id),
  FOREIGN KEY (circle_id) REFERENCES circle(id)
);

ALTER TABLE access.account_circle ENABLE ROW LEVEL SECURITY;

CREATE POLICY read_account_circle ON access.account_circle FOR SELECT TO public
  USING true;

CREATE POLICY write_account_circle ON access.account_circle FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM account a
  WHERE ((a.id = account_circle.account_id) AND (a.organisation_id = writer()))));

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

ALTER TABLE access.account_purpose ENABLE ROW LEVEL SECURITY;

CREATE POLICY give_purpose ON access.account_purpose FOR INSERT TO public
  WITH CHECK (EXISTS ( SELECT 1
   FROM account a
  WHERE ((a.id = account_purpose.account_id) AND ((a.organisation_id = writer()) OR decided_for(a.organisation_id)))));

CREATE POLICY read_account_purpose ON access.account_purpose FOR SELECT TO public
  USING true;

CREATE POLICY take_purpose ON access.account_purpose FOR UPDATE TO public
  USING (EXISTS ( SELECT 1
   FROM account a
  WHERE ((a.id = account_purpose.account_id) AND ((a.organisation_id = writer()) OR decided_for(a.organisation_id)))));

GRANT INSERT, SELECT, UPDATE ON access.account_purpose TO samenzicht_registry;

GRANT SELECT ON access.account_purpose TO samenzicht_signals;

CREATE TABLE access.channel (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind smallint NOT NULL,
  audience uuid NOT NULL,
  purpose_id uuid NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (kind, audience, purpose_id)
);

GRANT INSERT, SELECT, UPDATE ON access.channel TO samenzicht_registry;

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

ALTER TABLE access.circle ENABLE ROW LEVEL SECURITY;

CREATE POLICY change_circle ON access.circle FOR UPDATE TO public
  USING ((coordinator_id = writer()) OR decided_for(coordinator_id))
  WITH CHECK ((coordinator_id = writer()) OR decided_for(coordinator_id));

CREATE POLICY found_circle ON access.circle FOR INSERT TO public
  WITH CHECK (coordinator_id = writer());

CREATE POLICY read_circle ON access.circle FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.circle TO samenzicht_registry;

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

ALTER TABLE access.circle_member ENABLE ROW LEVEL SECURITY;

CREATE POLICY join_circle ON access.circle_member FOR INSERT TO public
  WITH CHECK (organisation_id = writer());

CREATE POLICY leave_circle ON access.circle_member FOR UPDATE TO public
  USING ((organisation_id = writer()) OR decided_for(organisation_id) OR (EXISTS ( SELECT 1
   FROM circle c
  WHERE ((c.id = circle_member.circle_id) AND ((c.coordinator_id = writer()) OR decided_for(c.coordinator_id))))));

CREATE POLICY read_circle_member ON access.circle_member FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.circle_member TO samenzicht_registry;

GRANT SELECT ON access.circle_member TO samenzicht_signals;

CREATE TABLE access.circle_purpose (
  circle_id uuid NOT NULL,
  purpose_id uuid NOT NULL,
  PRIMARY KEY (circle_id, purpose_id),
  FOREIGN KEY (circle_id) REFERENCES circle(id),
  FOREIGN KEY (purpose_id) REFERENCES purpose(id)
);

ALTER TABLE access.circle_purpose ENABLE ROW LEVEL SECURITY;

CREATE POLICY read_circle_purpose ON access.circle_purpose FOR SELECT TO public
  USING true;

CREATE POLICY write_circle_purpose ON access.circle_purpose FOR INSERT TO public
  WITH CHECK (EXISTS ( SELECT 1
   FROM circle c
  WHERE ((c.id = circle_purpose.circle_id) AND (c.coordinator_id = writer()))));

GRANT INSERT, SELECT, UPDATE ON access.circle_purpose TO samenzicht_registry;

GRANT SELECT ON access.circle_purpose TO samenzicht_signals;

CREATE TABLE access.decision (
  id uuid NOT NULL,
  kind text NOT NULL,
  detail text NOT NULL,
  about uuid NOT NULL,
  about_organisation uuid,
  second text NOT NULL,
  organisation_id uuid NOT NULL,
  proposed_by text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  proposed_at bigint NOT NULL,
  lapses_at bigint NOT NULL,
  outcome text,
  decided_by text,
  decided_at bigint,
  reason text,
  PRIMARY KEY (id),
  FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  CHECK (((outcome IS NULL) = (decided_at IS NULL))),
  CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'declined'::text]))),
  CHECK ((second = ANY (ARRAY['colleague'::text, 'steward'::text, 'elsewhere'::text, 'invited'::text])))
);

CREATE INDEX decision_about ON access.decision USING btree (about, decided_at);

CREATE INDEX decision_pending ON access.decision USING btree (outcome, lapses_at);

ALTER TABLE access.decision ENABLE ROW LEVEL SECURITY;

CREATE POLICY decide_decision ON access.decision FOR UPDATE TO public
  USING ((writer() IS NOT NULL) AND ((second = 'elsewhere'::text) OR (organisation_id = writer()) OR (about_organisation = writer())));

CREATE POLICY propose_decision ON access.decision FOR INSERT TO public
  WITH CHECK (organisation_id = writer());

CREATE POLICY read_decision ON access.decision FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.decision TO samenzicht_registry;

CREATE OR REPLACE FUNCTION access.decided_for(thing uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'access', 'pg_temp'
AS $function$
  SELECT access.writer() IS NOT NULL AND EXISTS (SELECT 1 FROM decision d
  WHERE thing IN (d.about, d.about_organisation, d.organisation_id) AND d.outcome = 'confirmed'
  AND d.decided_at = nullif(current_setting('app.now', true), '')::bigint) $function$
;
-- of samenzicht_owner, to be run by samenzicht_service

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

CREATE OR REPLACE FUNCTION access.writer()
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$
  SELECT nullif(current_setting('app.writer', true), '')::uuid $function$
;
-- of samenzicht_owner, to be run by samenzicht_service

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

ALTER TABLE access.legal_basis ENABLE ROW LEVEL SECURITY;

CREATE POLICY add_legal_basis ON access.legal_basis FOR INSERT TO public
  WITH CHECK decided_for(id);

CREATE POLICY change_legal_basis ON access.legal_basis FOR UPDATE TO public
  USING decided_for(id);

CREATE POLICY read_legal_basis ON access.legal_basis FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.legal_basis TO samenzicht_registry;

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

ALTER TABLE access.organisation ENABLE ROW LEVEL SECURITY;

CREATE POLICY admit_organisation ON access.organisation FOR INSERT TO public
  WITH CHECK decided_for(id);

CREATE POLICY change_organisation ON access.organisation FOR UPDATE TO public
  USING decided_for(id);

CREATE POLICY read_organisation ON access.organisation FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.organisation TO samenzicht_registry;

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

ALTER TABLE access.purpose ENABLE ROW LEVEL SECURITY;

CREATE POLICY add_purpose ON access.purpose FOR INSERT TO public
  WITH CHECK decided_for(id);

CREATE POLICY change_purpose ON access.purpose FOR UPDATE TO public
  USING decided_for(id);

CREATE POLICY read_purpose ON access.purpose FOR SELECT TO public
  USING true;

GRANT INSERT, SELECT, UPDATE ON access.purpose TO samenzicht_registry;

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

ALTER TABLE access.role_assignment ENABLE ROW LEVEL SECURITY;

CREATE POLICY give_role ON access.role_assignment FOR INSERT TO public
  WITH CHECK (EXISTS ( SELECT 1
   FROM account a
  WHERE ((a.id = role_assignment.account_id) AND (decided_for(a.id) OR decided_for(a.organisation_id)))));

CREATE POLICY read_role_assignment ON access.role_assignment FOR SELECT TO public
  USING true;

CREATE POLICY take_role ON access.role_assignment FOR UPDATE TO public
  USING (EXISTS ( SELECT 1
   FROM account a
  WHERE ((a.id = role_assignment.account_id) AND ((a.organisation_id = writer()) OR decided_for(a.id)))))
  WITH CHECK ((valid_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) OR decided_for(account_id));

GRANT INSERT, SELECT, UPDATE ON access.role_assignment TO samenzicht_registry;

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

CREATE OR REPLACE FUNCTION accountability.read_receipts(of_kind text, record text, before_at bigint, before_id uuid, most bigint)
 RETURNS TABLE(id uuid, at bigint, activity text, fields text, organisation_id uuid, account_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'accountability', 'pg_temp'
AS $function$
  SELECT p.id, p.at, p.activity, p.fields, a.organisation_id, a.account_id
  FROM processing_log p LEFT JOIN LATERAL (
    SELECT l.organisation_id, l.account_id FROM audit_log l WHERE l.request_id = p.request_id LIMIT 1) a ON true
  WHERE p.kind = of_kind AND p.operation IN ('read', 'unmask')
  AND string_to_array(p.record_ids, ' ') @> ARRAY[record] AND (p.at, p.id) < (before_at, before_id)
  ORDER BY p.at DESC, p.id DESC LIMIT most $function$
;
-- of samenzicht_owner, to be run by samenzicht_service

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

CREATE INDEX processing_log_at ON accountability.processing_log USING btree (at, id);

CREATE INDEX processing_log_records ON accountability.processing_log USING gin (string_to_array(record_ids, ' '::text));

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

CREATE VIEW reference.reference_trade_name (
  party_id uuid,
  name text
);

GRANT SELECT ON reference.reference_trade_name TO samenzicht_service;

CREATE SCHEMA registry; -- of samenzicht_owner
GRANT USAGE ON SCHEMA registry TO samenzicht_registry;

CREATE TABLE registry.account_holder (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  party_id uuid,
  region_id uuid,
  public_contact boolean NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  FOREIGN KEY (region_id) REFERENCES safety_region(id),
  CHECK (((party_id IS NULL) <> (region_id IS NULL))),
  CHECK ((starts_at <= ends_at))
);

CREATE INDEX account_holder_account ON registry.account_holder USING btree (account_id);

CREATE INDEX account_holder_party ON registry.account_holder USING btree (party_id, organisation_id);

CREATE INDEX account_holder_region ON registry.account_holder USING btree (region_id, organisation_id);

ALTER TABLE registry.account_holder ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_account_holder ON registry.account_holder FOR SELECT TO public
  USING (NULLIF(current_setting('app.organisation'::text, true), ''::text) IS NOT NULL);

CREATE POLICY write_account_holder ON registry.account_holder FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON registry.account_holder TO samenzicht_registry;

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

CREATE TABLE registry.contact (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  party_id uuid NOT NULL,
  at bigint NOT NULL,
  kind smallint NOT NULL,
  summary text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  CHECK (((kind >= 1) AND (kind <= 4)))
);

CREATE INDEX contact_party ON registry.contact USING btree (party_id, organisation_id, at);

ALTER TABLE registry.contact ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_contact ON registry.contact FOR SELECT TO public
  USING (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_contact ON registry.contact FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON registry.contact TO samenzicht_registry;

CREATE TABLE registry.contact_personal (
  contact_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  persons text NOT NULL,
  PRIMARY KEY (contact_id),
  FOREIGN KEY (contact_id) REFERENCES contact(id)
);

ALTER TABLE registry.contact_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_contact_personal ON registry.contact_personal FOR SELECT TO public
  USING (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_contact_personal ON registry.contact_personal FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.contact_personal TO samenzicht_registry;

CREATE TABLE registry.covenant (
  id uuid NOT NULL,
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
  retraction text,
  held_at bigint,
  frozen_at bigint,
  title text NOT NULL,
  inspections integer,
  period smallint NOT NULL,
  report_duty boolean NOT NULL,
  report_rule text,
  report_treatment text,
  permit_months integer,
  vms_quality smallint,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (id),
  CHECK ((starts_at < ends_at)),
  CHECK ((inspections >= 0)),
  CHECK (((period >= 1) AND (period <= 2))),
  CHECK ((permit_months > 0)),
  CHECK (((rank >= 0) AND (rank <= 2))),
  CHECK (((state >= 0) AND (state <= 2))),
  CHECK (((tlp >= 0) AND (tlp <= 4))),
  CHECK (((use_limit >= 0) AND (use_limit <= 2))),
  CHECK (((vms_quality >= 1) AND (vms_quality <= 3)))
);

CREATE INDEX covenant_retention ON registry.covenant USING btree (retain_until);

ALTER TABLE registry.covenant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY change_covenant ON registry.covenant FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY erase_expired_covenant ON registry.covenant FOR DELETE TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY find_expired_covenant ON registry.covenant FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY keep_covenant ON registry.covenant FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.keeper'::text, true), ''::text))::uuid);

CREATE POLICY read_covenant ON registry.covenant FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM covenant_feed f
  WHERE ((f.record_id = covenant.id) AND (f.channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (f.rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (f.visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (f.visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint))));

CREATE POLICY record_covenant ON registry.covenant FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.covenant TO samenzicht_registry;

CREATE TABLE registry.covenant_feed (
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX covenant_feed_ends_at ON registry.covenant_feed USING btree (channel, rank, ends_at, created_at, record_id);

CREATE INDEX covenant_feed_owner_id ON registry.covenant_feed USING btree (channel, rank, owner_id, created_at, record_id);

CREATE INDEX covenant_feed_record ON registry.covenant_feed USING btree (record_id, channel);

CREATE INDEX covenant_feed_starts_at ON registry.covenant_feed USING btree (channel, rank, starts_at, created_at, record_id);

ALTER TABLE registry.covenant_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_feed ON registry.covenant_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_covenant_feed ON registry.covenant_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON registry.covenant_feed TO samenzicht_registry;

CREATE TABLE registry.covenant_grant (
  id uuid NOT NULL,
  covenant_id uuid NOT NULL,
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
  FOREIGN KEY (covenant_id) REFERENCES covenant(id) ON DELETE CASCADE,
  CHECK (((audience_kind >= 1) AND (audience_kind <= 4))),
  CHECK ((valid_from < valid_until))
);

CREATE INDEX covenant_grant_covenant ON registry.covenant_grant USING btree (covenant_id);

ALTER TABLE registry.covenant_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_grant ON registry.covenant_grant FOR SELECT TO public
  USING ((EXISTS ( SELECT 1
   FROM covenant r
  WHERE (r.id = covenant_grant.covenant_id))) AND ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[]))));

CREATE POLICY write_covenant_grant ON registry.covenant_grant FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.covenant_grant TO samenzicht_registry;

CREATE TABLE registry.covenant_hold (
  id uuid NOT NULL,
  covenant_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  number text NOT NULL,
  kind smallint NOT NULL,
  reason text NOT NULL,
  placed_by uuid NOT NULL,
  placed_at bigint NOT NULL,
  lifted_by uuid,
  lifted_at bigint,
  lifted_because text,
  PRIMARY KEY (id),
  FOREIGN KEY (covenant_id) REFERENCES covenant(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 2)))
);

CREATE INDEX covenant_hold_covenant ON registry.covenant_hold USING btree (covenant_id);

CREATE INDEX covenant_hold_owner ON registry.covenant_hold USING btree (owner_id, placed_at, id);

ALTER TABLE registry.covenant_hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_hold ON registry.covenant_hold FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid);

CREATE POLICY write_covenant_hold ON registry.covenant_hold FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON registry.covenant_hold TO samenzicht_registry;

CREATE TABLE registry.covenant_participant (
  covenant_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  inspections integer,
  PRIMARY KEY (covenant_id, organisation_id),
  FOREIGN KEY (covenant_id) REFERENCES covenant(id) ON DELETE CASCADE,
  CHECK ((inspections >= 0))
);

ALTER TABLE registry.covenant_participant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_participant ON registry.covenant_participant FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM covenant r
  WHERE (r.id = covenant_participant.covenant_id)));

CREATE POLICY write_covenant_participant ON registry.covenant_participant FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM covenant r
  WHERE ((r.id = covenant_participant.covenant_id) AND (r.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT ON registry.covenant_participant TO samenzicht_registry;

CREATE TABLE registry.covenant_subject (
  covenant_id uuid NOT NULL,
  kind smallint NOT NULL,
  subject_id uuid NOT NULL,
  PRIMARY KEY (covenant_id, kind, subject_id),
  FOREIGN KEY (covenant_id) REFERENCES covenant(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 3)))
);

ALTER TABLE registry.covenant_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_subject ON registry.covenant_subject FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM covenant r
  WHERE (r.id = covenant_subject.covenant_id)));

CREATE POLICY write_covenant_subject ON registry.covenant_subject FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM covenant r
  WHERE ((r.id = covenant_subject.covenant_id) AND (r.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT ON registry.covenant_subject TO samenzicht_registry;

CREATE TABLE registry.covenant_subject_feed (
  subject_id uuid NOT NULL,
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX covenant_subject_feed_record ON registry.covenant_subject_feed USING btree (record_id);

ALTER TABLE registry.covenant_subject_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_covenant_subject_feed ON registry.covenant_subject_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_covenant_subject_feed ON registry.covenant_subject_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON registry.covenant_subject_feed TO samenzicht_registry;

CREATE TABLE registry.covenant_tombstone (
  id uuid NOT NULL,
  covenant_id uuid NOT NULL,
  channel bigint NOT NULL,
  at bigint NOT NULL,
  rank smallint NOT NULL DEFAULT 0,
  visible_from bigint NOT NULL DEFAULT 0,
  visible_until bigint NOT NULL DEFAULT 0,
  tx bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
);

CREATE INDEX covenant_tombstone_covenant ON registry.covenant_tombstone USING btree (covenant_id, tx);

GRANT INSERT ON registry.covenant_tombstone TO samenzicht_registry;

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

CREATE TABLE registry.law (
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  fictitious boolean NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (code)
);

GRANT SELECT ON registry.law TO samenzicht_registry;

CREATE TABLE registry.mandate (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  law text NOT NULL,
  party_kind smallint,
  sector text,
  region_id uuid,
  legal_source text NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (law) REFERENCES law(code),
  FOREIGN KEY (region_id) REFERENCES safety_region(id),
  FOREIGN KEY (sector) REFERENCES sector(code),
  CHECK ((starts_at < ends_at)),
  CHECK (((party_kind >= 1) AND (party_kind <= 9)))
);

CREATE INDEX mandate_organisation ON registry.mandate USING btree (organisation_id, law);

ALTER TABLE registry.mandate ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_mandate ON registry.mandate FOR SELECT TO public
  USING true;

CREATE POLICY write_mandate ON registry.mandate FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON registry.mandate TO samenzicht_registry;

CREATE TABLE registry.name_word (
  word text NOT NULL,
  bearers integer NOT NULL,
  PRIMARY KEY (word)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.name_word TO samenzicht_registry;

CREATE TABLE registry.notice_mark (
  account_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  read_until bigint NOT NULL,
  PRIMARY KEY (account_id)
);

ALTER TABLE registry.notice_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_notice_mark ON registry.notice_mark FOR SELECT TO public
  USING ((owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY write_notice_mark ON registry.notice_mark FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT INSERT, SELECT, UPDATE ON registry.notice_mark TO samenzicht_registry;

CREATE TABLE registry.notice_read (
  account_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  at bigint NOT NULL,
  record_id uuid NOT NULL,
  change text NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);

ALTER TABLE registry.notice_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_notice_read ON registry.notice_read FOR SELECT TO public
  USING ((owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY write_notice_read ON registry.notice_read FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT DELETE, INSERT, SELECT ON registry.notice_read TO samenzicht_registry;

CREATE TABLE registry.party (
  id uuid NOT NULL,
  kind smallint NOT NULL,
  legal_name text,
  name_words text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  public_task text,
  delegating_authority text,
  safety_management boolean,
  region_id uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (region_id) REFERENCES safety_region(id),
  CHECK (((kind = ANY (ARRAY[2, 3])) = (legal_name IS NULL))),
  CHECK (((legal_name IS NOT NULL) OR (name_words = ''::text))),
  CHECK (((kind >= 1) AND (kind <= 9)))
);

CREATE INDEX party_name_words ON registry.party USING btree (name_words, id);

CREATE UNIQUE INDEX party_region ON registry.party USING btree (region_id);

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

CREATE INDEX party_custodian_organisation ON registry.party_custodian USING btree (organisation_id, party_id);

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

CREATE TABLE registry.party_personal (
  party_id uuid NOT NULL,
  legal_name text NOT NULL,
  trade_names text NOT NULL,
  organisation_id uuid NOT NULL,
  PRIMARY KEY (party_id, organisation_id),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

ALTER TABLE registry.party_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_party_personal ON registry.party_personal FOR SELECT TO public
  USING (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_party_personal ON registry.party_personal FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_personal TO samenzicht_registry;

CREATE TABLE registry.party_relation (
  id uuid NOT NULL,
  party_id uuid NOT NULL,
  role smallint NOT NULL,
  other_id uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (id, party_id),
  FOREIGN KEY (other_id) REFERENCES party(id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  CHECK ((party_id <> other_id)),
  CHECK ((starts_at < ends_at)),
  CHECK (((role >= 1) AND (role <= 8)))
);

CREATE INDEX party_relation_party ON registry.party_relation USING btree (party_id, role, id);

GRANT INSERT, SELECT, UPDATE ON registry.party_relation TO samenzicht_registry;

CREATE TABLE registry.party_sector (
  party_id uuid NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (party_id, code),
  FOREIGN KEY (code) REFERENCES sector(code),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

CREATE INDEX party_sector_code ON registry.party_sector USING btree (code, party_id);

GRANT DELETE, INSERT, SELECT ON registry.party_sector TO samenzicht_registry;

CREATE TABLE registry.party_trade_name (
  party_id uuid NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (party_id, name),
  FOREIGN KEY (party_id) REFERENCES party(id)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_trade_name TO samenzicht_registry;

CREATE TABLE registry.party_word (
  word text NOT NULL,
  party_id uuid NOT NULL,
  field smallint NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (word, party_id, field, name)
);

CREATE INDEX party_word_party ON registry.party_word USING btree (party_id);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.party_word TO samenzicht_registry;

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

CREATE INDEX registry_outbox_at ON registry.registry_outbox USING btree (at, record_id, change);

CREATE INDEX registry_outbox_order ON registry.registry_outbox USING btree (tx, sequence);

CREATE INDEX registry_outbox_published ON registry.registry_outbox USING btree (record_id, at) WHERE (change = 'published'::text);

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

CREATE TABLE registry.sector (
  code text NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  parent text,
  path text NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (code),
  FOREIGN KEY (parent) REFERENCES sector(code)
);

CREATE INDEX sector_parent ON registry.sector USING btree (parent, code);

CREATE INDEX sector_path ON registry.sector USING btree (path);

GRANT INSERT, SELECT, UPDATE ON registry.sector TO samenzicht_registry;

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
  version integer NOT NULL DEFAULT 1,
  country text,
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
  FOREIGN KEY (site_id) REFERENCES site(id),
  CHECK (((scheme >= 1) AND (scheme <= 8)))
);

CREATE INDEX site_identifier_bag ON registry.site_identifier USING btree (value) WHERE (scheme = 6);

CREATE UNIQUE INDEX site_identifier_value ON registry.site_identifier USING btree (scheme, value) WHERE (scheme <> 6);

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
  organisation_id uuid NOT NULL,
  bag text,
  country text,
  PRIMARY KEY (site_id, organisation_id),
  FOREIGN KEY (party_id) REFERENCES party(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

ALTER TABLE registry.site_personal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_site_personal ON registry.site_personal FOR SELECT TO public
  USING (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_site_personal ON registry.site_personal FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

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

CREATE TABLE registry.supervision_level (
  id uuid NOT NULL,
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
  retraction text,
  held_at bigint,
  frozen_at bigint,
  party_id uuid NOT NULL,
  level smallint NOT NULL,
  step smallint NOT NULL,
  reason text NOT NULL,
  starts_at bigint NOT NULL,
  PRIMARY KEY (id),
  CHECK (((level >= 1) AND (level <= 3))),
  CHECK (((rank >= 0) AND (rank <= 2))),
  CHECK (((state >= 0) AND (state <= 2))),
  CHECK (((step >= 1) AND (step <= 4))),
  CHECK (((tlp >= 0) AND (tlp <= 4))),
  CHECK (((use_limit >= 0) AND (use_limit <= 2)))
);

CREATE INDEX supervision_level_retention ON registry.supervision_level USING btree (retain_until);

ALTER TABLE registry.supervision_level ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY change_supervision_level ON registry.supervision_level FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY erase_expired_supervision_level ON registry.supervision_level FOR DELETE TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY find_expired_supervision_level ON registry.supervision_level FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY keep_supervision_level ON registry.supervision_level FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.keeper'::text, true), ''::text))::uuid);

CREATE POLICY read_supervision_level ON registry.supervision_level FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM supervision_level_feed f
  WHERE ((f.record_id = supervision_level.id) AND (f.channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (f.rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (f.visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (f.visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint))));

CREATE POLICY record_supervision_level ON registry.supervision_level FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.supervision_level TO samenzicht_registry;

CREATE TABLE registry.supervision_level_feed (
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  level smallint NOT NULL,
  starts_at bigint NOT NULL,
  state smallint NOT NULL,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX supervision_level_feed_level ON registry.supervision_level_feed USING btree (channel, rank, level, created_at, record_id);

CREATE INDEX supervision_level_feed_owner_id ON registry.supervision_level_feed USING btree (channel, rank, owner_id, created_at, record_id);

CREATE INDEX supervision_level_feed_record ON registry.supervision_level_feed USING btree (record_id, channel);

CREATE INDEX supervision_level_feed_starts_at ON registry.supervision_level_feed USING btree (channel, rank, starts_at, created_at, record_id);

CREATE INDEX supervision_level_feed_state ON registry.supervision_level_feed USING btree (channel, rank, state, created_at, record_id);

ALTER TABLE registry.supervision_level_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_supervision_level_feed ON registry.supervision_level_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_supervision_level_feed ON registry.supervision_level_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON registry.supervision_level_feed TO samenzicht_registry;

CREATE TABLE registry.supervision_level_grant (
  id uuid NOT NULL,
  supervision_level_id uuid NOT NULL,
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
  FOREIGN KEY (supervision_level_id) REFERENCES supervision_level(id) ON DELETE CASCADE,
  CHECK (((audience_kind >= 1) AND (audience_kind <= 4))),
  CHECK ((valid_from < valid_until))
);

CREATE INDEX supervision_level_grant_supervision_level ON registry.supervision_level_grant USING btree (supervision_level_id);

ALTER TABLE registry.supervision_level_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_supervision_level_grant ON registry.supervision_level_grant FOR SELECT TO public
  USING ((EXISTS ( SELECT 1
   FROM supervision_level r
  WHERE (r.id = supervision_level_grant.supervision_level_id))) AND ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[]))));

CREATE POLICY write_supervision_level_grant ON registry.supervision_level_grant FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.supervision_level_grant TO samenzicht_registry;

CREATE TABLE registry.supervision_level_hold (
  id uuid NOT NULL,
  supervision_level_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  number text NOT NULL,
  kind smallint NOT NULL,
  reason text NOT NULL,
  placed_by uuid NOT NULL,
  placed_at bigint NOT NULL,
  lifted_by uuid,
  lifted_at bigint,
  lifted_because text,
  PRIMARY KEY (id),
  FOREIGN KEY (supervision_level_id) REFERENCES supervision_level(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 2)))
);

CREATE INDEX supervision_level_hold_owner ON registry.supervision_level_hold USING btree (owner_id, placed_at, id);

CREATE INDEX supervision_level_hold_supervision_level ON registry.supervision_level_hold USING btree (supervision_level_id);

ALTER TABLE registry.supervision_level_hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_supervision_level_hold ON registry.supervision_level_hold FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid);

CREATE POLICY write_supervision_level_hold ON registry.supervision_level_hold FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON registry.supervision_level_hold TO samenzicht_registry;

CREATE TABLE registry.supervision_level_subject (
  supervision_level_id uuid NOT NULL,
  kind smallint NOT NULL,
  subject_id uuid NOT NULL,
  PRIMARY KEY (supervision_level_id, kind, subject_id),
  FOREIGN KEY (supervision_level_id) REFERENCES supervision_level(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 3)))
);

ALTER TABLE registry.supervision_level_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_supervision_level_subject ON registry.supervision_level_subject FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM supervision_level r
  WHERE (r.id = supervision_level_subject.supervision_level_id)));

CREATE POLICY write_supervision_level_subject ON registry.supervision_level_subject FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM supervision_level r
  WHERE ((r.id = supervision_level_subject.supervision_level_id) AND (r.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT ON registry.supervision_level_subject TO samenzicht_registry;

CREATE TABLE registry.supervision_level_subject_feed (
  subject_id uuid NOT NULL,
  channel bigint NOT NULL,
  rank smallint NOT NULL,
  created_at bigint NOT NULL,
  record_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  visible_from bigint NOT NULL,
  visible_until bigint NOT NULL,
  owner_id uuid NOT NULL,
  level smallint NOT NULL,
  starts_at bigint NOT NULL,
  state smallint NOT NULL,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX supervision_level_subject_feed_record ON registry.supervision_level_subject_feed USING btree (record_id);

ALTER TABLE registry.supervision_level_subject_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_supervision_level_subject_feed ON registry.supervision_level_subject_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_supervision_level_subject_feed ON registry.supervision_level_subject_feed FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON registry.supervision_level_subject_feed TO samenzicht_registry;

CREATE TABLE registry.supervision_level_tombstone (
  id uuid NOT NULL,
  supervision_level_id uuid NOT NULL,
  channel bigint NOT NULL,
  at bigint NOT NULL,
  rank smallint NOT NULL DEFAULT 0,
  visible_from bigint NOT NULL DEFAULT 0,
  visible_until bigint NOT NULL DEFAULT 0,
  tx bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
);

CREATE INDEX supervision_level_tombstone_supervision_level ON registry.supervision_level_tombstone USING btree (supervision_level_id, tx);

GRANT INSERT ON registry.supervision_level_tombstone TO samenzicht_registry;

CREATE TABLE registry.word_slip (
  slip integer NOT NULL,
  word text NOT NULL,
  PRIMARY KEY (slip, word)
);

GRANT DELETE, INSERT, SELECT, UPDATE ON registry.word_slip TO samenzicht_registry;

CREATE SCHEMA signals; -- of samenzicht_owner
GRANT USAGE ON SCHEMA signals TO samenzicht_search;
GRANT USAGE ON SCHEMA signals TO samenzicht_signals;

CREATE TABLE signals.access_request (
  id uuid NOT NULL,
  kind smallint NOT NULL,
  signal_id uuid NOT NULL,
  handle uuid,
  rank smallint NOT NULL,
  owner_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  asked_by text NOT NULL,
  audience_kind smallint NOT NULL,
  audience uuid NOT NULL,
  purpose_id uuid NOT NULL,
  legal_basis_id uuid NOT NULL,
  reason text NOT NULL,
  valid_until bigint NOT NULL,
  asked_at bigint NOT NULL,
  lapses_at bigint NOT NULL,
  state smallint NOT NULL,
  closed_at bigint,
  closed_by uuid,
  answer text,
  grant_id uuid,
  given_audience_kind smallint,
  given_audience uuid,
  given_purpose_id uuid,
  given_legal_basis_id uuid,
  given_until bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((audience_kind >= 1) AND (audience_kind <= 4))),
  CHECK (((state = 1) = (closed_at IS NULL))),
  CHECK (((state = 2) = (grant_id IS NOT NULL))),
  CHECK (((kind >= 1) AND (kind <= 2))),
  CHECK (((state >= 1) AND (state <= 4)))
);

CREATE INDEX access_request_organisation ON signals.access_request USING btree (organisation_id, asked_at, id);

CREATE INDEX access_request_owner ON signals.access_request USING btree (owner_id, asked_at, id);

CREATE INDEX access_request_signal ON signals.access_request USING btree (signal_id);

ALTER TABLE signals.access_request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY ask_access ON signals.access_request FOR INSERT TO public
  WITH CHECK ((state = 1) AND (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (((kind = 1) AND (EXISTS ( SELECT 1
   FROM signal_discovery d
  WHERE ((d.signal_id = access_request.signal_id) AND (d.owner_id = access_request.owner_id) AND (d.handle = access_request.handle))))) OR ((kind = 2) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = access_request.signal_id) AND (s.owner_id = access_request.owner_id)))))));

CREATE POLICY decide_access ON signals.access_request FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY read_access_request ON signals.access_request FOR SELECT TO public
  USING ((rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (((NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid = owner_id) OR ((NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid = organisation_id)));

CREATE POLICY withdraw_access ON signals.access_request FOR UPDATE TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (state = 4));

GRANT INSERT, SELECT, UPDATE ON signals.access_request TO samenzicht_signals;

CREATE TABLE signals.break_glass (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  number text NOT NULL,
  owner_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  opened_by text NOT NULL,
  purpose text NOT NULL,
  grant_id uuid NOT NULL,
  danger text NOT NULL,
  reason text NOT NULL,
  opened_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  review_due bigint NOT NULL,
  reviewed_at bigint,
  reviewed_by uuid,
  justified boolean,
  judgement text,
  PRIMARY KEY (id),
  UNIQUE (grant_id),
  CHECK (((reviewed_at IS NULL) = (justified IS NULL)))
);

CREATE INDEX break_glass_organisation ON signals.break_glass USING btree (organisation_id, opened_at, id);

CREATE INDEX break_glass_owner ON signals.break_glass USING btree (owner_id, opened_at, id);

ALTER TABLE signals.break_glass ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_break_glass ON signals.break_glass FOR SELECT TO public
  USING (((NULLIF(current_setting('app.side'::text, true), ''::text))::uuid = owner_id) OR ((NULLIF(current_setting('app.side'::text, true), ''::text))::uuid = organisation_id));

CREATE POLICY record_break_glass ON signals.break_glass FOR INSERT TO public
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (reviewed_at IS NULL) AND (ends_at <= ((NULLIF(current_setting('app.now'::text, true), ''::text))::bigint + '14400000000'::bigint)));

CREATE POLICY review_break_glass ON signals.break_glass FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.break_glass TO samenzicht_signals;

CREATE TABLE signals.break_glass_attempt (
  account_id uuid NOT NULL,
  hour bigint NOT NULL,
  place smallint NOT NULL,
  organisation_id uuid NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (account_id, hour, place)
);

ALTER TABLE signals.break_glass_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_break_glass_attempt ON signals.break_glass_attempt FOR SELECT TO public
  USING ((organisation_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY record_break_glass_attempt ON signals.break_glass_attempt FOR INSERT TO public
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT INSERT, SELECT ON signals.break_glass_attempt TO samenzicht_signals;

CREATE TABLE signals.feedback (
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  author_id uuid NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version integer NOT NULL,
  state smallint NOT NULL,
  theme_id uuid NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  addressee_kind smallint NOT NULL,
  addressee text NOT NULL,
  sent_at bigint,
  PRIMARY KEY (id),
  CHECK (((addressee_kind >= 1) AND (addressee_kind <= 3))),
  CHECK (((state >= 0) AND (state <= 1)))
);

CREATE INDEX feedback_made ON signals.feedback USING btree (created_at, id);

CREATE INDEX feedback_theme ON signals.feedback USING btree (theme_id);

ALTER TABLE signals.feedback ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY add_feedback ON signals.feedback FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY change_feedback ON signals.feedback FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY erase_expired_feedback ON signals.feedback FOR DELETE TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (state = 0) AND theme_is_there(theme_id));

CREATE POLICY find_expired_feedback ON signals.feedback FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (state = 0) AND theme_is_there(theme_id));

CREATE POLICY read_feedback ON signals.feedback FOR SELECT TO public
  USING 
CASE
    WHEN (state = 1) THEN ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (EXISTS ( SELECT 1
       FROM organisation o
      WHERE (o.participant AND (o.id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)))))
    ELSE ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) AND theme_is_there(theme_id))
END;

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.feedback TO samenzicht_signals;

CREATE TABLE signals.feedback_party (
  feedback_id uuid NOT NULL,
  party_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  PRIMARY KEY (feedback_id, party_id),
  FOREIGN KEY (feedback_id) REFERENCES feedback(id) ON DELETE CASCADE
);

ALTER TABLE signals.feedback_party ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_feedback_party ON signals.feedback_party FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid);

CREATE POLICY write_feedback_party ON signals.feedback_party FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.feedback_party TO samenzicht_signals;

CREATE OR REPLACE FUNCTION signals.has_words(record uuid, query text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'signals', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT 1 FROM signals.signal_search
    WHERE signal_id = record AND words @@ plainto_tsquery('simple', query)) $function$
;
-- of samenzicht_search, to be run by samenzicht_signals

CREATE OR REPLACE FUNCTION signals.search_signals(query text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'signals', 'pg_temp'
AS $function$
  SELECT signal_id FROM signals.signal_search WHERE words @@ plainto_tsquery('simple', query) $function$
;
-- of samenzicht_search, to be run by samenzicht_signals

CREATE OR REPLACE FUNCTION signals.signal_is_there(of_signal uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'signals', 'access', 'pg_temp'
AS $function$
  BEGIN RETURN EXISTS (SELECT 1 FROM signal s WHERE s.id = of_signal); END $function$
;
-- of samenzicht_owner

CREATE OR REPLACE FUNCTION signals.sources_there(of_theme uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'signals', 'access', 'pg_temp'
AS $function$
  BEGIN RETURN (SELECT COUNT(*) FROM theme_source m WHERE m.theme_id = of_theme); END $function$
;
-- of samenzicht_owner

CREATE OR REPLACE FUNCTION signals.theme_is_there(of_theme uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'signals', 'access', 'pg_temp'
AS $function$
  BEGIN RETURN EXISTS (SELECT 1 FROM theme t WHERE t.id = of_theme); END $function$
;
-- of samenzicht_owner

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

CREATE TABLE signals.inbox_mark (
  account_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  read_until bigint NOT NULL,
  PRIMARY KEY (account_id)
);

ALTER TABLE signals.inbox_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_inbox_mark ON signals.inbox_mark FOR SELECT TO public
  USING ((owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY write_inbox_mark ON signals.inbox_mark FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT INSERT, SELECT, UPDATE ON signals.inbox_mark TO samenzicht_signals;

CREATE TABLE signals.inbox_read (
  account_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  at bigint NOT NULL,
  record_id uuid NOT NULL,
  change text NOT NULL,
  PRIMARY KEY (account_id, at, record_id, change)
);

ALTER TABLE signals.inbox_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_inbox_read ON signals.inbox_read FOR SELECT TO public
  USING ((owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY write_inbox_read ON signals.inbox_read FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT DELETE, INSERT, SELECT ON signals.inbox_read TO samenzicht_signals;

CREATE TABLE signals.saved_search (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  purpose_id uuid NOT NULL,
  version integer NOT NULL,
  created_at bigint NOT NULL,
  looked_at bigint NOT NULL,
  name text NOT NULL,
  format smallint NOT NULL,
  filter text NOT NULL,
  watched_from bigint NOT NULL,
  told_from bigint,
  deleted_at bigint,
  former text,
  PRIMARY KEY (id)
);

CREATE INDEX saved_search_account ON signals.saved_search USING btree (account_id, purpose_id, created_at, id);

ALTER TABLE signals.saved_search ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_saved_search ON signals.saved_search FOR SELECT TO public
  USING ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

CREATE POLICY write_saved_search ON signals.saved_search FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.saved_search TO samenzicht_signals;

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
  held_at bigint,
  frozen_at bigint,
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

CREATE INDEX signal_retention ON signals.signal USING btree (retain_until);

ALTER TABLE signals.signal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY change_signal ON signals.signal FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY erase_expired_signal ON signals.signal FOR DELETE TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY find_expired_signal ON signals.signal FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (held_at IS NULL) AND (retain_until <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY keep_signal ON signals.signal FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.keeper'::text, true), ''::text))::uuid);

CREATE POLICY open_signal ON signals.signal FOR SELECT TO public
  USING (((current_setting('app.glass'::text, true) = (id)::text) OR (current_setting('app.glass'::text, true) = number)) AND (state = 1) AND (rank <= 1) AND (frozen_at IS NULL) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (retain_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (owner_id <> (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid));

CREATE POLICY read_signal ON signals.signal FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal_feed f
  WHERE ((f.record_id = signal.id) AND (f.channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (f.rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (f.visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (f.visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint))));

CREATE POLICY record_signal ON signals.signal FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.signal TO samenzicht_signals;

CREATE TABLE signals.signal_confirmation (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  kind smallint NOT NULL,
  explanation text,
  observed_at bigint,
  superseded_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 3)))
);

CREATE INDEX signal_confirmation_signal ON signals.signal_confirmation USING btree (signal_id, at, id);

CREATE UNIQUE INDEX signal_confirmation_live ON signals.signal_confirmation USING btree (signal_id, organisation_id) WHERE (superseded_at IS NULL);

ALTER TABLE signals.signal_confirmation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_confirmation ON signals.signal_confirmation FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_confirmation.signal_id)));

CREATE POLICY write_signal_confirmation ON signals.signal_confirmation FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_confirmation.signal_id))))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_confirmation.signal_id))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_confirmation TO samenzicht_signals;

CREATE TABLE signals.signal_discovery (
  signal_id uuid NOT NULL,
  handle uuid NOT NULL,
  owner_id uuid NOT NULL,
  rank smallint NOT NULL,
  mode smallint NOT NULL,
  closed boolean NOT NULL,
  title text,
  visible_until bigint NOT NULL,
  PRIMARY KEY (signal_id),
  UNIQUE (handle),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((title IS NULL) OR (mode = 2))),
  CHECK (((mode >= 0) AND (mode <= 2)))
);

ALTER TABLE signals.signal_discovery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_discovery ON signals.signal_discovery FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_discovery.signal_id)));

CREATE POLICY tell_signal ON signals.signal_discovery FOR SELECT TO public
  USING ((mode > 0) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (EXISTS ( SELECT 1
   FROM organisation o
  WHERE (o.participant AND (o.id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)))));

CREATE POLICY write_signal_discovery ON signals.signal_discovery FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.signal_discovery TO samenzicht_signals;

CREATE TABLE signals.signal_discovery_subject (
  signal_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  PRIMARY KEY (subject_id, signal_id),
  FOREIGN KEY (signal_id) REFERENCES signal_discovery(signal_id) ON DELETE CASCADE
);

CREATE INDEX signal_discovery_subject_signal ON signals.signal_discovery_subject USING btree (signal_id);

ALTER TABLE signals.signal_discovery_subject ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_discovery_subject ON signals.signal_discovery_subject FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal_discovery d
  WHERE (d.signal_id = signal_discovery_subject.signal_id)));

CREATE POLICY write_signal_discovery_subject ON signals.signal_discovery_subject FOR ALL TO public
  USING (EXISTS ( SELECT 1
   FROM signal_discovery d
  WHERE ((d.signal_id = signal_discovery_subject.signal_id) AND (d.owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))));

GRANT DELETE, INSERT, SELECT ON signals.signal_discovery_subject TO samenzicht_signals;

CREATE TABLE signals.signal_evidence (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  kind smallint NOT NULL,
  title text NOT NULL,
  dated text NOT NULL,
  hash text NOT NULL,
  url text,
  reference text,
  removed_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 2)))
);

CREATE INDEX signal_evidence_signal ON signals.signal_evidence USING btree (signal_id, at, id);

ALTER TABLE signals.signal_evidence ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_evidence ON signals.signal_evidence FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_evidence.signal_id)));

CREATE POLICY write_signal_evidence ON signals.signal_evidence FOR ALL TO public
  USING ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_evidence.signal_id) AND (s.owner_id = signal_evidence.owner_id)))))
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_evidence.signal_id) AND (s.owner_id = signal_evidence.owner_id)))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_evidence TO samenzicht_signals;

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
  urgency smallint NOT NULL DEFAULT 1,
  origin smallint NOT NULL DEFAULT 1,
  state smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_feed_begins ON signals.signal_feed USING btree (channel, rank, visible_from, record_id) WHERE (visible_from > created_at);

CREATE INDEX signal_feed_category ON signals.signal_feed USING btree (channel, rank, category, created_at, record_id, visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_credibility ON signals.signal_feed USING btree (channel, rank, credibility, created_at, record_id, visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_ended ON signals.signal_feed USING btree (channel, rank, created_at, record_id, valid_until, visible_from, visible_until, owner_id) WHERE (valid_until IS NOT NULL);

CREATE INDEX signal_feed_ends ON signals.signal_feed USING btree (channel, rank, visible_until, record_id);

CREATE INDEX signal_feed_observed ON signals.signal_feed USING btree (channel, rank, observed_at, record_id, category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until, visible_from, visible_until);

CREATE INDEX signal_feed_origin ON signals.signal_feed USING btree (channel, rank, origin, created_at, record_id, visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_owner ON signals.signal_feed USING btree (channel, rank, owner_id, created_at, record_id, visible_from, visible_until);

CREATE INDEX signal_feed_record ON signals.signal_feed USING hash (record_id);

CREATE INDEX signal_feed_recorded ON signals.signal_feed USING btree (channel, rank, created_at, record_id, category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until, visible_from, visible_until);

CREATE INDEX signal_feed_reliability ON signals.signal_feed USING btree (channel, rank, reliability, created_at, record_id, visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_severe ON signals.signal_feed USING btree (channel, rank, severity, created_at, record_id, category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until, visible_from, visible_until);

CREATE INDEX signal_feed_state ON signals.signal_feed USING btree (channel, rank, state, created_at, record_id, visible_from, visible_until, owner_id);

CREATE INDEX signal_feed_urgency ON signals.signal_feed USING btree (channel, rank, urgency, created_at, record_id, visible_from, visible_until, owner_id);

ALTER TABLE signals.signal_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY open_signal_feed ON signals.signal_feed FOR INSERT TO public
  WITH CHECK ((EXISTS ( SELECT 1
   FROM (break_glass b
     JOIN channel c ON (((c.kind = 4) AND (c.audience = b.account_id))))
  WHERE ((b.grant_id = signal_feed.grant_id) AND (b.signal_id = signal_feed.record_id) AND (c.id = signal_feed.channel) AND (b.organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (signal_feed.visible_until <= b.ends_at)))) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_feed.record_id) AND (s.owner_id = signal_feed.owner_id)))) AND (NOT (EXISTS ( SELECT 1
   FROM signal_discovery d
  WHERE ((d.signal_id = signal_feed.record_id) AND d.closed)))));

CREATE POLICY read_feed ON signals.signal_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY read_past_signal_feed ON signals.signal_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.past_channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.past_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.since'::text, true), ''::text))::bigint));

CREATE POLICY write_feed ON signals.signal_feed FOR ALL TO public
  USING COALESCE((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid), false)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.signal_feed TO samenzicht_signals;

CREATE TABLE signals.signal_follow_up (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  taken_up_at bigint NOT NULL,
  state smallint NOT NULL,
  text text,
  handed_to uuid,
  owner_only boolean NOT NULL,
  superseded_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((state >= 1) AND (state <= 5)))
);

CREATE INDEX signal_follow_up_signal ON signals.signal_follow_up USING btree (signal_id, at, id);

CREATE UNIQUE INDEX signal_follow_up_live ON signals.signal_follow_up USING btree (signal_id, organisation_id) WHERE (superseded_at IS NULL);

ALTER TABLE signals.signal_follow_up ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_follow_up ON signals.signal_follow_up FOR SELECT TO public
  USING (((NOT owner_only) OR (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_follow_up.signal_id))));

CREATE POLICY write_signal_follow_up ON signals.signal_follow_up FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_follow_up.signal_id) AND (s.owner_id = signal_follow_up.owner_id)))))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_follow_up.signal_id) AND (s.owner_id = signal_follow_up.owner_id)))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_follow_up TO samenzicht_signals;

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

CREATE POLICY open_signal_grant ON signals.signal_grant FOR INSERT TO public
  WITH CHECK ((audience_kind = 4) AND (revoked_at IS NULL) AND (EXISTS ( SELECT 1
   FROM break_glass b
  WHERE ((b.grant_id = signal_grant.id) AND (b.signal_id = signal_grant.signal_id) AND (b.owner_id = signal_grant.owner_id) AND (b.organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (b.account_id = signal_grant.audience) AND (signal_grant.valid_until <= b.ends_at)))));

CREATE POLICY read_signal_grant ON signals.signal_grant FOR SELECT TO public
  USING ((EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_grant.signal_id))) AND ((owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[]))));

CREATE POLICY write_signal_grant ON signals.signal_grant FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.signal_grant TO samenzicht_signals;

CREATE TABLE signals.signal_hold (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  number text NOT NULL,
  kind smallint NOT NULL,
  reason text NOT NULL,
  placed_by uuid NOT NULL,
  placed_at bigint NOT NULL,
  lifted_by uuid,
  lifted_at bigint,
  lifted_because text,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((kind >= 1) AND (kind <= 2)))
);

CREATE INDEX signal_hold_owner ON signals.signal_hold USING btree (owner_id, placed_at, id);

CREATE INDEX signal_hold_signal ON signals.signal_hold USING btree (signal_id);

ALTER TABLE signals.signal_hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_hold ON signals.signal_hold FOR SELECT TO public
  USING (owner_id = (NULLIF(current_setting('app.side'::text, true), ''::text))::uuid);

CREATE POLICY write_signal_hold ON signals.signal_hold FOR ALL TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT INSERT, SELECT, UPDATE ON signals.signal_hold TO samenzicht_signals;

CREATE TABLE signals.signal_link (
  id uuid NOT NULL,
  link_id uuid NOT NULL,
  signal_id uuid NOT NULL,
  other_id uuid NOT NULL,
  forward boolean NOT NULL,
  kind smallint NOT NULL,
  reason text,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  ended_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (other_id) REFERENCES signal(id) ON DELETE CASCADE,
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK ((signal_id <> other_id)),
  CHECK (((kind >= 1) AND (kind <= 4)))
);

CREATE INDEX signal_link_link ON signals.signal_link USING btree (link_id);

CREATE INDEX signal_link_other ON signals.signal_link USING btree (other_id);

CREATE INDEX signal_link_signal ON signals.signal_link USING btree (signal_id, at, id);

CREATE UNIQUE INDEX signal_link_live ON signals.signal_link USING btree (signal_id, other_id, kind, forward, organisation_id) WHERE (ended_at IS NULL);

ALTER TABLE signals.signal_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_link ON signals.signal_link FOR SELECT TO public
  USING ((EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.signal_id))) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.other_id))));

CREATE POLICY write_signal_link ON signals.signal_link FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.signal_id))) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.other_id))))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.signal_id))) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_link.other_id))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_link TO samenzicht_signals;

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

CREATE TABLE signals.signal_proposal (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  version integer NOT NULL,
  changes text NOT NULL,
  base text NOT NULL,
  reason text NOT NULL,
  state smallint NOT NULL,
  decided_at bigint,
  decided_by uuid,
  answer text,
  accepted text,
  applied_version integer,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((state >= 1) AND (state <= 5)))
);

CREATE INDEX signal_proposal_organisation ON signals.signal_proposal USING btree (organisation_id, at, id);

CREATE INDEX signal_proposal_owner ON signals.signal_proposal USING btree (owner_id, at, id);

CREATE INDEX signal_proposal_signal ON signals.signal_proposal USING btree (signal_id, at, id);

ALTER TABLE signals.signal_proposal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY decide_signal_proposal ON signals.signal_proposal FOR UPDATE TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) OR (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) OR (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid));

CREATE POLICY make_signal_proposal ON signals.signal_proposal FOR INSERT TO public
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_proposal.signal_id) AND (s.owner_id = signal_proposal.owner_id)))));

CREATE POLICY read_signal_proposal ON signals.signal_proposal FOR SELECT TO public
  USING ((organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) OR (owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid));

GRANT INSERT, SELECT, UPDATE ON signals.signal_proposal TO samenzicht_signals;

CREATE TABLE signals.signal_read_mark (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (account_id, signal_id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE
);

CREATE INDEX signal_read_mark_signal ON signals.signal_read_mark USING btree (signal_id, account_id);

ALTER TABLE signals.signal_read_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_read_mark ON signals.signal_read_mark FOR SELECT TO public
  USING ((organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_read_mark.signal_id))));

CREATE POLICY write_signal_read_mark ON signals.signal_read_mark FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_read_mark.signal_id))))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_read_mark.signal_id))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_read_mark TO samenzicht_signals;

CREATE TABLE signals.signal_remark (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  audience smallint NOT NULL,
  text text NOT NULL,
  withdrawn_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((audience >= 1) AND (audience <= 2)))
);

CREATE INDEX signal_remark_signal ON signals.signal_remark USING btree (signal_id, at, id);

ALTER TABLE signals.signal_remark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_remark ON signals.signal_remark FOR SELECT TO public
  USING (((audience = 1) OR (organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_remark.signal_id))));

CREATE POLICY write_signal_remark ON signals.signal_remark FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_remark.signal_id))))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_remark.signal_id))));

GRANT INSERT, SELECT, UPDATE ON signals.signal_remark TO samenzicht_signals;

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
  urgency smallint NOT NULL DEFAULT 1,
  origin smallint NOT NULL DEFAULT 1,
  state smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, channel, rank, created_at, record_id, grant_id)
);

CREATE INDEX signal_subject_feed_observed ON signals.signal_subject_feed USING btree (subject_id, channel, rank, observed_at, record_id, category, severity, owner_id, urgency, origin, state, created_at, reliability, credibility, valid_until, visible_from, visible_until);

CREATE INDEX signal_subject_feed_record ON signals.signal_subject_feed USING hash (record_id);

CREATE INDEX signal_subject_feed_recorded ON signals.signal_subject_feed USING btree (subject_id, channel, rank, created_at, record_id, category, severity, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until, visible_from, visible_until);

CREATE INDEX signal_subject_feed_severe ON signals.signal_subject_feed USING btree (subject_id, channel, rank, severity, created_at, record_id, category, owner_id, urgency, origin, state, observed_at, reliability, credibility, valid_until, visible_from, visible_until);

ALTER TABLE signals.signal_subject_feed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY open_signal_subject_feed ON signals.signal_subject_feed FOR INSERT TO public
  WITH CHECK (EXISTS ( SELECT 1
   FROM (break_glass b
     JOIN channel c ON (((c.kind = 4) AND (c.audience = b.account_id))))
  WHERE ((b.grant_id = signal_subject_feed.grant_id) AND (b.signal_id = signal_subject_feed.record_id) AND (c.id = signal_subject_feed.channel) AND (b.organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (signal_subject_feed.visible_until <= b.ends_at))));

CREATE POLICY read_subject_feed ON signals.signal_subject_feed FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint));

CREATE POLICY write_subject_feed ON signals.signal_subject_feed FOR ALL TO public
  USING COALESCE((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid), false)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

GRANT DELETE, INSERT, SELECT ON signals.signal_subject_feed TO samenzicht_signals;

CREATE TABLE signals.signal_tombstone (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  channel bigint NOT NULL,
  at bigint NOT NULL,
  rank smallint NOT NULL DEFAULT 0,
  visible_from bigint NOT NULL DEFAULT 0,
  visible_until bigint NOT NULL DEFAULT 0,
  tx bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
);

CREATE INDEX signal_tombstone_signal ON signals.signal_tombstone USING btree (signal_id, tx);

ALTER TABLE signals.signal_tombstone ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY bury_signal ON signals.signal_tombstone FOR INSERT TO public
  WITH CHECK true;

CREATE POLICY read_signal_tombstone ON signals.signal_tombstone FOR SELECT TO public
  USING ((channel = ANY ((string_to_array(NULLIF(current_setting('app.past_channels'::text, true), ''::text), ','::text))::bigint[])) AND (rank <= (NULLIF(current_setting('app.past_rank'::text, true), ''::text))::smallint));

CREATE POLICY tidy_signal_tombstone ON signals.signal_tombstone FOR ALL TO public
  USING (current_setting('app.caretaker'::text, true) = 'on'::text);

GRANT DELETE, INSERT, SELECT ON signals.signal_tombstone TO samenzicht_signals;

CREATE TABLE signals.signal_version (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  version bigint NOT NULL,
  since bigint NOT NULL,
  until bigint NOT NULL,
  state smallint NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (signal_id, version),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE
);

ALTER TABLE signals.signal_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_signal_version ON signals.signal_version FOR SELECT TO public
  USING (((state <> 0) OR (owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = signal_version.signal_id))));

CREATE POLICY write_signal_version ON signals.signal_version FOR INSERT TO public
  WITH CHECK ((owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE ((s.id = signal_version.signal_id) AND (s.owner_id = signal_version.owner_id)))));

GRANT INSERT, SELECT ON signals.signal_version TO samenzicht_signals;

CREATE TABLE signals.signals_change (
  sealed_by text NOT NULL,
  floor_tx bigint NOT NULL,
  floor_sequence bigint NOT NULL,
  PRIMARY KEY (sealed_by)
);

ALTER TABLE signals.signals_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY raise_signals_change ON signals.signals_change FOR UPDATE TO public
  USING (current_setting('app.caretaker'::text, true) = 'on'::text);

CREATE POLICY read_signals_change ON signals.signals_change FOR SELECT TO public
  USING (NULLIF(current_setting('app.side'::text, true), ''::text) IS NOT NULL);

GRANT SELECT ON signals.signals_change TO samenzicht_signals;

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

CREATE INDEX signals_outbox_at ON signals.signals_outbox USING btree (at, record_id, change);

CREATE INDEX signals_outbox_order ON signals.signals_outbox USING btree (tx, sequence);

CREATE INDEX signals_outbox_published ON signals.signals_outbox USING btree (record_id, at) WHERE (change = 'published'::text);

GRANT DELETE, INSERT, SELECT ON signals.signals_outbox TO samenzicht_signals;

CREATE TABLE signals.theme (
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  author_id uuid NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version integer NOT NULL,
  state smallint NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  sources integer NOT NULL,
  ended_because text,
  PRIMARY KEY (id),
  CHECK ((sources > 0)),
  CHECK (((state >= 0) AND (state <= 2)))
);

CREATE INDEX theme_made ON signals.theme USING btree (created_at, id);

ALTER TABLE signals.theme ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY add_theme ON signals.theme FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY change_theme ON signals.theme FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY erase_expired_theme ON signals.theme FOR DELETE TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (sources_there(id) > 0));

CREATE POLICY find_expired_theme ON signals.theme FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND (sources_there(id) > 0));

CREATE POLICY read_theme ON signals.theme FOR SELECT TO public
  USING (((state = 1) OR (owner_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid)) AND (sources <= sources_there(id)));

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.theme TO samenzicht_signals;

CREATE TABLE signals.theme_source (
  theme_id uuid NOT NULL,
  signal_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  added_at bigint NOT NULL,
  reason text,
  left_at bigint,
  PRIMARY KEY (theme_id, signal_id),
  FOREIGN KEY (theme_id) REFERENCES theme(id) ON DELETE CASCADE
);

CREATE INDEX theme_source_signal ON signals.theme_source USING btree (signal_id);

ALTER TABLE signals.theme_source ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY add_theme_source ON signals.theme_source FOR INSERT TO public
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY change_theme_source ON signals.theme_source FOR UPDATE TO public
  USING (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (owner_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY find_expired_theme_source ON signals.theme_source FOR SELECT TO public
  USING ((current_setting('app.caretaker'::text, true) = 'on'::text) AND signal_is_there(signal_id));

CREATE POLICY read_theme_source ON signals.theme_source FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal_feed f
  WHERE ((f.record_id = theme_source.signal_id) AND (f.channel = ANY ((string_to_array(NULLIF(current_setting('app.channels'::text, true), ''::text), ','::text))::bigint[])) AND (f.rank <= (NULLIF(current_setting('app.max_rank'::text, true), ''::text))::smallint) AND (f.visible_from <= (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint) AND (f.visible_until > (NULLIF(current_setting('app.now'::text, true), ''::text))::bigint))));

GRANT INSERT, SELECT, UPDATE ON signals.theme_source TO samenzicht_signals;

CREATE TABLE signals.triage (
  id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  opened_by uuid NOT NULL,
  opened_at bigint NOT NULL,
  question text NOT NULL,
  due_at bigint NOT NULL,
  decision smallint,
  lead_id uuid,
  grounds smallint,
  motivation text,
  decided_by uuid,
  decided_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  CHECK (((decision >= 1) AND (decision <= 3)))
);

CREATE INDEX triage_signal ON signals.triage USING btree (signal_id);

ALTER TABLE signals.triage ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY decide_triage ON signals.triage FOR UPDATE TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid);

CREATE POLICY open_triage ON signals.triage FOR INSERT TO public
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = triage.signal_id))));

CREATE POLICY read_triage ON signals.triage FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM triage_participant p
  WHERE ((p.triage_id = triage.id) AND (p.organisation_id = (NULLIF(current_setting('app.organisation'::text, true), ''::text))::uuid))));

GRANT INSERT, SELECT, UPDATE ON signals.triage TO samenzicht_signals;

CREATE TABLE signals.triage_opinion (
  triage_id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  at bigint NOT NULL,
  advice smallint NOT NULL,
  lead_id uuid,
  grounds smallint NOT NULL,
  motivation text NOT NULL,
  PRIMARY KEY (triage_id, organisation_id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  FOREIGN KEY (triage_id) REFERENCES triage(id) ON DELETE CASCADE,
  CHECK (((advice >= 1) AND (advice <= 3)))
);

ALTER TABLE signals.triage_opinion ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY read_triage_opinion ON signals.triage_opinion FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM triage t
  WHERE (t.id = triage_opinion.triage_id)));

CREATE POLICY write_triage_opinion ON signals.triage_opinion FOR ALL TO public
  USING (organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid)
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM triage t
  WHERE (t.id = triage_opinion.triage_id))));

GRANT DELETE, INSERT, SELECT, UPDATE ON signals.triage_opinion TO samenzicht_signals;

CREATE TABLE signals.triage_participant (
  triage_id uuid NOT NULL,
  signal_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  PRIMARY KEY (triage_id, organisation_id),
  FOREIGN KEY (signal_id) REFERENCES signal(id) ON DELETE CASCADE,
  FOREIGN KEY (triage_id) REFERENCES triage(id) ON DELETE CASCADE
);

CREATE INDEX triage_participant_organisation ON signals.triage_participant USING btree (organisation_id, triage_id);

ALTER TABLE signals.triage_participant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY invite_triage_participant ON signals.triage_participant FOR INSERT TO public
  WITH CHECK ((EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = triage_participant.signal_id))) AND (NULLIF(current_setting('app.writer'::text, true), ''::text) IS NOT NULL));

CREATE POLICY read_triage_participant ON signals.triage_participant FOR SELECT TO public
  USING (EXISTS ( SELECT 1
   FROM signal s
  WHERE (s.id = triage_participant.signal_id)));

GRANT INSERT, SELECT ON signals.triage_participant TO samenzicht_signals;

CREATE TABLE signals.upsert_receipt (
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  asked text NOT NULL,
  answer text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (account_id, idempotency_key)
);

CREATE INDEX upsert_receipt_at ON signals.upsert_receipt USING btree (at);

ALTER TABLE signals.upsert_receipt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY tidy_upsert_receipt ON signals.upsert_receipt FOR ALL TO public
  USING (current_setting('app.caretaker'::text, true) = 'on'::text);

CREATE POLICY write_upsert_receipt ON signals.upsert_receipt FOR ALL TO public
  USING ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid))
  WITH CHECK ((organisation_id = (NULLIF(current_setting('app.writer'::text, true), ''::text))::uuid) AND (account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid));

GRANT DELETE, INSERT, SELECT ON signals.upsert_receipt TO samenzicht_signals;
