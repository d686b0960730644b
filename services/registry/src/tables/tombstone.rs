//! What the tombstones of the registry's roots say, for a change feed of theirs.

use std::sync::LazyLock;

use foundation::migrate::Migration;
use foundation::root::tables::tombstones;

/// Covenants and supervision levels.
pub static TOMBSTONES: LazyLock<Migration> = LazyLock::new(|| Migration {
    name: "0010_tombstones",
    portable: [tombstones("covenant"), tombstones("supervision_level")]
        .concat()
        .leak(),
    sqlite: "",
    postgres: "",
});
