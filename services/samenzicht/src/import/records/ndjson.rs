//! The records of a file with a JSON object a line. A line that is none is a record that is broken: the next one stands.
//!
//! The mapping's columns are the keys of the objects; what lies deeper is named by its path, `address.city`. A list of
//! values is one text with `;` between them.

use std::collections::{BTreeSet, VecDeque};
use std::io::BufRead;

use serde_json::{Map, Value};

use super::{MAX_RECORD_BYTES, Record, RecordFault, Records, skip_mark};
use crate::import::row::{EXTRA_COLUMNS, Header};

/// The key under which a rejects file keeps the text of a line that was no object.
pub const TEXT: &str = "_text";
/// Records of which the names are looked at before anything is sent.
const LOOKED_AT: usize = 1_000;
/// What of the beginning is kept in memory for that.
const LOOKED_AT_BYTES: usize = 4 * 1024 * 1024;
/// What is kept of a line that is too long, to find it by.
const KEPT: usize = 1_000;
/// From here on a JSON number that is no 64-bit integer has lost digits.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads objects one after another.
pub struct JsonRecords<R> {
    input: R,
    columns: Vec<String>,
    line: u64,
    bytes: u64,
    ahead: VecDeque<(Record, u64)>,
    names: BTreeSet<String>,
}

/// A line, and the object that it is.
type WithObject = (Record, Map<String, Value>);

impl<R: BufRead> JsonRecords<R> {
    /// Begins at the start of a file; of its objects these columns are read.
    ///
    /// # Errors
    /// When the file cannot be read, is UTF-16, or is one list.
    pub fn new(mut input: R, columns: Vec<String>) -> Result<Self, RecordFault> {
        let mark = skip_mark(&mut input)?;
        if input.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(RecordFault::JsonList);
        }
        let (ahead, names) = (VecDeque::new(), BTreeSet::new());
        let mut records = Self {
            input,
            columns,
            line: 0,
            bytes: mark,
            ahead,
            names,
        };
        records.look_ahead()?;
        Ok(records)
    }

    /// The columns of its records.
    pub fn header(&self) -> Header {
        Header::new(self.columns.clone())
    }

    /// The names that its first objects have.
    pub fn names(&self) -> Header {
        Header::new(self.names.iter().cloned().collect())
    }

    fn look_ahead(&mut self) -> Result<(), RecordFault> {
        let (mut ahead, mut names, mut size) = (VecDeque::new(), BTreeSet::new(), 0);
        while ahead.len() < LOOKED_AT && size < LOOKED_AT_BYTES {
            let Some((record, object)) = self.read()? else { break };
            size += record.whole.as_ref().map_or(0, Vec::len);
            collect(&object, "", &mut names);
            ahead.push_back((record, self.bytes));
        }
        (self.ahead, self.names) = (ahead, names);
        Ok(())
    }

    /// The next line that is not blank, as record and as object; an empty object where it is none.
    fn read(&mut self) -> Result<Option<WithObject>, RecordFault> {
        loop {
            let Some((text, long)) = self.next_line()? else {
                return Ok(None);
            };
            if !long && text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let parsed = if long {
                let reason = format!("the line is longer than {MAX_RECORD_BYTES} bytes: its beginning is kept here");
                Err(reason)
            } else {
                object(&text)
            };
            let (object, broken) = match parsed {
                Ok(object) => (object, None),
                Err(reason) => (Map::new(), Some(reason)),
            };
            let mut record = Record {
                line: self.line,
                broken,
                whole: Some(text),
                ..Record::default()
            };
            if record.broken.is_none() {
                match fields(&object, &self.columns) {
                    Ok(fields) => record.fields = fields,
                    Err(reason) => record.broken = Some(reason),
                }
            }
            return Ok(Some((record, object)));
        }
    }

    /// A line without its end, and whether it was too long: then only its beginning.
    fn next_line(&mut self) -> Result<Option<(Vec<u8>, bool)>, RecordFault> {
        let (mut text, mut long, mut begun) = (Vec::new(), false, false);
        loop {
            let input = self.input.fill_buf()?;
            if input.is_empty() {
                if !begun {
                    return Ok(None);
                }
                break;
            }
            begun = true;
            let end = input.iter().position(|byte| *byte == b'\n');
            let piece = &input[..end.unwrap_or(input.len())];
            if !long && (text.len() + piece.len()) as u64 > MAX_RECORD_BYTES {
                long = true;
                text.extend_from_slice(&piece[..piece.len().min(KEPT)]);
                text.truncate(KEPT);
            }
            if !long {
                text.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            self.bytes += used as u64;
            if end.is_some() {
                break;
            }
        }
        self.line += 1;
        if text.last() == Some(&b'\r') {
            text.pop();
        }
        Ok(Some((text, long)))
    }
}

impl<R: BufRead + Send> Records for JsonRecords<R> {
    fn next_record(&mut self) -> Result<Option<Record>, RecordFault> {
        if let Some((record, _)) = self.ahead.pop_front() {
            return Ok(Some(record));
        }
        Ok(self.read()?.map(|(record, _)| record))
    }

    fn bytes(&self) -> u64 {
        self.ahead.front().map_or(self.bytes, |(_, bytes)| *bytes)
    }
}

