//! `import`: brings a file of a case system to the platform, over its API.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use foundation::config::Settings;

use super::{DONE, Failure, REJECTS, STOPPED, on_interrupt};
use crate::account::tokens;
use crate::api::{Api, Patience};
use crate::import::batches::MAX_BATCH;
use crate::import::delivery::{Delivery, End};
use crate::import::mapping::Mapping;
use crate::import::profile;
use crate::import::progress::Progress;
use crate::import::records::Format;
use crate::import::sectors;
use crate::import::summary::Summary;
use crate::stop::Stop;

/// Brings a file of a case system to the platform, over its API.
///
/// A mapping file says how columns become fields, labels and grants. The case system proposes it, the data steward of
/// the inspectorate approves exactly that file, and from then on deliveries by it are accepted:
///
///   samenzicht import propose --mapping M --as ilt.casesystem
///   samenzicht import approve --mapping M --as ilt.steward
///   samenzicht import signals --mapping M --as ilt.casesystem --file F --rejects R
///
/// The mapping file is described in docs/import.md.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct ImportArgs {
    /// What to do
    #[command(subcommand)]
    pub what: ImportWhat,
}

/// What can be done.
#[derive(Clone, Debug, Subcommand)]
pub enum ImportWhat {
    /// Bring the rows of a CSV, NDJSON or Parquet file as signals; the same file twice changes nothing
    ///
    /// Each row is known again by its external reference, so running the command again after any interruption goes on
    /// where it ended. Rows that are refused come back in the rejects file with line, field and reason; mended there,
    /// it can be imported with the same mapping.
    ///
    /// Exit code: 0 all rows are in, 1 some were refused, 2 it failed, 130 it was stopped.
    Signals(SignalsArgs),
    /// Bring the parties and sites of a file, by a mapping of the kind `parties`; the same file twice changes nothing
    ///
    /// Whoever may register parties may do this: no profile is needed. Each distinct party is looked up once; a row of
    /// which cannot be told whom it means is refused.
    ///
    /// Exit code: as of `import signals`.
    Parties(SignalsArgs),
    /// Propose a mapping file as import profile
    Propose(ProfileArgs),
    /// Approve a mapping file as import profile, as data steward
    Approve(ProfileArgs),
    /// Bring in sectors (SBI) from a CSV file with the columns code, nl, en, parent, as administrator
    ///
    /// The same file twice changes nothing.
    Sectors(SectorsArgs),
}

/// Which API, as whom.
#[derive(Args, Clone, Debug)]
pub struct ClientArgs {
    /// The mapping file (TOML)
    #[arg(long, value_name = "FILE")]
    pub mapping: PathBuf,
    /// The program\'s account, such as ilt.casesystem [default: whoever is signed in]
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The purpose under which the API is called
    #[arg(long, value_name = "CODE", default_value = "toezicht")]
    pub purpose: String,
    /// Address of the API [default: client.api of the configuration, or the gateway's]
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
}

/// Arguments of `import sectors`.
#[derive(Args, Clone, Debug)]
pub struct SectorsArgs {
    /// The CSV file, in UTF-8, a sector before those that are part of it
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// Where the sectors come from, as it is shown with each
    #[arg(long, value_name = "TEXT", default_value = "Standaard Bedrijfsindeling (SBI), CBS")]
    pub source: String,
    /// The program\'s account, such as ilt.admin [default: whoever is signed in]
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The purpose under which the API is called
    #[arg(long, value_name = "CODE", default_value = "verantwoording")]
    pub purpose: String,
    /// Address of the API [default: client.api of the configuration, or the gateway's]
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
}

impl SectorsArgs {
    async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let wrong = |reason: &dyn std::fmt::Display| {
            let file = self.file.display();
            Failure::new(
                "SECTORS",
                format!("{file}: {reason}; give a file with the columns code, nl, en, parent"),
            )
        };
        let sectors = sectors::read(&self.file).map_err(|fault| wrong(&fault))?;
        if sectors.is_empty() {
            return Err(wrong(&"there is no sector in it"));
        }
        let tokens = tokens(settings, self.account.as_deref())?;
        let url = self.api.clone().unwrap_or_else(|| settings.api());
        let api = Api::new(&url, &self.purpose, tokens, Patience::default(), Stop::default())
            .map_err(|fault| Failure::new(fault.code(), &fault))?;
        let done = sectors::deliver(&api, &self.source, &sectors).await;
        println!("{}", done.map_err(|fault| Failure::new(fault.code(), &fault))?);
        Ok(ExitCode::from(DONE))
    }
}

