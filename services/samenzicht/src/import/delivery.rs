//! A whole delivery: batches out, answers in, rejects aside. Two batches are under way at once; since each external
//! reference is sent once per file, their order does not matter, and answers are counted in the file's order.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use serde_json::json;

use super::batches::{Batch, Batches};
use super::mapping::{Mapping, MappingFault};
use super::progress::Progress;
use super::records::{RecordFault, Records};
use super::rejects::Rejects;
use super::row::{Header, Reject};
use super::summary::Summary;
use super::translate::Translator;
use super::wire::{BatchAnswer, ItemAnswer, Outcome};
use crate::api::{Api, ApiFault};
use crate::stop::Stop;

/// Batches under way at the same time.
const UNDER_WAY: usize = 2;

/// Rejects that are shown when no rejects file is asked for.
const SHOWN: u64 = 20;

const IMPORT: &str = "mutation Import($profile: String!, $items: [ImportItem!]!, $dryRun: Boolean!) { \
    importSignals(profile: $profile, items: $items, dryRun: $dryRun) { results { line outcome errors { code field message } } } }";

/// What is to be delivered.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The CSV file.
    pub file: PathBuf,
    /// How its columns become signals.
    pub mapping: Arc<Mapping>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Where refused rows go; shown when absent.
    pub rejects: Option<PathBuf>,
    /// Items per batch, at most 500.
    pub batch: usize,
}

/// Why a delivery did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryFault {
    /// The mapping does not fit the file.
    #[error(transparent)]
    Mapping(#[from] MappingFault),
    /// The file cannot be read on.
    #[error("{file}: {fault}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        fault: RecordFault,
    },
    /// The rejects file cannot be written.
    #[error("the rejects file {file} cannot be written: {fault}. Give another path with --rejects")]
    Rejects {
        /// Its path.
        file: String,
        /// Why.
        fault: io::Error,
    },
    /// The API does not take it.
    #[error(transparent)]
    Api(#[from] ApiFault),
}

impl DeliveryFault {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Mapping(_) => "MAPPING",
            Self::File { .. } => "FILE",
            Self::Rejects { .. } => "REJECTS_FILE",
            Self::Api(fault) => fault.code(),
        }
    }
}

/// How a delivery ended.
#[derive(Debug)]
pub enum End {
    /// Every row was dealt with.
    Complete,
    /// Somebody asked to stop.
    Stopped,
    /// It failed on the way.
    Failed(DeliveryFault),
}

impl Delivery {
    /// With at most this many items per batch.
    #[must_use]
    pub fn batch(self, items: usize) -> Self {
        Self { batch: items, ..self }
    }

    /// Delivers the file: what was dealt with, and how it ended.
    pub async fn run(&self, api: &Api, stop: &Stop, progress: &mut Progress) -> (Summary, End) {
        let begun = Instant::now();
        let mut summary = Summary {
            dry_run: self.dry_run,
            ..Summary::default()
        };
        let end = match self.batches(api, stop, progress, &mut summary).await {
            Err(fault) => End::Failed(fault),
            Ok(()) if stop.is_requested() => End::Stopped,
            Ok(()) => End::Complete,
        };
        progress.end();
        summary.took = begun.elapsed();
        (summary, end)
    }

    async fn batches(
        &self,
        api: &Api,
        stop: &Stop,
        progress: &mut Progress,
        summary: &mut Summary,
    ) -> Result<(), DeliveryFault> {
        let (records, header) = self.open()?;
        let mut aside = self.aside(&header)?;
        let translator = Translator::new(self.mapping.clone(), header.clone());
        let batches = Batches::new(records, translator, self.batch).take_while(|_| !stop.is_requested());
        let mut answers = futures::stream::iter(batches)
            .map(|batch| async move {
                let batch = batch.map_err(|fault| self.file_fault(fault))?;
                let answer = self.send(api, &batch).await?;
                Ok::<_, DeliveryFault>((batch, answer))
            })
            .buffered(UNDER_WAY);
        let mut result = Ok(());
        while let Some(answer) = answers.next().await {
            result = answer.and_then(|(batch, answers)| {
                self.settle(&header, &batch, answers, summary, &mut aside, progress)?;
                progress.at(summary.rows, batch.bytes);
                Ok(())
            });
            if result.is_err() {
                break;
            }
        }
        match aside {
            Some(rejects) => result.and(rejects.finish().map_err(|fault| self.rejects_fault(fault))),
            None => result,
        }
    }

