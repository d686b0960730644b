//! The records of a file, one at a time, whatever its form: each with the place at which it stands, in memory that does
//! not grow with the file.

pub mod csv;
pub mod ndjson;
pub mod parquet;
mod parquet_text;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::mapping::Mapping;
use super::row::Header;

/// The largest record in bytes.
pub const MAX_RECORD_BYTES: u64 = 1024 * 1024;

/// What is read from a file at once.
const BUFFER: usize = 64 * 1024;

/// One record, as bytes: a file may hold rows that are not UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Line of the file at which it begins, from 1; in a Parquet file the row's number.
    pub line: u64,
    /// Its fields, by the places of the header.
    pub fields: Vec<Vec<u8>>,
    /// Why it is no record, where it is none.
    pub broken: Option<String>,
    /// It as it stands in the file, where its fields are not all of it.
    pub whole: Option<Vec<u8>>,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum RecordFault {
    /// The operating system's refusal.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A record without end.
    #[error("the record that begins at line {line} is larger than {MAX_RECORD_BYTES} bytes: close the quote in it")]
    TooLarge {
        /// Where it begins.
        line: u64,
    },
    /// Two bytes per character.
    #[error("the file is UTF-16: save it as UTF-8")]
    Utf16,
    /// One JSON value instead of one a line.
    #[error("the file is one JSON list: write one object a line, as `jq -c '.[]'` does")]
    JsonList,
    /// A Parquet file that is not whole, or not as the format says.
    #[error("the Parquet file cannot be read{at}: {reason}. Is it whole? Write it again")]
    Parquet {
        /// Where, such as " behind row 1000".
        at: String,
        /// What the reader says.
        reason: String,
    },
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text with a header and a sign between columns.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// Records, one after another.
pub trait Records: Send {
    /// The next record; `None` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read on.
    fn next_record(&mut self) -> Result<Option<Record>, RecordFault>;

    /// How many bytes of the file are behind us, as far as that can be said.
    fn bytes(&self) -> u64;
}

/// A file, open behind its header.
pub struct Opened {
    /// Its records.
    pub records: Box<dyn Records>,
    /// The columns of its records.
    pub header: Header,
    /// The names that the file itself has: of lines of JSON those of the first thousand.
    pub names: Header,
    /// How it is written.
    pub format: Format,
}

/// Opens a file: by the format that is said, or the one that its first bytes show.
///
/// # Errors
/// When it cannot be read.
pub fn open(path: &Path, format: Option<Format>, mapping: &Mapping) -> Result<Opened, RecordFault> {
    let file = File::open(path)?;
    let mut input = BufReader::with_capacity(BUFFER, file);
    let format = match format {
        Some(format) => format,
        None => Format::of(input.fill_buf()?),
    };
    match format {
        Format::Csv => {
            let mut records = csv::CsvRecords::new(input, mapping.delimiter)?;
            let first = records.next_record()?.map(|record| record.fields).unwrap_or_default();
            let names = first.iter().map(|name| String::from_utf8_lossy(name).into_owned());
            let header = Header::new(names.collect());
            let names = header.clone();
            let records = Box::new(records);
            Ok(Opened {
                records,
                header,
                names,
                format,
            })
        }
        Format::Ndjson => {
            let records = ndjson::JsonRecords::new(input, mapping.column_names())?;
            let (header, names) = (records.header(), records.names());
            let records = Box::new(records);
            Ok(Opened {
                records,
                header,
                names,
                format,
            })
        }
        Format::Parquet => {
            let records = parquet::ParquetRecords::new(input.into_inner())?;
            let header = records.header();
            let names = header.clone();
            let records = Box::new(records);
            Ok(Opened {
                records,
                header,
                names,
                format,
            })
        }
    }
}

impl Format {
    /// By a file's first bytes.
    fn of(start: &[u8]) -> Self {
        let text = start.strip_prefix(MARK).unwrap_or(start);
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            _ if start.starts_with(b"PAR1") => Self::Parquet,
            Some(b'{' | b'[') => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// Steps over a byte order mark; how many bytes that were.
///
/// # Errors
/// When the file cannot be read or is UTF-16.
fn skip_mark(input: &mut impl BufRead) -> Result<u64, RecordFault> {
    let start = input.fill_buf()?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(RecordFault::Utf16);
    }
    let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
    input.consume(mark);
    Ok(mark as u64)
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_file_shows_how_it_is_written() {
        for (start, format) in [
            (&b"PAR1\x15\x04"[..], Format::Parquet),
            (b"\xEF\xBB\xBF\n {\"a\": 1}", Format::Ndjson),
            (b"[{\"a\": 1}]", Format::Ndjson),
            (b"id,name\n", Format::Csv),
            (b"\xEF\xBB\xBFid;name", Format::Csv),
            (b"", Format::Csv),
        ] {
            assert_eq!(Format::of(start), format, "{}", String::from_utf8_lossy(start));
        }
    }
}
