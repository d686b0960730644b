//! Holds and freezes of covenants and supervision levels.

use std::sync::LazyLock;

use foundation::migrate::Migration;
use foundation::root::tables;

/// Their tables, and the way of a privacy officer to the rows.
pub static HOLDS: LazyLock<Migration> =
    LazyLock::new(|| tables::holds("0040_holds", "registry", &["covenant", "supervision_level"]));
