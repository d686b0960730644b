//! Covenants: a labelled root, and the inspectorates that take part in each.

use std::sync::LazyLock;

use foundation::migrate::Migration;
use foundation::root::tables::RootTables;

const ROOT: RootTables = RootTables {
    name: "covenant",
    service: "registry",
    columns: "title TEXT NOT NULL, inspections INTEGER CHECK (inspections >= 0),
  period SMALLINT NOT NULL CHECK (period BETWEEN 1 AND 2), report_duty BOOLEAN NOT NULL, report_rule TEXT,
  report_treatment TEXT, permit_months INTEGER CHECK (permit_months > 0),
  vms_quality SMALLINT CHECK (vms_quality BETWEEN 1 AND 3), starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  CHECK (starts_at < ends_at)",
    filters: &[("starts_at", "BIGINT NOT NULL"), ("ends_at", "BIGINT NOT NULL")],
};

/// Covenants.
pub static COVENANT: LazyLock<Migration> = LazyLock::new(|| ROOT.migration("0004_covenant"));

/// Who takes part in a covenant, and what it has agreed to for itself.
pub const COVENANT_PARTICIPANT: Migration = Migration {
    name: "0005_covenant_participant",
    portable: "
CREATE TABLE covenant_participant (
  covenant_id UUID NOT NULL REFERENCES covenant (id) ON DELETE CASCADE, organisation_id UUID NOT NULL,
  inspections INTEGER CHECK (inspections >= 0), PRIMARY KEY (covenant_id, organisation_id)
);
",
    sqlite: "",
    postgres: "
GRANT SELECT, INSERT, DELETE ON covenant_participant TO samenzicht_registry;
ALTER TABLE covenant_participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE covenant_participant FORCE ROW LEVEL SECURITY;
CREATE POLICY read_covenant_participant ON covenant_participant FOR SELECT USING (
  EXISTS (SELECT 1 FROM covenant r WHERE r.id = covenant_id));
CREATE POLICY write_covenant_participant ON covenant_participant FOR ALL
  USING (EXISTS (SELECT 1 FROM covenant r WHERE r.id = covenant_id
    AND r.owner_id = nullif(current_setting('app.writer', true), '')::uuid));
",
};
