//! `export`: what one may see, into a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use foundation::config::Settings;

use super::{DONE, Failure, STOPPED, on_interrupt};
use crate::account::tokens;
use crate::api::Patience;
use crate::export::rows::Form;
use crate::export::{End, Export};
use crate::import::progress::Progress;
use crate::stop::Stop;

/// Takes what one may see into a file, over the API.
///
/// Under the stated purpose, with the marks of each record in its row, masked as everywhere, and logged as a read of
/// each record. A file that was broken off is gone on with by the same command.
///
///   samenzicht export signals --as igj.analyst --purpose risicoanalyse --file signals.csv
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub struct ExportArgs {
    /// What is exported
    #[command(subcommand)]
    pub what: ExportWhat,
}

/// What can be exported.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportWhat {
    /// The signals that one may see, newest recorded first
    ///
    /// Exit code: 0 all of it is in the file, 2 it failed, 130 it was stopped; after both the same command goes on.
    Signals(SignalsArgs),
}

/// Arguments of `export signals`.
#[derive(Args, Clone, Debug)]
pub struct SignalsArgs {
    /// The file; an existing one is replaced when all is there, and what is under way stands beside it, in a file that ends with .part
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// How rows are written [default: by the file's ending, csv when it has another]
    #[arg(long)]
    pub format: Option<Form>,
    /// The program's account, such as ilt.casesystem [default: whoever is signed in]
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The purpose under which it is asked
    #[arg(long, value_name = "CODE", default_value = "toezicht")]
    pub purpose: String,
    /// Address of the API [default: client.api of the configuration, or the gateway's]
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
    /// Also who reported and who is involved, where they may be seen; each showing is logged
    #[arg(long)]
    pub personal: bool,
    /// Narrows it, such as owner=ilt or createdFrom=2026-01-01T00:00:00Z; /v1/openapi.json names all
    #[arg(long = "where", value_name = "NAME=VALUE", value_parser = pair)]
    pub filters: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl ExportArgs {
    /// Does it.
    ///
    /// # Errors
    /// When it could not begin.
    pub async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let ExportWhat::Signals(args) = &self.what;
        args.run(settings).await
    }
}

impl SignalsArgs {
    async fn run(&self, settings: &Settings) -> Result<ExitCode, Failure> {
        let tokens = tokens(settings, self.account.as_deref())?;
        let api = self.api.clone().unwrap_or_else(|| settings.api());
        let export = Export {
            url: address(&api),
            purpose: self.purpose.clone(),
            form: self.form(),
            parameters: self.parameters(),
            file: self.file.clone(),
        };
        let stop = Stop::default();
        let listening = tokio::spawn(on_interrupt(stop.clone()));
        let (rows, end) = export
            .run(&tokens, Patience::default(), &stop, &mut Progress::stderr(0))
            .await;
        listening.abort();
        println!("{rows} rows written");
        let part = export.part_path();
        Ok(match end {
            End::Complete => ExitCode::from(DONE),
            End::Stopped => {
                eprintln!(
                    "Stopped. Run the same command again to go on; {} has what is there.",
                    part.display()
                );
                ExitCode::from(STOPPED)
            }
            End::Failed(fault) => Failure::new(fault.code(), &fault).report(),
        })
    }

    fn form(&self) -> Form {
        let ending = self
            .file
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        self.format.unwrap_or(match ending {
            "ndjson" | "jsonl" | "json" => Form::Ndjson,
            _ => Form::Csv,
        })
    }

    fn parameters(&self) -> Vec<(String, String)> {
        let personal = self.personal.then(|| ("personal".to_owned(), "true".to_owned()));
        self.filters.iter().cloned().chain(personal).collect()
    }
}

/// The export beside the graph's address.
fn address(api: &str) -> String {
    let root = api.trim_end_matches('/').trim_end_matches("/graphql");
    format!("{root}/v1/exports/signals")
}
