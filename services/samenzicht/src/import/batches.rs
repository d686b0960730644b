//! Cuts a file into batches, one at a time: memory holds a few batches, whatever the file's size.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::BufRead;

use super::records::{Record, RecordFault, Records};
use super::row::Reject;
use super::translate::Translator;

/// The most items the API takes at once.
pub const MAX_BATCH: usize = 500;

/// The most bytes of JSON in one batch, well below what the gateway takes.
const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// Some consecutive records of the file.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records, each refused already or on its way.
    pub rows: Vec<(Record, Option<Reject>)>,
    /// The items on their way, as JSON.
    pub items: Vec<String>,
    /// Bytes of the file up to its end.
    pub bytes: u64,
}

/// The batches of a file, in order.
pub struct Batches<R> {
    records: Records<R>,
    translator: Translator,
    size: usize,
    // 64-bit fingerprint of a reference → line where it first stood. This alone grows with the file: some 20 bytes a record.
    seen: HashMap<u64, u64>,
    fingerprint: RandomState,
    ended: bool,
}

impl<R: BufRead> Batches<R> {
    /// Of the records that follow the header, at most `size` at once.
    pub fn new(records: Records<R>, translator: Translator, size: usize) -> Self {
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
            match self.translate(&record) {
                Ok(json) => {
                    json_bytes += json.len();
                    batch.items.push(json);
                    batch.rows.push((record, None));
                }
                Err(reject) => batch.rows.push((record, Some(reject))),
            }
        }
        batch.bytes = self.records.bytes();
        Ok(batch)
    }

    fn translate(&mut self, record: &Record) -> Result<String, Reject> {
        let item = self.translator.item(record)?;
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
        serde_json::to_string(&item).map_err(|error| Reject::new("", error.to_string()))
    }
}

impl<R: BufRead> Iterator for Batches<R> {
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
