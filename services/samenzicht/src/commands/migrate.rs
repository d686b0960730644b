//! `migrate`: brings the database to this version's tables.

use std::process::ExitCode;

use clap::Args;
use foundation::config::Settings;
use registry::reference::Reference;

use super::Failure;
use crate::platform;
use crate::services::tables;

/// Brings the database to the tables of this version.
///
/// The only command that opens the database beside a service; it refuses an embedded database that is in use.
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {}

impl MigrateArgs {
    /// Makes the tables and loads the shipped vocabularies; running it again changes nothing.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let database = platform::open(settings).await?;
        foundation::migrate::migrate(&database, &tables())
            .await
            .map_err(|error| Failure::new("MIGRATION", error))?;
        let reference = Reference::embedded().map_err(|error| Failure::new("REFERENCE", error))?;
        registry::seed::vocabularies(&database, &reference)
            .await
            .map_err(|error| Failure::new("REFERENCE", error))?;
        database.close().await;
        println!("the tables and vocabularies are those of this version");
        Ok(ExitCode::SUCCESS)
    }
}
