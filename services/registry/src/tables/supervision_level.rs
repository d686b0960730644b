//! Supervision levels: a labelled root; each step is a record.

use std::sync::LazyLock;

use foundation::migrate::Migration;
use foundation::root::tables::RootTables;

const ROOT: RootTables = RootTables {
    name: "supervision_level",
    service: "registry",
    columns: "party_id UUID NOT NULL, level SMALLINT NOT NULL CHECK (level BETWEEN 1 AND 3),
  step SMALLINT NOT NULL CHECK (step BETWEEN 1 AND 4), reason TEXT NOT NULL, starts_at BIGINT NOT NULL",
    filters: &[
        ("level", "SMALLINT NOT NULL"),
        ("starts_at", "BIGINT NOT NULL"),
        ("state", "SMALLINT NOT NULL"),
    ],
};

/// Supervision levels.
pub static SUPERVISION_LEVEL: LazyLock<Migration> = LazyLock::new(|| ROOT.migration("0006_supervision_level"));
