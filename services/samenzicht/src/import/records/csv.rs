//! The records of a CSV file, each with the line at which it begins, in memory that does not grow with the file.
//!
//! It stands on `csv-core` rather than `csv`, because a record's first line must be right behind quoted newlines,
//! blank lines and CRLF, and because a quote that is never closed must not swallow the rest of the file into memory.

use std::io::BufRead;

use csv_core::ReadRecordResult;

use super::{MAX_RECORD_BYTES, Record, RecordFault, Records, skip_mark};

const UNCLOSED: &str =
    "a quote that opens in this record is never closed, so the rest of the file belongs to it: close it";

/// Reads records one after another.
pub struct CsvRecords<R> {
    input: R,
    parser: csv_core::Reader,
    line: u64,
    bytes: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: BufRead> CsvRecords<R> {
    /// Begins at the start of a file; a byte order mark is skipped.
    ///
    /// # Errors
    /// When the file cannot be read or is UTF-16.
    pub fn new(mut input: R, delimiter: u8) -> Result<Self, RecordFault> {
        let mark = skip_mark(&mut input)?;
        let parser = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Ok(Self {
            input,
            parser,
            line: 1,
            bytes: mark,
            text: vec![0; 4096],
            ends: vec![0; 64],
        })
    }

    fn split(&self, fields: usize) -> Vec<Vec<u8>> {
        let mut start = 0;
        self.ends[..fields]
            .iter()
            .map(|end| self.text[std::mem::replace(&mut start, *end)..*end].to_vec())
            .collect()
    }

    /// Steps over line ends before a record: blank lines, and the `\n` that the parser leaves of a CRLF.
    fn skip_blank_lines(&mut self) -> Result<(), RecordFault> {
        loop {
            let input = self.input.fill_buf()?;
            let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if blank == 0 {
                return Ok(());
            }
            self.line += input[..blank].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.input.consume(blank);
            self.bytes += blank as u64;
        }
    }
}

impl<R: BufRead + Send> Records for CsvRecords<R> {
    fn next_record(&mut self) -> Result<Option<Record>, RecordFault> {
        self.skip_blank_lines()?;
        let (line, start) = (self.line, self.bytes);
        let (mut written, mut fields, mut quotes) = (0, 0, 0);
        loop {
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let (result, read, out, ended) =
                self.parser
                    .read_record(input, &mut self.text[written..], &mut self.ends[fields..]);
            self.line += input[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
            quotes += input[..read].iter().filter(|byte| **byte == b'"').count();
            self.input.consume(read);
            self.bytes += read as u64;
            written += out;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty if self.bytes - start > MAX_RECORD_BYTES => {
                    return Err(RecordFault::TooLarge { line });
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => {
                    let unclosed = at_end && quotes % 2 == 1;
                    return Ok(Some(Record {
                        line,
                        fields: self.split(fields),
                        broken: unclosed.then(|| UNCLOSED.to_owned()),
                        whole: None,
                    }));
                }
            }
        }
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn all(text: &[u8], buffer: usize) -> Vec<(u64, Vec<String>)> {
        let mut records = CsvRecords::new(io::BufReader::with_capacity(buffer, text), b',').expect("readable");
        let mut found = Vec::new();
        while let Some(record) = records.next_record().expect("readable") {
            found.push((
                record.line,
                record
                    .fields
                    .iter()
                    .map(|f| String::from_utf8_lossy(f).into_owned())
                    .collect(),
            ));
        }
        assert_eq!(records.bytes(), text.len() as u64, "every byte is accounted for");
        found
    }

    #[test]
    fn the_first_line_of_each_record_is_right_whatever_the_line_ends() {
        let lf = "a,b\n1,\"x\ny\"\n\n\n2,z\n3,\"p\n\nq\"\n4,end";
        let expected = [(1, "b"), (2, "x\ny"), (6, "z"), (7, "p\n\nq"), (10, "end")];
        for text in [lf.to_owned(), format!("\u{feff}{lf}"), format!("{lf}\n\n")] {
            for buffer in [3, 4, 7, 8192] {
                let found = all(text.as_bytes(), buffer);
                assert_eq!(
                    found.iter().map(|(line, f)| (*line, f[1].as_str())).collect::<Vec<_>>(),
                    expected
                );
            }
        }
        let crlf = lf.replace('\n', "\r\n");
        for buffer in [3, 5, 8192] {
            let found = all(crlf.as_bytes(), buffer);
            assert_eq!(
                found.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
                [1, 2, 6, 7, 10]
            );
            assert_eq!(found[3].1[1], "p\r\n\r\nq");
        }
    }

    #[test]
    fn a_quote_never_closed_is_told_and_bounded() {
        let mut records = CsvRecords::new(&b"a,b\n1,\"open\n2,x\n"[..], b',').expect("readable");
        assert!(
            records
                .next_record()
                .expect("readable")
                .expect("header")
                .broken
                .is_none()
        );
        assert!(records.next_record().expect("readable").expect("row").broken.is_some());
        let mut endless = b"a,b\nx,y\n1,\"".to_vec();
        endless.resize(3 * 1024 * 1024, b'z');
        let mut records = CsvRecords::new(io::BufReader::new(&endless[..]), b',').expect("readable");
        records.next_record().expect("header");
        records.next_record().expect("row");
        assert!(matches!(records.next_record(), Err(RecordFault::TooLarge { line: 3 })));
    }

    #[test]
    fn utf_16_is_refused_by_name() {
        assert!(matches!(
            CsvRecords::new(&[0xFF, 0xFE, b'a', 0][..], b','),
            Err(RecordFault::Utf16)
        ));
    }
}
