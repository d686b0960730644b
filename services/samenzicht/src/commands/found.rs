//! `found`: the first organisation of a platform.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use foundation::Clock;
use foundation::config::Settings;
use registry::seed::SeedError;

use super::Failure;
use crate::admin::file::OrganisationFile;
use crate::platform;

/// Gives a new platform its first organisation, with two administrators, who let everybody else join.
///
/// Opens the database as `migrate` does, after it. Refuses where anybody administers anything already: from then on an
/// organisation joins by two others, with `admin organisation admit`.
#[derive(Args, Clone, Debug)]
pub struct FoundArgs {
    /// The organisation in a file (TOML), described in docs/operating.md
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
}

fn mend(error: &SeedError) -> String {
    match error {
        SeedError::Database(_) => {
            format!("{error}. Where its tables are not there yet, run `samenzicht migrate` first")
        }
        SeedError::Unknown { .. } | SeedError::Founded | SeedError::Unfit(_) | SeedError::Find(_) => error.to_string(),
    }
}

impl FoundArgs {
    /// Founds it.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let file = OrganisationFile::read(&self.file)?;
        let database = platform::open(settings).await?;
        let admission = file.admission();
        registry::seed::found(&database, &admission, &Clock::System)
            .await
            .map_err(|error| Failure::new("FOUNDING", mend(&error)))?;
        database.close().await;
        let names: Vec<&str> = admission.administrators.iter().map(|one| one.name.as_str()).collect();
        println!("founded {}, administered by {}", admission.code, names.join(" and "));
        Ok(ExitCode::SUCCESS)
    }
}