    /// The file behind its header, which fits the mapping.
    fn open(&self) -> Result<(Records<BufReader<File>>, Arc<Header>), DeliveryFault> {
        let file = File::open(&self.file).map_err(|fault| self.file_fault(fault.into()))?;
        let input = BufReader::with_capacity(64 * 1024, file);
        let mut records = Records::new(input, self.mapping.delimiter).map_err(|fault| self.file_fault(fault))?;
        let first = records.next_record().map_err(|fault| self.file_fault(fault))?;
        let names = first.map(|record| record.fields).unwrap_or_default();
        let names = names
            .into_iter()
            .map(|name| String::from_utf8_lossy(&name).into_owned())
            .collect();
        let header = Header::new(names);
        self.mapping.fits(&header)?;
        Ok((records, Arc::new(header)))
    }

    fn aside(&self, header: &Header) -> Result<Option<Rejects>, DeliveryFault> {
        let Some(path) = &self.rejects else { return Ok(None) };
        let same = path
            .canonicalize()
            .is_ok_and(|rejects| self.file.canonicalize().is_ok_and(|file| file == rejects));
        if same {
            return Err(self.rejects_fault(io::Error::other("it is the file that is imported")));
        }
        Rejects::create(path, header, self.mapping.delimiter)
            .map(Some)
            .map_err(|fault| self.rejects_fault(fault))
    }

    async fn send(&self, api: &Api, batch: &Batch) -> Result<Vec<ItemAnswer>, DeliveryFault> {
        if batch.items.is_empty() {
            return Ok(Vec::new());
        }
        let (query, profile) = (json!(IMPORT), json!(self.mapping.hash));
        let (dry_run, items) = (self.dry_run, batch.items.join(","));
        let body =
            format!(r#"{{"query":{query},"variables":{{"profile":{profile},"dryRun":{dry_run},"items":[{items}]}}}}"#);
        let answer: BatchAnswer = api.send(body, "importSignals").await?;
        let sent = batch
            .rows
            .iter()
            .filter(|(_, reject)| reject.is_none())
            .map(|(record, _)| record.line);
        if !sent.eq(answer.results.iter().map(|result| result.line)) {
            return Err(ApiFault::Unexpected("its results are not of the lines that were sent".to_owned()).into());
        }
        Ok(answer.results)
    }

    /// Counts a batch and puts its rejects aside, in the file's order.
    fn settle(
        &self,
        header: &Header,
        batch: &Batch,
        answers: Vec<ItemAnswer>,
        summary: &mut Summary,
        aside: &mut Option<Rejects>,
        progress: &Progress,
    ) -> Result<(), DeliveryFault> {
        let mut answers = answers.into_iter();
        for (record, refused) in &batch.rows {
            let reject = match refused {
                Some(reject) => Some(reject.clone()),
                None => answers.next().and_then(|answer| {
                    summary.count(answer.outcome);
                    (answer.outcome == Outcome::Rejected).then(|| refusal(&answer))
                }),
            };
            let Some(reject) = reject else { continue };
            if refused.is_some() {
                summary.count(Outcome::Rejected);
            }
            match aside {
                Some(rejects) => rejects
                    .add(header, record, &reject)
                    .map_err(|fault| self.rejects_fault(fault))?,
                None if summary.rejected <= SHOWN => {
                    progress.say(&format!("line {}: {}: {}", record.line, reject.field, reject.reason));
                }
                None if summary.rejected == SHOWN + 1 => {
                    progress.say("more rows are refused; --rejects FILE keeps them all");
                }
                None => {}
            }
        }
        match aside {
            Some(rejects) => rejects.flush().map_err(|fault| self.rejects_fault(fault)),
            None => Ok(()),
        }
    }

    fn file_fault(&self, fault: RecordFault) -> DeliveryFault {
        DeliveryFault::File {
            file: self.file.display().to_string(),
            fault,
        }
    }

    fn rejects_fault(&self, fault: io::Error) -> DeliveryFault {
        let file = self
            .rejects
            .as_ref()
            .map_or(String::new(), |path| path.display().to_string());
        DeliveryFault::Rejects { file, fault }
    }
}

/// The platform's refusal of one item: its first field, all its reasons.
fn refusal(answer: &ItemAnswer) -> Reject {
    let field = answer
        .errors
        .iter()
        .find_map(|error| error.field.clone())
        .unwrap_or_default();
    let reasons: Vec<String> = answer
        .errors
        .iter()
        .map(|error| format!("{}: {}", error.code, error.message))
        .collect();
    Reject::new(field, reasons.join(" | "))
}