/// A line as an object, or why it is none.
fn object(text: &[u8]) -> Result<Map<String, Value>, String> {
    let text = std::str::from_utf8(text)
        .map_err(|error| format!("byte {} is not UTF-8: write the line as UTF-8", error.valid_up_to() + 1))?;
    let object: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| format!("the line is no JSON object ({error}): put a whole one in its place"))?;
    if object.contains_key(TEXT) {
        return Err(format!(
            "this line was never mended: put the object that `{TEXT}` should be in its place"
        ));
    }
    Ok(object)
}

/// The texts of these columns.
fn fields(object: &Map<String, Value>, columns: &[String]) -> Result<Vec<Vec<u8>>, String> {
    let field = |name: &String| match at(object, name) {
        Some(value) => Ok(text(value).map_err(|reason| format!("`{name}` {reason}"))?.into_bytes()),
        None => Ok(Vec::new()),
    };
    columns.iter().map(field).collect()
}

/// The value with this name, or at this path.
fn at<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(name) {
        return Some(value);
    }
    let places = name.match_indices('.').map(|(place, _)| place);
    places
        .filter_map(|place| at(object.get(&name[..place])?.as_object()?, &name[place + 1..]))
        .next()
}

/// A value as the text that a column of another file would have.
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(word) => Ok(word.to_string()),
        Value::Number(number) => match number.as_f64() {
            Some(inexact) if number.is_f64() && inexact.abs() >= EXACT => Err(format!(
                "is a number with more digits than JSON keeps ({number}): write it as text"
            )),
            _ => Ok(number.to_string()),
        },
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(text).collect::<Result<_, _>>()?;
            Ok(texts.join(";"))
        }
        Value::Object(_) => Err("is an object: name what is in it by its path, such as `address.city`".to_owned()),
    }
}

/// The names of an object's values, what lies deeper by its path.
fn collect(object: &Map<String, Value>, before: &str, names: &mut BTreeSet<String>) {
    for (name, value) in object {
        if before.is_empty() && EXTRA_COLUMNS.contains(&name.as_str()) {
            continue;
        }
        match value {
            Value::Object(inside) => collect(inside, &format!("{before}{name}."), names),
            _ => drop(names.insert(format!("{before}{name}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(text: &[u8], columns: &[&str], buffer: usize) -> Vec<Record> {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        let mut records = JsonRecords::new(BufReader::with_capacity(buffer, text), columns).expect("readable");
        let mut found = Vec::new();
        while let Some(record) = records.next_record().expect("readable") {
            found.push(record);
        }
        assert_eq!(records.bytes(), text.len() as u64, "every byte is accounted for");
        found
    }

    fn texts(record: &Record) -> Vec<&str> {
        let text = |field: &'_ Vec<u8>| std::str::from_utf8(field).expect("text").to_owned().leak() as &str;
        record.fields.iter().map(text).collect()
    }

    #[test]
    fn each_value_becomes_the_text_of_its_column() {
        let line = r#"{"a": "één", "n": 12.50, "t": true, "o": null, "l": ["x", 2], "d": {"e": {"f": "diep"}}, "d.g": "plat"}"#;
        let columns = ["a", "n", "t", "o", "l", "d.e.f", "d.g", "absent"];
        for mark in ["", "\u{feff}"] {
            for buffer in [3, 64, 8192] {
                let found = read(format!("{mark}\n{line}\r\n\n{line}").as_bytes(), &columns, buffer);
                assert_eq!(found.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 4]);
                assert_eq!(texts(&found[1]), ["één", "12.5", "true", "", "x;2", "diep", "plat", ""]);
            }
        }
    }

    #[test]
    fn a_broken_line_is_told_and_the_next_one_stands() {
        let mut bytes = b"{\"a\": 1}\n{\"a\": \n[1]\n\"text\"\n{\"a\": \"\xFF\"}\n{\"a\": {\"b\": 1}}\n{\"a\": 123456789012345678901234}\n".to_vec();
        bytes.extend(b"{\"a\": \"");
        bytes.resize(bytes.len() + 3 * 1024 * 1024, b'x');
        bytes.extend(b"\"}\n{\"_text\": \"x\", \"_line\": 2}\n{\"a\": 2}");
        let found = read(&bytes, &["a"], 8192);
        let broken: Vec<u64> = found.iter().filter(|r| r.broken.is_some()).map(|r| r.line).collect();
        assert_eq!(broken, [2, 3, 4, 5, 6, 7, 8, 9]);
        let why = |line: usize| found[line - 1].broken.clone().expect("broken");
        assert!(why(5).contains("byte 8 is not UTF-8"), "{}", why(5));
        assert!(why(6).contains("path"), "{}", why(6));
        assert!(why(7).contains("write it as text"), "{}", why(7));
        assert!(why(8).contains("longer than"), "{}", why(8));
        assert!(found[7].whole.as_ref().expect("its beginning").len() <= KEPT);
        assert!(why(9).contains("never mended"), "{}", why(9));
        assert_eq!(texts(&found[9]), ["2"]);
    }

    #[test]
    fn one_list_and_utf_16_are_refused_by_name() {
        let refused = |text: &'static [u8]| JsonRecords::new(text, Vec::new()).err();
        assert!(matches!(refused(b" [{\"a\": 1}]"), Some(RecordFault::JsonList)));
        assert!(matches!(refused(&[0xFF, 0xFE, b'{', 0]), Some(RecordFault::Utf16)));
    }

    #[test]
    fn the_names_are_those_of_the_first_objects() {
        let records = JsonRecords::new(&b"{\"a\": 1, \"_line\": 3}\n{\"b\": {\"c\": null}}"[..], Vec::new());
        assert_eq!(records.expect("readable").names().own_names(), ["a", "b.c"]);
    }
}
