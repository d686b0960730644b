//! `migrate`: brings the database to this version's tables.

use clap::Args;

/// Brings the database to the tables of this version.
///
/// The only command that opens the database beside a service; it refuses an embedded database that is in use.
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}
