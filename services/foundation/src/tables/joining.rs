//! Who joins and who leaves: decisions that need two persons, and the second lock on who may do what.

use crate::migrate::Migration;

/// The decisions, and row-level security on the tables of `access`: each side writes its own rows, and rows of another
/// only under a decision that is confirmed in the same transaction. Reading stays open, because every service reads who
/// may do what before it knows who calls. Only services are bound: who migrates founds a platform and loads vocabularies.
pub const ACCESS_0002: Migration = Migration {
    name: "0002_joining",
    portable: "
CREATE TABLE decision (
  id UUID PRIMARY KEY, kind TEXT NOT NULL, detail TEXT NOT NULL, about UUID NOT NULL, about_organisation UUID,
  second TEXT NOT NULL CHECK (second IN ('colleague', 'steward', 'elsewhere', 'invited')),
  organisation_id UUID NOT NULL REFERENCES organisation (id), proposed_by TEXT NOT NULL, issuer TEXT NOT NULL,
  subject TEXT NOT NULL, proposed_at BIGINT NOT NULL, lapses_at BIGINT NOT NULL,
  outcome TEXT CHECK (outcome IN ('confirmed', 'declined')), decided_by TEXT, decided_at BIGINT, reason TEXT,
  CHECK ((outcome IS NULL) = (decided_at IS NULL))
);
CREATE INDEX decision_pending ON decision (outcome, lapses_at);
CREATE INDEX decision_about ON decision (about, decided_at);
",
    // SQLite cannot drop a table's own constraint: the table is made anew. Its rows are back before the transaction
    // ends, which is when references to them are looked at.
    sqlite: "
PRAGMA defer_foreign_keys = ON;
CREATE TABLE account_before AS SELECT * FROM account;
DROP TABLE account;
CREATE TABLE account (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL REFERENCES organisation (id), name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  clearance SMALLINT NOT NULL CHECK (clearance BETWEEN 0 AND 2), suspended_at BIGINT, ended_at BIGINT
);
INSERT INTO account SELECT id, organisation_id, name, display_name, issuer, subject, clearance, suspended_at, ended_at
  FROM account_before;
DROP TABLE account_before;
CREATE UNIQUE INDEX account_person ON account (issuer, subject) WHERE ended_at IS NULL;
",
    postgres: "
ALTER TABLE account DROP CONSTRAINT account_issuer_subject_key;
CREATE UNIQUE INDEX account_person ON account (issuer, subject) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON decision TO samenzicht_registry;
REVOKE DELETE ON organisation, account, role_assignment, purpose, account_purpose, legal_basis, circle, circle_purpose,
  circle_member, channel FROM samenzicht_registry;
CREATE FUNCTION writer() RETURNS UUID LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('app.writer', true), '')::uuid $$;
CREATE FUNCTION decided_for(thing UUID) RETURNS BOOLEAN LANGUAGE sql STABLE SET search_path = access, pg_temp AS $$
  SELECT access.writer() IS NOT NULL AND EXISTS (SELECT 1 FROM decision d
  WHERE thing IN (d.about, d.about_organisation, d.organisation_id) AND d.outcome = 'confirmed'
  AND d.decided_at = nullif(current_setting('app.now', true), '')::bigint) $$;
REVOKE ALL ON FUNCTION writer, decided_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION writer, decided_for TO samenzicht_service;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_decision ON decision FOR SELECT USING (true);
CREATE POLICY propose_decision ON decision FOR INSERT WITH CHECK (organisation_id = writer());
CREATE POLICY decide_decision ON decision FOR UPDATE USING (writer() IS NOT NULL AND (second = 'elsewhere'
  OR organisation_id = writer() OR about_organisation = writer()));
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_organisation ON organisation FOR SELECT USING (true);
CREATE POLICY admit_organisation ON organisation FOR INSERT WITH CHECK (decided_for(id));
CREATE POLICY change_organisation ON organisation FOR UPDATE USING (decided_for(id));
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_account ON account FOR SELECT USING (true);
CREATE POLICY admit_account ON account FOR INSERT
  WITH CHECK (organisation_id = writer() OR decided_for(organisation_id));
CREATE POLICY change_account ON account FOR UPDATE USING (organisation_id = writer() OR decided_for(organisation_id));
ALTER TABLE role_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_role_assignment ON role_assignment FOR SELECT USING (true);
CREATE POLICY give_role ON role_assignment FOR INSERT WITH CHECK (EXISTS (
  SELECT 1 FROM account a WHERE a.id = account_id AND (decided_for(a.id) OR decided_for(a.organisation_id))));
CREATE POLICY take_role ON role_assignment FOR UPDATE USING (EXISTS (
  SELECT 1 FROM account a WHERE a.id = account_id AND (a.organisation_id = writer() OR decided_for(a.id))))
  WITH CHECK (valid_until <= nullif(current_setting('app.now', true), '')::bigint OR decided_for(account_id));
ALTER TABLE account_purpose ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_account_purpose ON account_purpose FOR SELECT USING (true);
CREATE POLICY give_purpose ON account_purpose FOR INSERT WITH CHECK (EXISTS (
  SELECT 1 FROM account a WHERE a.id = account_id
  AND (a.organisation_id = writer() OR decided_for(a.organisation_id))));
CREATE POLICY take_purpose ON account_purpose FOR UPDATE USING (EXISTS (
  SELECT 1 FROM account a WHERE a.id = account_id
  AND (a.organisation_id = writer() OR decided_for(a.organisation_id))));
ALTER TABLE account_circle ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_account_circle ON account_circle FOR SELECT USING (true);
CREATE POLICY write_account_circle ON account_circle FOR ALL USING (EXISTS (
  SELECT 1 FROM account a WHERE a.id = account_id AND a.organisation_id = writer()));
ALTER TABLE purpose ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_purpose ON purpose FOR SELECT USING (true);
CREATE POLICY add_purpose ON purpose FOR INSERT WITH CHECK (decided_for(id));
CREATE POLICY change_purpose ON purpose FOR UPDATE USING (decided_for(id));
ALTER TABLE legal_basis ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_legal_basis ON legal_basis FOR SELECT USING (true);
CREATE POLICY add_legal_basis ON legal_basis FOR INSERT WITH CHECK (decided_for(id));
CREATE POLICY change_legal_basis ON legal_basis FOR UPDATE USING (decided_for(id));
ALTER TABLE circle ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_circle ON circle FOR SELECT USING (true);
CREATE POLICY found_circle ON circle FOR INSERT WITH CHECK (coordinator_id = writer());
CREATE POLICY change_circle ON circle FOR UPDATE USING (coordinator_id = writer() OR decided_for(coordinator_id))
  WITH CHECK (coordinator_id = writer() OR decided_for(coordinator_id));
ALTER TABLE circle_purpose ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_circle_purpose ON circle_purpose FOR SELECT USING (true);
CREATE POLICY write_circle_purpose ON circle_purpose FOR INSERT WITH CHECK (EXISTS (
  SELECT 1 FROM circle c WHERE c.id = circle_id AND c.coordinator_id = writer()));
ALTER TABLE circle_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_circle_member ON circle_member FOR SELECT USING (true);
CREATE POLICY join_circle ON circle_member FOR INSERT WITH CHECK (organisation_id = writer());
CREATE POLICY leave_circle ON circle_member FOR UPDATE USING (organisation_id = writer()
  OR decided_for(organisation_id) OR EXISTS (
  SELECT 1 FROM circle c WHERE c.id = circle_id AND (c.coordinator_id = writer() OR decided_for(c.coordinator_id))));
",
};
