//! Whoever exports in a world: in process, as somebody who was let in.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use axum::response::Response;
use foundation::edge::{Caller, Problem};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::Value;

use crate::service::headers;
use crate::world::{World, who};

/// Pieces of an answer, as they leave.
pub type Pieces = BoxStream<'static, Result<String, String>>;

impl World {
    /// Exports as somebody under a purpose; `query` is what stands behind the question mark.
    ///
    /// # Errors
    /// The problem that is answered instead.
    pub async fn export(&self, subject: &str, purpose: &str, accept: &str, query: &str) -> Result<Response, Problem> {
        let mut headers: HeaderMap = headers(purpose);
        headers.insert(header::ACCEPT, accept.parse().expect("it fits a header"));
        let caller = Caller::verified(&self.signals, who(subject, &self.clock), &headers);
        signals::exported(caller, Some(query), &headers).await
    }

    /// The same as it leaves, piece by piece.
    pub async fn export_pieces(&self, subject: &str, purpose: &str, accept: &str, query: &str) -> Pieces {
        let response = self.export(subject, purpose, accept, query).await;
        let response = response.unwrap_or_else(|problem| panic!("{subject} under {purpose}: {problem:?}"));
        let text = |piece: Result<axum::body::Bytes, axum::Error>| match piece {
            Ok(bytes) => Ok(String::from_utf8(bytes.to_vec()).expect("text")),
            Err(error) => Err(error.to_string()),
        };
        response.into_body().into_data_stream().map(text).boxed()
    }

    /// All of an export.
    pub async fn exported(&self, subject: &str, purpose: &str, accept: &str, query: &str) -> String {
        let pieces = self.export_pieces(subject, purpose, accept, query).await;
        let pieces: Vec<Result<String, String>> = pieces.collect().await;
        let whole: Result<String, String> = pieces.into_iter().collect();
        whole.unwrap_or_else(|error| panic!("{subject} under {purpose}: {error}"))
    }

    /// All rows of an export as lines, which must be whole.
    pub async fn exported_lines(&self, subject: &str, purpose: &str, query: &str) -> Vec<Value> {
        let text = self.exported(subject, purpose, "application/x-ndjson", query).await;
        let mut rows = lines(&text);
        let last = rows.pop().expect("a last line");
        assert_eq!(last["complete"], true, "{subject} under {purpose}: {last}");
        rows
    }

    /// All rows of an export as CSV, by column.
    pub async fn exported_table(&self, subject: &str, purpose: &str, query: &str) -> Vec<Value> {
        table(&self.exported(subject, purpose, "text/csv", query).await)
    }
}

/// The lines of a text as JSON.
pub fn lines(text: &str) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(line).collect()
}

/// A text of CSV with its header, a row each by column.
pub fn table(text: &str) -> Vec<Value> {
    let mut file = csv::Reader::from_reader(text.as_bytes());
    let names = file.headers().expect("a header").clone();
    let row = |row: csv::StringRecord| {
        let pairs = names.iter().zip(row.iter());
        Value::Object(pairs.map(|(name, text)| (name.to_owned(), text.into())).collect())
    };
    file.records().map(|record| row(record.expect("a row"))).collect()
}

/// The ids of rows.
pub fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}
