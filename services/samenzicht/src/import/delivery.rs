//! A whole delivery: batches out, answers in, rejects aside. Two batches are under way at once; since each external
//! reference is sent once per file, their order does not matter, and answers are counted in the file's order.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use serde_json::json;

use super::batches::{Batch, Batches, Fate};
use super::mapping::{Mapping, MappingFault};
use super::parties::wanted::Wanted;
use super::parties::{Parties, Rules};
use super::progress::Progress;
use super::records::{Format, Opened, RecordFault, open};
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
    /// The file.
    pub file: PathBuf,
    /// How it is written; by its first bytes when absent.
    pub format: Option<Format>,
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
        let Opened {
            records,
            header,
            format,
            ..
        } = self.open()?;
        let header = Arc::new(header);
        let mut aside = self.aside(format, &header)?;
        let translator = Translator::new(self.mapping.clone(), header.clone());
        let mut batches = Batches::new(records, translator, self.batch);
        let mut parties = self.parties(api);
        let mut under_way = FuturesOrdered::new();
        let mut result = Ok(());
        loop {
            while result.is_ok() && under_way.len() < UNDER_WAY && !stop.is_requested() {
                let Some(batch) = batches.next() else { break };
                // One after another: what a batch registers the next one finds.
                match self.found(&mut parties, batch).await {
                    Ok(batch) => under_way.push_back(self.sent(api, batch)),
                    Err(fault) => result = Err(fault),
                }
            }
            // What is under way is settled also when the file cannot be read on.
            let Some(answer) = under_way.next().await else { break };
            let settled = answer.and_then(|(batch, answers)| {
                self.settle(&header, &batch, answers, summary, &mut aside, progress)?;
                progress.at(summary.rows, batch.bytes);
                Ok(())
            });
            if settled.is_err() {
                result = settled;
                break;
            }
        }
        summary.parties = parties.map(|parties| parties.counts);
        match aside {
            Some(rejects) => result.and(rejects.finish().map_err(|fault| self.rejects_fault(fault))),
            None => result,
        }
    }

    /// Whoever looks up whom the rows are about.
    fn parties<'a>(&'a self, api: &'a Api) -> Option<Parties<'a>> {
        let subject = self.mapping.subject.as_ref()?;
        let rules = Rules {
            mode: subject.mode,
            name_alone: subject.name_alone,
            place: subject.place(),
            dry_run: self.dry_run,
        };
        Some(Parties::new(api, rules))
    }

    async fn found(
        &self,
        parties: &mut Option<Parties<'_>>,
        batch: Result<Batch, RecordFault>,
    ) -> Result<Batch, DeliveryFault> {
        let batch = batch.map_err(|fault| self.file_fault(fault))?;
        match parties {
            Some(parties) => Ok(found(parties, batch).await?),
            None => Ok(batch),
        }
    }

    async fn sent(&self, api: &Api, batch: Batch) -> Result<(Batch, Vec<ItemAnswer>), DeliveryFault> {
        let answers = self.send(api, &batch).await?;
        Ok((batch, answers))
    }

    /// The file behind its header, which fits the mapping.
    fn open(&self) -> Result<Opened, DeliveryFault> {
        let opened = open(&self.file, self.format, &self.mapping).map_err(|fault| self.file_fault(fault))?;
        self.mapping.fits(&opened.names)?;
        Ok(opened)
    }

    fn aside(&self, format: Format, header: &Header) -> Result<Option<Rejects>, DeliveryFault> {
        let Some(path) = &self.rejects else { return Ok(None) };
        let same = path
            .canonicalize()
            .is_ok_and(|rejects| self.file.canonicalize().is_ok_and(|file| file == rejects));
        if same {
            return Err(self.rejects_fault(io::Error::other("it is the file that is imported")));
        }
        Rejects::create(path, format, header, self.mapping.delimiter)
            .map(Some)
            .map_err(|fault| self.rejects_fault(fault))
    }

    async fn send(&self, api: &Api, batch: &Batch) -> Result<Vec<ItemAnswer>, DeliveryFault> {
        let items: Vec<&str> = batch.sent().map(|(_, json)| json).collect();
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let (query, profile) = (json!(IMPORT), json!(self.mapping.hash));
        let (dry_run, items) = (self.dry_run, items.join(","));
        let body =
            format!(r#"{{"query":{query},"variables":{{"profile":{profile},"dryRun":{dry_run},"items":[{items}]}}}}"#);
        let answer: BatchAnswer = api.send(body, "importSignals").await?;
        let sent = batch.sent().map(|(record, _)| record.line);
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
        for (record, fate) in &batch.rows {
            let reject = match fate {
                Fate::Refused(reject) => {
                    summary.count(Outcome::Rejected);
                    Some(reject.clone())
                }
                Fate::Told(outcome) => {
                    summary.count(*outcome);
                    None
                }
                Fate::Sent(_) | Fate::Asked(..) => answers.next().and_then(|answer| {
                    summary.count(answer.outcome);
                    (answer.outcome == Outcome::Rejected).then(|| refusal(&answer))
                }),
            };
            let Some(reject) = reject else { continue };
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

/// Looks up whom the rows of a batch are about: signals get their party and site, and what is a party alone is done.
async fn found(parties: &mut Parties<'_>, mut batch: Batch) -> Result<Batch, ApiFault> {
    let wanted: Vec<&Wanted> = batch
        .rows
        .iter()
        .filter_map(|(_, fate)| match fate {
            Fate::Asked(wanted, _) => Some(&**wanted),
            Fate::Sent(_) | Fate::Told(_) | Fate::Refused(_) => None,
        })
        .collect();
    let mut found = parties.find(&wanted).await?.into_iter();
    for (_, fate) in &mut batch.rows {
        let Fate::Asked(_, item) = fate else { continue };
        let Some(answer) = found.next() else { continue };
        *fate = match (answer, item.take()) {
            (Err(reject), _) => Fate::Refused(reject),
            (Ok(found), None) if found.new => Fate::Told(Outcome::Created),
            (Ok(_), None) => Fate::Told(Outcome::Unchanged),
            (Ok(found), Some(mut item)) => {
                item.signal.parties.extend(found.party);
                item.signal.sites.extend(found.site);
                match serde_json::to_string(&item) {
                    Ok(json) => Fate::Sent(json),
                    Err(error) => Fate::Refused(Reject::new("", error.to_string())),
                }
            }
        };
    }
    Ok(batch)
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
