//! The records of a Parquet file: its columns read side by side, some rows at a time, so that memory holds a page of
//! each column and no more. Each value becomes the text that a column of another file would have.
//!
//! Columns are read by themselves and not by the library's rows: a local time stays local, a text that is no UTF-8
//! refuses its row and not the file, and a type that is not known is told by its column.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::Compression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result as Read};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;

use super::parquet_text as text;
use super::{Record, RecordFault, Records};
use crate::import::row::Header;

/// Rows that are read at once.
const ROWS: usize = 500;

/// A column that can be read: no list, and in none.
struct Column {
    place: usize,
    name: String,
    about: ColumnDescPtr,
}

/// Reads rows one after another.
pub struct ParquetRecords {
    file: SerializedFileReader<File>,
    size: u64,
    total: u64,
    columns: Vec<Column>,
    group: usize,
    readers: Vec<ColumnReader>,
    left_in_group: usize,
    ready: std::vec::IntoIter<Vec<Vec<u8>>>,
    row: u64,
}

impl ParquetRecords {
    /// Begins at the first row.
    ///
    /// # Errors
    /// When the file is not whole, or compressed in a way that is not read here.
    pub fn new(file: File) -> Result<Self, RecordFault> {
        let size = file.metadata()?.len();
        let file = guarded(0, || SerializedFileReader::new(file))?;
        let about = file.metadata();
        for group in about.row_groups() {
            if let Some(column) = group.columns().iter().find(|column| !is_read(column.compression())) {
                let reason = format!(
                    "it is compressed with {}; snappy, gzip and zstd are read here",
                    column.compression()
                );
                return Err(RecordFault::Parquet {
                    at: String::new(),
                    reason,
                });
            }
        }
        let schema = about.file_metadata().schema_descr();
        let columns = schema
            .columns()
            .iter()
            .enumerate()
            .filter(|(_, about)| about.max_rep_level() == 0);
        let columns = columns.map(|(place, about)| Column {
            place,
            name: about.path().parts().join("."),
            about: about.clone(),
        });
        let columns = columns.collect();
        let total = u64::try_from(about.file_metadata().num_rows()).unwrap_or_default();
        Ok(Self {
            file,
            size,
            total,
            columns,
            group: 0,
            readers: Vec::new(),
            left_in_group: 0,
            ready: Vec::new().into_iter(),
            row: 0,
        })
    }

    /// The columns of its records; a column within another by its path.
    pub fn header(&self) -> Header {
        Header::new(self.columns.iter().map(|column| column.name.clone()).collect())
    }

    /// Rows in all, as the file says.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Reads the next rows; none at the end.
    fn fill(&mut self) -> Result<Vec<Vec<Vec<u8>>>, RecordFault> {
        while self.left_in_group == 0 {
            if self.group >= self.file.num_row_groups() {
                return Ok(Vec::new());
            }
            self.open_group()?;
        }
        let wanted = self.left_in_group.min(ROWS);
        let mut rows: Vec<Vec<Vec<u8>>> = (0..wanted).map(|_| Vec::with_capacity(self.columns.len())).collect();
        let row = self.row;
        for (column, reader) in self.columns.iter().zip(&mut self.readers) {
            let values = guarded(row, || read(reader, &column.about, wanted))?;
            for (row, value) in rows.iter_mut().zip(values) {
                row.push(value);
            }
        }
        self.left_in_group -= wanted;
        Ok(rows)
    }

    fn open_group(&mut self) -> Result<(), RecordFault> {
        let (file, columns, group) = (&self.file, &self.columns, self.group);
        let (readers, rows) = guarded(self.row, || {
            let group = file.get_row_group(group)?;
            let readers = columns.iter().map(|column| group.get_column_reader(column.place));
            Ok((readers.collect::<Read<Vec<_>>>()?, group.metadata().num_rows()))
        })?;
        self.readers = readers;
        self.left_in_group = usize::try_from(rows).unwrap_or_default();
        self.group += 1;
        Ok(())
    }
}

impl Records for ParquetRecords {
    fn next_record(&mut self) -> Result<Option<Record>, RecordFault> {
        if self.ready.len() == 0 {
            self.ready = self.fill()?.into_iter();
        }
        let Some(fields) = self.ready.next() else {
            return Ok(None);
        };
        self.row += 1;
        Ok(Some(Record {
            line: self.row,
            fields,
            ..Record::default()
        }))
    }

    fn bytes(&self) -> u64 {
        // Pages lie across each other: the share of the rows is the nearest there is.
        let share = self.row as f64 / self.total.max(1) as f64;
        (share * self.size as f64) as u64
    }
}

fn is_read(compression: Compression) -> bool {
    matches!(
        compression,
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_)
    )
}

/// What the library does with bytes that may be anything: where it gives up, the file is told and not the program.
fn guarded<T>(row: u64, read: impl FnOnce() -> Read<T>) -> Result<T, RecordFault> {
    let at = if row == 0 {
        String::new()
    } else {
        format!(" behind row {row}")
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(RecordFault::Parquet {
            at,
            reason: error.to_string(),
        }),
        Err(_) => Err(RecordFault::Parquet {
            at,
            reason: "its bytes make no sense".to_owned(),
        }),
    }
}

/// So many values of a column as texts.
fn read(reader: &mut ColumnReader, about: &ColumnDescPtr, rows: usize) -> Read<Vec<Vec<u8>>> {
    match reader {
        ColumnReader::BoolColumnReader(reader) => texts(reader, about, rows, |value| Ok(value.to_string().into())),
        ColumnReader::Int32ColumnReader(reader) => texts(reader, about, rows, |value| text::of_i32(about, *value)),
        ColumnReader::Int64ColumnReader(reader) => texts(reader, about, rows, |value| text::of_i64(about, *value)),
        ColumnReader::Int96ColumnReader(reader) => texts(reader, about, rows, text::of_i96),
        ColumnReader::FloatColumnReader(reader) => texts(reader, about, rows, |value| Ok(value.to_string().into())),
        ColumnReader::DoubleColumnReader(reader) => texts(reader, about, rows, |value| Ok(value.to_string().into())),
        ColumnReader::ByteArrayColumnReader(reader) => {
            texts(reader, about, rows, |value| Ok(text::of_bytes(about, value.data())))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            texts(reader, about, rows, |value| Ok(text::of_bytes(about, value.data())))
        }
    }
}

fn texts<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    about: &ColumnDescPtr,
    rows: usize,
    text: impl Fn(&T::T) -> Read<Vec<u8>>,
) -> Read<Vec<Vec<u8>>> {
    let full = about.max_def_level();
    let (mut there, mut values) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let levels = (full > 0).then_some(&mut there);
        let (some, ..) = reader.read_records(rows - read, levels, None, &mut values)?;
        if some == 0 {
            let missing = format!("column `{}` ends too early", about.path().string());
            return Err(ParquetError::General(missing));
        }
        read += some;
    }
    let mut values = values.iter();
    let mut next = |is: bool| match is.then(|| values.next()).flatten() {
        Some(value) => text(value),
        None => Ok(Vec::new()),
    };
    if full == 0 {
        return (0..rows).map(|_| next(true)).collect();
    }
    there.iter().map(|level| next(*level == full)).collect()
}

#[cfg(test)]
mod tests;
