//! Whole rows of a stream of CSV or lines: cut where they end, with the cursor of the last.

use std::io::{self, BufRead};

use serde_json::Value;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Columns with a header, for spreadsheets.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

impl Form {
    /// What is accepted.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// Rows that ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// How many; a header is none.
    pub count: u64,
}

/// How a stream ended that broke nothing off on the way.
#[derive(Debug, PartialEq)]
pub enum End {
    /// It was all.
    Whole,
    /// It ended without saying so, or in the middle of a row.
    BrokenOff,
    /// It said why it ended.
    Problem(Value),
}

/// Cuts a stream into rows.
#[derive(Debug)]
pub struct Rows {
    form: Form,
    /// The beginning of a row that has not ended.
    begun: Vec<u8>,
    /// Whether it is within a quote.
    quoted: bool,
    /// Whether the header of CSV is behind us.
    header: bool,
    whole: u64,
    cursor: Option<String>,
    last: Option<Value>,
}

impl Rows {
    /// None yet.
    pub fn new(form: Form) -> Self {
        Self {
            form,
            begun: Vec::new(),
            quoted: false,
            header: false,
            whole: 0,
            cursor: None,
            last: None,
        }
    }

    /// The rows of a file that an earlier run left.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&mut self, mut file: impl BufRead) -> io::Result<()> {
        loop {
            let piece = file.fill_buf()?;
            if piece.is_empty() {
                break;
            }
            let length = piece.len();
            let piece = piece.to_vec();
            self.push(&piece);
            file.consume(length);
        }
        // Behind a header alone nothing can be gone on with.
        if self.cursor.is_none() {
            *self = Self::new(self.form);
        }
        Ok(())
    }

    /// Bytes of the whole rows so far.
    pub fn whole_bytes(&self) -> u64 {
        self.whole
    }

    /// Behind which row to go on.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// A new stream goes on behind the last whole row.
    pub fn begin_stream(&mut self) {
        self.begun.clear();
        self.quoted = false;
        // Without a row behind us it begins anew, with a header.
        self.header &= self.cursor.is_some();
        self.last = None;
    }

    /// Takes a piece of a stream: the rows that end in it.
    pub fn push(&mut self, piece: &[u8]) -> Ended {
        let mut ended = Ended::default();
        for byte in piece {
            self.begun.push(*byte);
            if *byte == b'"' && self.form == Form::Csv {
                self.quoted = !self.quoted;
            }
            if *byte == b'\n' && !self.quoted {
                let row = std::mem::take(&mut self.begun);
                self.end_row(row, &mut ended);
            }
        }
        self.whole += ended.bytes.len() as u64;
        ended
    }

    fn end_row(&mut self, row: Vec<u8>, ended: &mut Ended) {
        match self.form {
            Form::Csv if !self.header => {
                self.header = true;
                if self.whole == 0 {
                    ended.bytes.extend(row);
                }
            }
            Form::Csv => {
                // Cursors need no quotes, and stand last.
                let text = String::from_utf8_lossy(&row);
                let cursor = text.trim_end().rsplit(',').next().unwrap_or_default();
                self.cursor = Some(cursor.to_owned());
                ended.count += 1;
                ended.bytes.extend(row);
            }
            Form::Ndjson => {
                let value: Value = serde_json::from_slice(&row).unwrap_or_default();
                match value["cursor"].as_str() {
                    Some(cursor) if value["id"].is_string() => {
                        self.cursor = Some(cursor.to_owned());
                        ended.count += 1;
                        ended.bytes.extend(row);
                    }
                    _ => self.last = Some(value),
                }
            }
        }
    }

    /// How the stream ended.
    pub fn end_stream(&mut self) -> End {
        match (self.form, self.last.take()) {
            _ if !self.begun.is_empty() => End::BrokenOff,
            // A stream of CSV that is not whole breaks off as a connection does.
            (Form::Csv, _) => End::Whole,
            (Form::Ndjson, Some(last)) if last["complete"] == true => End::Whole,
            (Form::Ndjson, Some(last)) if last["problem"].is_object() => End::Problem(last["problem"].clone()),
            (Form::Ndjson, _) => End::BrokenOff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_where_they_end_however_they_arrive() {
        let text = "id,title,cursor\r\n1,\"a \"\"b\"\"\r\nc\",AA\r\n2,x,BB\r\n3,\"half";
        for size in 1..text.len() {
            let mut rows = Rows::new(Form::Csv);
            let mut kept = Ended::default();
            for piece in text.as_bytes().chunks(size) {
                let ended = rows.push(piece);
                kept.bytes.extend(ended.bytes);
                kept.count += ended.count;
            }
            assert_eq!(kept.count, 2);
            assert!(text.starts_with(&String::from_utf8(kept.bytes).expect("text")));
            assert_eq!(
                (rows.cursor(), rows.whole_bytes() as usize),
                (Some("BB"), text.len() - 7)
            );
            assert_eq!(rows.end_stream(), End::BrokenOff);
        }
    }

    #[test]
    fn lines_say_how_they_ended() {
        let row = "{\"id\": \"sig_1\", \"cursor\": \"AA\"}\n";
        for (last, end) in [
            ("{\"complete\": true, \"cursor\": \"AA\"}\n", End::Whole),
            ("", End::BrokenOff),
            ("{\"id\": \"sig_2\", \"cur", End::BrokenOff),
            (
                "{\"problem\": {\"code\": \"BUSY\"}}\n",
                End::Problem(serde_json::json!({ "code": "BUSY" })),
            ),
        ] {
            let mut rows = Rows::new(Form::Ndjson);
            let ended = rows.push(format!("{row}{last}").as_bytes());
            assert_eq!((ended.count, ended.bytes), (1, row.as_bytes().to_vec()));
            assert_eq!(rows.end_stream(), end);
            assert_eq!(rows.cursor(), Some("AA"));
        }
    }

    #[test]
    fn what_an_earlier_run_left_is_gone_on_with() {
        let mut rows = Rows::new(Form::Csv);
        rows.read(&b"id,cursor\r\n1,AA\r\n2,B"[..]).expect("in memory");
        assert_eq!((rows.cursor(), rows.whole_bytes()), (Some("AA"), 17));
        rows.begin_stream();
        let ended = rows.push(b"2,BB\r\n");
        assert_eq!((ended.count, ended.bytes), (1, b"2,BB\r\n".to_vec()));
        assert_eq!(rows.end_stream(), End::Whole);
        let mut twice = Rows::new(Form::Csv);
        for written in [11, 0] {
            twice.begin_stream();
            assert_eq!(
                twice.push(b"id,cursor\r\n3,").bytes.len(),
                written,
                "a header is written once"
            );
        }
        let mut header = Rows::new(Form::Csv);
        header.read(&b"id,cursor\r\n"[..]).expect("in memory");
        assert_eq!((header.cursor(), header.whole_bytes()), (None, 0));
    }
}
