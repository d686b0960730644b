//! The tables that every service reads or writes through this crate: `access` (who may do what; written by the
//! registry alone) and the processing log of `accountability` (services may only add to it).

use crate::migrate::{Migration, Tables};

mod joining;

/// Accounts, roles, circles, purposes, channels, and decisions about them that need two persons.
pub const ACCESS: Tables = Tables {
    schema: "access",
    migrations: || vec![ACCESS_0001, joining::ACCESS_0002],
};

/// The processing log and the audit log.
pub const ACCOUNTABILITY: Tables = Tables {
    schema: "accountability",
    migrations: || vec![ACCOUNTABILITY_0001, ACCOUNTABILITY_0002],
};

const ACCESS_0001: Migration = Migration {
    name: "0001_access",
    portable: "
CREATE TABLE organisation (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('inspectorate', 'partner')), oin TEXT, domains TEXT NOT NULL,
  participant BOOLEAN NOT NULL, contact_name TEXT NOT NULL, contact_phone TEXT NOT NULL, contact_email TEXT NOT NULL,
  suspended_at BIGINT, ended_at BIGINT
);
CREATE TABLE account (
  id UUID PRIMARY KEY, organisation_id UUID NOT NULL REFERENCES organisation (id), name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
  clearance SMALLINT NOT NULL CHECK (clearance BETWEEN 0 AND 2), suspended_at BIGINT, ended_at BIGINT,
  UNIQUE (issuer, subject)
);
CREATE TABLE role_assignment (
  account_id UUID NOT NULL REFERENCES account (id), role SMALLINT NOT NULL CHECK (role BETWEEN 1 AND 9),
  valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, PRIMARY KEY (account_id, role, valid_from)
);
CREATE TABLE purpose (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  description TEXT NOT NULL, description_en TEXT NOT NULL, allows_personal BOOLEAN NOT NULL, pseudonyms BOOLEAN NOT NULL
);
CREATE TABLE account_purpose (
  account_id UUID NOT NULL REFERENCES account (id), purpose_id UUID NOT NULL REFERENCES purpose (id),
  valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, PRIMARY KEY (account_id, purpose_id, valid_from)
);
CREATE TABLE legal_basis (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, citation TEXT NOT NULL, description TEXT NOT NULL,
  fictitious BOOLEAN NOT NULL, source TEXT NOT NULL
);
CREATE TABLE circle (
  id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
  legal_basis_id UUID NOT NULL REFERENCES legal_basis (id), coordinator_id UUID NOT NULL REFERENCES organisation (id),
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL
);
CREATE TABLE circle_purpose (
  circle_id UUID NOT NULL REFERENCES circle (id), purpose_id UUID NOT NULL REFERENCES purpose (id),
  PRIMARY KEY (circle_id, purpose_id)
);
CREATE TABLE circle_member (
  circle_id UUID NOT NULL REFERENCES circle (id), organisation_id UUID NOT NULL REFERENCES organisation (id),
  joined_at BIGINT NOT NULL, left_at BIGINT NOT NULL, PRIMARY KEY (circle_id, organisation_id, joined_at)
);
CREATE INDEX circle_member_organisation ON circle_member (organisation_id, circle_id);
CREATE TABLE account_circle (
  account_id UUID NOT NULL REFERENCES account (id), circle_id UUID NOT NULL REFERENCES circle (id),
  PRIMARY KEY (account_id, circle_id)
);
",
    sqlite: "
CREATE TABLE channel (
  id INTEGER PRIMARY KEY, kind SMALLINT NOT NULL, audience UUID NOT NULL, purpose_id UUID NOT NULL,
  UNIQUE (kind, audience, purpose_id)
);
",
    postgres: "
CREATE TABLE channel (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind SMALLINT NOT NULL, audience UUID NOT NULL,
  purpose_id UUID NOT NULL, UNIQUE (kind, audience, purpose_id)
);
CREATE FUNCTION intern_channel(k SMALLINT, a UUID, p UUID) RETURNS BIGINT LANGUAGE sql
  SECURITY DEFINER SET search_path = access, pg_temp AS $$
  INSERT INTO channel (kind, audience, purpose_id) VALUES (k, a, p)
  ON CONFLICT (kind, audience, purpose_id) DO UPDATE SET kind = excluded.kind RETURNING id $$;
REVOKE ALL ON FUNCTION intern_channel FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO samenzicht_registry, samenzicht_signals;
GRANT EXECUTE ON FUNCTION intern_channel TO samenzicht_registry, samenzicht_signals;
GRANT SELECT ON ALL TABLES IN SCHEMA access TO samenzicht_registry, samenzicht_signals;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA access TO samenzicht_registry;
REVOKE ALL ON access_migration FROM samenzicht_registry, samenzicht_signals;
",
};

const ACCOUNTABILITY_0001: Migration = Migration {
    name: "0001_log",
    portable: "
CREATE TABLE audit_log (
  id UUID PRIMARY KEY, request_id UUID NOT NULL, at BIGINT NOT NULL, service TEXT NOT NULL, issuer TEXT NOT NULL,
  subject TEXT NOT NULL, account_id UUID, organisation_id UUID, purpose TEXT, operation TEXT NOT NULL,
  outcome TEXT NOT NULL, foreign_trace TEXT
);
CREATE INDEX audit_log_request ON audit_log (request_id);
CREATE TABLE processing_log (
  id UUID PRIMARY KEY, request_id UUID NOT NULL, at BIGINT NOT NULL, service TEXT NOT NULL, activity TEXT NOT NULL,
  kind TEXT NOT NULL, operation TEXT NOT NULL, record_ids TEXT NOT NULL, fields TEXT NOT NULL
);
CREATE INDEX processing_log_request ON processing_log (request_id);
",
    sqlite: "",
    postgres: "
GRANT USAGE ON SCHEMA accountability TO samenzicht_registry, samenzicht_signals;
GRANT INSERT ON audit_log, processing_log TO samenzicht_registry, samenzicht_signals;
",
};

// Services may add to the log and not read it. Who read a record is the one question that its owner may ask: answered
// by a function of the tables' owner, which the door calls for a record that it has found to be the caller's own.
const ACCOUNTABILITY_0002: Migration = Migration {
    name: "0002_receipts",
    portable: "
CREATE INDEX processing_log_at ON processing_log (at, id);
",
    sqlite: "",
    postgres: "
CREATE INDEX processing_log_records ON processing_log USING gin (string_to_array(record_ids, ' '));
CREATE FUNCTION read_receipts(of_kind TEXT, record TEXT, before_at BIGINT, before_id UUID, most BIGINT)
  RETURNS TABLE (id UUID, at BIGINT, activity TEXT, fields TEXT, organisation_id UUID, account_id UUID) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
  SELECT p.id, p.at, p.activity, p.fields, a.organisation_id, a.account_id
  FROM processing_log p LEFT JOIN LATERAL (
    SELECT l.organisation_id, l.account_id FROM audit_log l WHERE l.request_id = p.request_id LIMIT 1) a ON true
  WHERE p.kind = of_kind AND p.operation IN ('read', 'unmask')
  AND string_to_array(p.record_ids, ' ') @> ARRAY[record] AND (p.at, p.id) < (before_at, before_id)
  ORDER BY p.at DESC, p.id DESC LIMIT most $$;
REVOKE ALL ON FUNCTION read_receipts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_receipts TO samenzicht_service;
",
};
