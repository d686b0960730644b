//! Cuts a file into batches, one at a time: memory holds a few batches, whatever the file's size.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::parties::wanted::Wanted;
use super::records::{Record, RecordFault, Records};
use super::row::Reject;
use super::translate::Translator;
use super::wire::{Item, Outcome};

/// The most items the API takes at once.
pub const MAX_BATCH: usize = 500;

/// The most bytes of JSON in one batch, well below what the gateway takes.
const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// What is to become of a record.
#[derive(Debug)]
pub enum Fate {
    /// It is sent, as JSON.
    Sent(String),
    /// Its party is looked up before it is sent, where it is sent at all.
    Asked(Box<Wanted>, Option<Box<Item>>),
    /// It is decided already.
    Told(Outcome),
    /// It was refused.
    Refused(Reject),
}

/// Some consecutive records of the file.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records.
    pub rows: Vec<(Record, Fate)>,
    /// Bytes of the file up to its end.
    pub bytes: u64,
}

impl Batch {
    /// The records that are sent, with their JSON.
    pub fn sent(&self) -> impl Iterator<Item = (&Record, &str)> {
        self.rows.iter().filter_map(|(record, fate)| match fate {
            Fate::Sent(json) => Some((record, json.as_str())),
            Fate::Asked(..) | Fate::Told(_) | Fate::Refused(_) => None,
        })
    }
}

/// The batches of a file, in order.
pub struct Batches {
    records: Box<dyn Records>,
    translator: Translator,
    size: usize,
    // 64-bit fingerprint of a reference → line where it first stood. This alone grows with the file: some 20 bytes a record.
    seen: HashMap<u64, u64>,
    fingerprint: RandomState,
    ended: bool,
}

impl Batches {
    /// Of the records that follow the header, at most `size` at once.
    pub fn new(records: Box<dyn Records>, translator: Translator, size: usize) -> Self {
        let size = size.clamp(1, MAX_BATCH);
        Self {
            records,
            translator,
            size,
            seen: HashMap::new(),
            fingerprint: RandomState::new(),
            ended: false,
        }
    }

    fn fill(&mut self) -> Result<Batch, RecordFault> {
        let mut batch = Batch::default();
        let mut json_bytes = 0;
        while batch.rows.len() < self.size && json_bytes < MAX_BATCH_BYTES {
            let Some(record) = self.records.next_record()? else {
                self.ended = true;
                break;
            };
            let fate = match self.translate(&record) {
                Ok((fate, bytes)) => {
                    json_bytes += bytes;
                    fate
                }
                Err(reject) => Fate::Refused(reject),
            };
            batch.rows.push((record, fate));
        }
        batch.bytes = self.records.bytes();
        Ok(batch)
    }

    /// What is to become of a record, and how large it is.
    fn translate(&mut self, record: &Record) -> Result<(Fate, usize), Reject> {
        let (item, wanted) = self.translator.read(record)?;
        let Some(item) = item else {
            let wanted = wanted.ok_or_else(|| {
                let reason = "PARTY_INCOMPLETE: the row says neither a name nor a number: fill one in";
                Reject::new(self.translator.party_place(), reason)
            })?;
            return Ok((Fate::Asked(Box::new(wanted), None), 0));
        };
        let reference = &item.signal.external_reference.reference;
        // A second record with the same reference would overwrite the first, at each delivery anew.
        let first = *self
            .seen
            .entry(self.fingerprint.hash_one(reference))
            .or_insert(record.line);
        if first != record.line {
            let reason = format!("reference `{reference}` stands at line {first} already: keep one of them");
            return Err(Reject::new(self.translator.reference_place(), reason));
        }
        let json = serde_json::to_string(&item).map_err(|error| Reject::new("", error.to_string()))?;
        let bytes = json.len();
        let fate = match wanted {
            None => Fate::Sent(json),
            Some(wanted) => Fate::Asked(Box::new(wanted), Some(Box::new(item))),
        };
        Ok((fate, bytes))
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, RecordFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.fill() {
            Ok(batch) if batch.rows.is_empty() => None,
            Ok(batch) => Some(Ok(batch)),
            Err(fault) => {
                self.ended = true;
                Some(Err(fault))
            }
        }
    }
}
