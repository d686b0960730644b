//! The rejects file: the rows that were refused, as they were, each with line, field and reason.
//! It has the columns of the file in their order, so that it can be mended and imported again with the same mapping.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::records::Record;
use super::row::{EXTRA_COLUMNS, Header, Reject};

/// Writes rejects as they come; no file is left when there are none.
pub struct Rejects {
    path: PathBuf,
    file: csv::Writer<File>,
    count: u64,
}

impl Rejects {
    /// Begins a new file, over an old one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, header: &Header, delimiter: u8) -> io::Result<Self> {
        let mut file = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_path(path)?;
        file.write_record(header.own_names().into_iter().chain(EXTRA_COLUMNS))?;
        file.flush()?;
        Ok(Self {
            path: path.to_owned(),
            file,
            count: 0,
        })
    }

    /// Adds a row. Too few columns are filled up with empty ones; surplus ones stand behind the reason.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, header: &Header, record: &Record, reject: &Reject) -> io::Result<()> {
        let empty = Vec::new();
        let own = header
            .own_places()
            .iter()
            .map(|place| record.fields.get(*place).unwrap_or(&empty).as_slice());
        let line = record.line.to_string();
        let why = [line.as_bytes(), reject.field.as_bytes(), reject.reason.as_bytes()];
        let surplus = record.fields.iter().skip(header.width()).map(Vec::as_slice);
        self.file.write_record(own.chain(why).chain(surplus))?;
        self.count += 1;
        Ok(())
    }

    /// Brings what was added to the disk's side.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// Ends the file; an empty one is removed.
    ///
    /// # Errors
    /// When it cannot be written or removed.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        if self.count == 0 {
            std::fs::remove_file(&self.path)?;
        }
        Ok(())
    }
}