/// Arguments of `import propose` and `import approve`.
#[derive(Args, Clone, Debug)]
pub struct ProfileArgs {
    /// Which API, as whom.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Arguments of `import signals` and `import parties`.
#[derive(Args, Clone, Debug)]
pub struct SignalsArgs {
    /// The file: CSV or lines of JSON in UTF-8, or Parquet
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// How it is written [default: by its first bytes]
    #[arg(long)]
    pub format: Option<Format>,
    /// Which API, as whom.
    #[command(flatten)]
    pub client: ClientArgs,
    /// Only say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Where refused rows go; an existing file is overwritten [default: the first twenty are shown]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Rows per batch, at most 500 [default: limits.import_batch of the configuration]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_BATCH as i64))]
    pub batch: Option<u32>,
}

impl ImportArgs {
    /// Does it, signing in as the account.
    ///
    /// # Errors
    /// When it could not begin; what happens on the way is in the exit code and on standard error.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let client = match &self.what {
            ImportWhat::Sectors(args) => return args.run(settings).await,
            ImportWhat::Signals(args) | ImportWhat::Parties(args) => &args.client,
            ImportWhat::Propose(args) | ImportWhat::Approve(args) => &args.client,
        };
        let mapping = Mapping::read(&client.mapping).map_err(|fault| Failure::new("MAPPING", fault))?;
        let of_signals = !matches!(self.what, ImportWhat::Parties(_));
        if mapping.is_of_signals() != of_signals {
            let command = if of_signals { "parties" } else { "signals" };
            let reason = format!("the mapping's kind is `{command}`: use `import {command}`");
            return Err(Failure::new("MAPPING", reason));
        }
        let tokens = tokens(settings, client.account.as_deref())?;
        let url = client.api.clone().unwrap_or_else(|| settings.api());
        let stop = Stop::default();
        let api = Api::new(&url, &client.purpose, tokens, Patience::default(), stop.clone())
            .map_err(|fault| Failure::new(fault.code(), &fault))?;
        match &self.what {
            ImportWhat::Signals(args) | ImportWhat::Parties(args) => Ok(args.run(settings, mapping, &api, &stop).await),
            ImportWhat::Propose(_) => {
                let done = profile::propose(&api, &mapping)
                    .await
                    .map_err(|fault| Failure::new(fault.code(), &fault))?;
                println!("proposed {} ({})", mapping.name, done.hash);
                Ok(ExitCode::from(DONE))
            }
            ImportWhat::Approve(_) | ImportWhat::Sectors(_) => {
                let done = profile::approve(&api, &mapping)
                    .await
                    .map_err(|fault| Failure::new(fault.code(), &fault))?;
                println!("approved {} ({})", mapping.name, done.hash);
                Ok(ExitCode::from(DONE))
            }
        }
    }
}

impl SignalsArgs {
    async fn run(&self, settings: &Settings, mapping: Mapping, api: &Api, stop: &Stop) -> ExitCode {
        let delivery = Delivery {
            file: self.file.clone(),
            format: self.format,
            mapping: Arc::new(mapping),
            dry_run: self.dry_run,
            rejects: self.rejects.clone(),
            batch: self.batch.unwrap_or(settings.limits.import_batch) as usize,
        };
        let size = std::fs::metadata(&self.file).map_or(0, |file| file.len());
        let listening = tokio::spawn(on_interrupt(stop.clone()));
        let (summary, end) = delivery.run(api, stop, &mut Progress::stderr(size)).await;
        listening.abort();
        self.tell(&summary, &end)
    }

    fn tell(&self, summary: &Summary, end: &End) -> ExitCode {
        println!("{summary}");
        match end {
            End::Failed(fault) => {
                if summary.rows > 0 {
                    eprintln!(
                        "It failed on the way; running the same command again goes on: what is in is not changed."
                    );
                }
                Failure::new(fault.code(), fault).report()
            }
            End::Stopped => {
                eprintln!("Stopped. Run the same command again to go on: what is in is not changed.");
                ExitCode::from(STOPPED)
            }
            End::Complete if summary.rejected > 0 => {
                match &self.rejects {
                    Some(path) => eprintln!(
                        "{} rows were refused: mend them in {} and import that file with the same mapping.",
                        summary.rejected,
                        path.display()
                    ),
                    None => eprintln!(
                        "{} rows were refused; --rejects FILE keeps them to be mended.",
                        summary.rejected
                    ),
                }
                ExitCode::from(REJECTS)
            }
            End::Complete => ExitCode::from(DONE),
        }
    }
}
