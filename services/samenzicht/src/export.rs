//! Export: what one may see, fetched over HTTP into a file, whole rows only. A stream that breaks off is gone on with
//! behind its last whole row; so is a file that an earlier run left.

pub mod rows;

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::api::{ApiFault, Patience, TokenSource, client, passes, with_causes};
use crate::import::progress::Progress;
use crate::stop::Stop;
use rows::{Form, Rows};

/// What is fetched.
#[derive(Clone, Debug)]
pub struct Export {
    /// The address of the export.
    pub url: String,
    /// The purpose under which it is asked.
    pub purpose: String,
    /// How rows are written.
    pub form: Form,
    /// What narrows it, and what is asked beside the rows.
    pub parameters: Vec<(String, String)>,
    /// The file; what is under way stands beside it.
    pub file: PathBuf,
}

/// Why an export did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The file cannot be written.
    #[error("{file}: {fault}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        fault: io::Error,
    },
    /// The API does not give it.
    #[error(transparent)]
    Api(#[from] ApiFault),
}

impl ExportFault {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::File { .. } => "FILE",
            Self::Api(fault) => fault.code(),
        }
    }
}

/// How an export ended.
#[derive(Debug)]
pub enum End {
    /// All of it is in the file.
    Complete,
    /// Somebody asked to stop.
    Stopped,
    /// It failed on the way.
    Failed(ExportFault),
}

/// Why one stream ended before its end.
enum Setback {
    Passing(String),
    Token(ApiFault),
    Lasting(ExportFault),
}

/// A file under way.
struct Part {
    file: File,
    path: PathBuf,
    rows: Rows,
    written: u64,
}

impl Export {
    /// Fetches it: how many rows were written now, and how it ended.
    pub async fn run(
        &self,
        tokens: &Arc<dyn TokenSource>,
        patience: Patience,
        stop: &Stop,
        progress: &mut Progress,
    ) -> (u64, End) {
        let mut part = match self.part() {
            Ok(part) => part,
            Err(fault) => return (0, End::Failed(self.file_fault(fault))),
        };
        let end = match self.fetch(&mut part, tokens, patience, stop, progress).await {
            Ok(()) if stop.is_requested() => End::Stopped,
            Ok(()) => match part
                .file
                .sync_all()
                .and_then(|()| std::fs::rename(&part.path, &self.file))
            {
                Ok(()) => End::Complete,
                Err(fault) => End::Failed(self.file_fault(fault)),
            },
            Err(fault) => End::Failed(fault),
        };
        progress.end();
        (part.written, end)
    }

    /// Where the file stands while it is under way: what is asked otherwise is another file, so that no file mixes two.
    pub fn part_path(&self) -> PathBuf {
        let asked = format!("{:?}", (&self.url, &self.purpose, self.form, &self.parameters));
        let mut name = self.file.as_os_str().to_owned();
        name.push(format!(".{}.part", &format!("{:x}", Sha256::digest(asked))[..8]));
        PathBuf::from(name)
    }

