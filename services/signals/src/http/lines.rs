//! Lines of a body of any size, a batch at a time: no more of it is in memory than one batch.

use axum::body::{Body, BodyDataStream};
use futures::StreamExt;

/// The longest line, in bytes.
pub const LINE_MAXIMUM: usize = 256 * 1024;
/// Lines of a batch.
const BATCH: usize = 500;
/// Bytes of a batch.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// A line.
#[derive(Debug)]
pub struct Line {
    /// Its number in the body, from 1.
    pub number: i32,
    /// Its text; none where it is longer than a line may be.
    pub text: Option<Vec<u8>>,
}

/// A body, read line by line.
pub struct Lines {
    body: BodyDataStream,
    rest: Vec<u8>,
    number: i32,
    /// Whether the line that is being read is too long, and is passed over.
    over: bool,
    ended: bool,
}

/// The body broke off: what came last may be half a line.
#[derive(Debug)]
pub struct Broken;

impl Lines {
    /// The lines of this body.
    pub fn of(body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            rest: Vec::new(),
            number: 0,
            over: false,
            ended: false,
        }
    }

    /// The next batch; empty at the end. A batch depends on the body alone, not on how it arrives: who sends it again
    /// sends the same batches.
    ///
    /// # Errors
    /// The body broke off.
    pub async fn batch(&mut self) -> Result<Vec<Line>, Broken> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(line) = self.next().await? else { break };
            bytes += line.text.as_ref().map_or(0, Vec::len);
            batch.push(line);
        }
        Ok(batch)
    }

    async fn next(&mut self) -> Result<Option<Line>, Broken> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.rest.drain(..=end).collect();
                line.pop();
                if let Some(line) = self.line(line) {
                    return Ok(Some(line));
                }
                continue;
            }
            if self.rest.len() > LINE_MAXIMUM {
                self.over = true;
                self.rest.clear();
            }
            if self.ended {
                let last = std::mem::take(&mut self.rest);
                return Ok(if last.is_empty() && !self.over {
                    None
                } else {
                    self.line(last)
                });
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.rest.extend_from_slice(&bytes),
                Some(Err(_)) => return Err(Broken),
                None => self.ended = true,
            }
        }
    }

    /// A line by its number; an empty one is counted and passed over.
    fn line(&mut self, text: Vec<u8>) -> Option<Line> {
        self.number = self.number.saturating_add(1);
        let long = std::mem::take(&mut self.over) || text.len() > LINE_MAXIMUM;
        if !long && text.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        Some(Line {
            number: self.number,
            text: (!long).then_some(text),
        })
    }
}
