//! The rejects file: the rows that were refused, as they were, each with line, field and reason, so that it can be mended
//! and imported again with the same mapping. A CSV file comes back as CSV with its columns in their order, lines of JSON
//! as lines of JSON, a Parquet file as CSV.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::records::ndjson::TEXT;
use super::records::{Format, Record};
use super::row::{EXTRA_COLUMNS, Header, Reject};

/// Writes rejects as they come; no file is left when there are none.
pub struct Rejects {
    path: PathBuf,
    file: Form,
    count: u64,
}

enum Form {
    Csv(Box<csv::Writer<File>>),
    Lines(BufWriter<File>),
}

impl Rejects {
    /// Begins a new file, over an old one, in the form in which the rows came.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, format: Format, header: &Header, delimiter: u8) -> io::Result<Self> {
        let file = match format {
            Format::Ndjson => Form::Lines(BufWriter::new(File::create(path)?)),
            Format::Csv | Format::Parquet => {
                let mut file = csv::WriterBuilder::new()
                    .delimiter(delimiter)
                    .flexible(true)
                    .from_path(path)?;
                file.write_record(header.own_names().into_iter().chain(EXTRA_COLUMNS))?;
                file.flush()?;
                Form::Csv(Box::new(file))
            }
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            count: 0,
        })
    }

    /// Adds a row. Of a CSV row too few columns are filled up with empty ones; surplus ones stand behind the reason. A
    /// line that is no JSON object stands as text in one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, header: &Header, record: &Record, reject: &Reject) -> io::Result<()> {
        self.count += 1;
        match &mut self.file {
            Form::Csv(file) => row(file, header, record, reject),
            Form::Lines(file) => {
                let mut object = as_it_was(header, record);
                for (name, value) in EXTRA_COLUMNS.into_iter().zip(why(record, reject)) {
                    object.insert(name.to_owned(), value);
                }
                writeln!(file, "{}", Value::Object(object))
            }
        }
    }

    /// Brings what was added to the disk's side.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            Form::Csv(file) => file.flush(),
            Form::Lines(file) => file.flush(),
        }
    }

    /// Ends the file; an empty one is removed.
    ///
    /// # Errors
    /// When it cannot be written or removed.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if self.count == 0 {
            std::fs::remove_file(&self.path)?;
        }
        Ok(())
    }
}

fn row(file: &mut csv::Writer<File>, header: &Header, record: &Record, reject: &Reject) -> io::Result<()> {
    let empty = Vec::new();
    let own = header
        .own_places()
        .iter()
        .map(|place| record.fields.get(*place).unwrap_or(&empty).as_slice());
    let line = record.line.to_string();
    let why = [line.as_bytes(), reject.field.as_bytes(), reject.reason.as_bytes()];
    let surplus = record.fields.iter().skip(header.width()).map(Vec::as_slice);
    Ok(file.write_record(own.chain(why).chain(surplus))?)
}

/// The object that a line was, or one that keeps its text. Columns that it lacks are there as null, so that a file of
/// few rows has them all.
fn as_it_was(header: &Header, record: &Record) -> Map<String, Value> {
    let whole = record.whole.as_deref().unwrap_or_default();
    let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(whole) else {
        return Map::from_iter([(TEXT.to_owned(), json!(String::from_utf8_lossy(whole)))]);
    };
    for (place, name) in header.own_places().iter().zip(header.own_names()) {
        let empty = record.fields.get(*place).is_none_or(Vec::is_empty);
        let within = name.split('.').next().is_some_and(|first| object.contains_key(first));
        if empty && !within {
            object.insert(name.to_owned(), Value::Null);
        }
    }
    object
}

fn why(record: &Record, reject: &Reject) -> [Value; 3] {
    [json!(record.line), json!(reject.field), json!(reject.reason)]
}