    /// What an earlier run left, up to its last whole row; or a new file.
    fn part(&self) -> io::Result<Part> {
        let path = self.part_path();
        let mut rows = Rows::new(self.form);
        if let Ok(file) = File::open(&path) {
            rows.read(BufReader::new(file))?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.set_len(rows.whole_bytes())?;
        Ok(Part {
            file,
            path,
            rows,
            written: 0,
        })
    }

    async fn fetch(
        &self,
        part: &mut Part,
        tokens: &Arc<dyn TokenSource>,
        patience: Patience,
        stop: &Stop,
        progress: &mut Progress,
    ) -> Result<(), ExportFault> {
        let http = client(&self.url, patience.limit)?;
        let (mut tries, mut pause, mut renew) = (0, patience.first_pause, false);
        loop {
            let before = part.written;
            let token = tokens.token(renew).await.map_err(ApiFault::SignIn)?;
            let reason = match self.stream(part, &http, &token, stop, progress).await {
                Ok(()) => return Ok(()),
                Err(Setback::Token(_)) if !renew => {
                    renew = true;
                    continue;
                }
                Err(Setback::Token(fault)) => return Err(fault.into()),
                Err(Setback::Lasting(fault)) => return Err(fault),
                Err(Setback::Passing(reason)) => reason,
            };
            renew = false;
            if part.written > before {
                (tries, pause) = (0, patience.first_pause);
            }
            tries += 1;
            if tries >= patience.tries || stop.is_requested() {
                let url = self.url.clone();
                return Err(ApiFault::Unreachable { url, tries, reason }.into());
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.requested() => {}
            }
            pause = (pause * 2).min(Duration::from_secs(30));
        }
    }

    /// One request: its rows into the file, until it is whole or breaks off.
    async fn stream(
        &self,
        part: &mut Part,
        http: &reqwest::Client,
        token: &str,
        stop: &Stop,
        progress: &mut Progress,
    ) -> Result<(), Setback> {
        let passing = |error: reqwest::Error| Setback::Passing(with_causes(&error));
        let mut request = http
            .get(&self.url)
            .bearer_auth(token)
            .header("Samenzicht-Purpose", &self.purpose)
            .header("Accept-Language", "en")
            .header("Accept", self.form.media_type())
            .query(&self.parameters);
        if let Some(cursor) = part.rows.cursor() {
            request = request.query(&[("after", cursor)]);
        }
        let mut answer = request.send().await.map_err(passing)?;
        if !answer.status().is_success() {
            let status = answer.status();
            return Err(refused(status, &answer.text().await.map_err(passing)?));
        }
        part.rows.begin_stream();
        loop {
            let piece = tokio::select! {
                piece = answer.chunk() => piece.map_err(passing)?,
                () = stop.requested() => return Ok(()),
            };
            let Some(piece) = piece else { break };
            let rows = part.rows.push(&piece);
            part.file
                .write_all(&rows.bytes)
                .map_err(|fault| Setback::Lasting(self.file_fault(fault)))?;
            part.written += rows.count;
            progress.at(part.written, 0);
        }
        match part.rows.end_stream() {
            rows::End::Whole => Ok(()),
            rows::End::BrokenOff => Err(Setback::Passing("the stream broke off".to_owned())),
            rows::End::Problem(problem) => Err(of_problem(&problem, StatusCode::OK)),
        }
    }

    fn file_fault(&self, fault: io::Error) -> ExportFault {
        let file = self.file.display().to_string();
        ExportFault::File { file, fault }
    }
}

fn refused(status: StatusCode, text: &str) -> Setback {
    match serde_json::from_str::<Value>(text) {
        Ok(problem) if problem["code"].is_string() => of_problem(&problem, status),
        _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Setback::Passing(format!("HTTP {status}"))
        }
        _ => {
            let fault = ApiFault::Unexpected(format!("HTTP {status} without a problem; look at --api"));
            Setback::Lasting(fault.into())
        }
    }
}

fn of_problem(problem: &Value, status: StatusCode) -> Setback {
    let code = problem["code"].as_str().unwrap_or("UNKNOWN").to_owned();
    let sentence = |error: &Value| {
        let detail = error["detail"].as_str().unwrap_or_default();
        error["field"]
            .as_str()
            .map_or(detail.to_owned(), |field| format!("{field}: {detail}"))
    };
    let errors = problem["errors"].as_array().into_iter().flatten();
    let message = errors.map(sentence).collect::<Vec<_>>().join(" ");
    if passes(&code) {
        return Setback::Passing(format!("{code}: {message}"));
    }
    let unauthorised = status == StatusCode::UNAUTHORIZED || code == "TOKEN_EXPIRED";
    let fault = ApiFault::Refused { code, message };
    if unauthorised {
        Setback::Token(fault)
    } else {
        Setback::Lasting(fault.into())
    }
}
