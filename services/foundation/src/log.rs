//! The processing log and the audit log: log or deny.
//!
//! An answer to a protected read is held until its lines are in a durably committed batch; the next batch gathers
//! while the last one syncs. A write puts its lines into its own transaction. The processing log says what was
//! done to which records under which activity and names no user; the audit log says who; they join on our own
//! request id.

use std::time::Duration;

use access::{Caller, Instant};
use sea_orm::sea_query::{Alias, Expr, InsertStatement, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use telemetry::metrics;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;
use uuid::Uuid;

use crate::database::Database;
use crate::fault::{Code, Fault};
use crate::session::{Platform, Session};

/// Requests per batch, at most.
const BATCH: usize = 256;
/// Requests that may wait for a batch; more than that are told that the platform is busy.
const QUEUE: usize = 4096;
/// How long an answer waits for its line.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, or answered.
    Done,
    /// It was refused, with this code.
    Refused(&'static str),
}

/// Who asked what, and how it ended.
#[derive(Clone, Debug)]
pub struct AuditLine {
    id: Uuid,
    request: Uuid,
    at: Instant,
    service: &'static str,
    issuer: String,
    subject: String,
    account: Option<Uuid>,
    organisation: Option<Uuid>,
    purpose: Option<String>,
    operation: String,
    outcome: Outcome,
    foreign_trace: Option<String>,
}

impl AuditLine {
    /// The line of a session.
    pub(crate) fn of(
        session: &Session,
        at: Instant,
        caller: Option<&Caller>,
        operation: &str,
        outcome: Outcome,
    ) -> Self {
        let (who, stated) = (session.who(), session.stated());
        Self {
            id: session.platform().clock.id(),
            request: stated.request,
            at,
            service: session.platform().service,
            issuer: who.issuer.clone(),
            subject: who.subject.clone(),
            account: caller.map(|caller| caller.account),
            organisation: caller.map(|caller| caller.organisation),
            purpose: stated.purpose.clone(),
            operation: operation.to_owned(),
            outcome,
            foreign_trace: stated.foreign_trace.clone(),
        }
    }
}

impl AuditLine {
    /// The line of what the platform does by itself, under nobody's account.
    pub(crate) fn of_the_platform(platform: &Platform, request: Uuid, at: Instant, operation: &str) -> Self {
        Self {
            id: platform.clock.id(),
            request,
            at,
            service: platform.service,
            issuer: "samenzicht".to_owned(),
            subject: platform.service.to_owned(),
            account: None,
            organisation: None,
            purpose: None,
            operation: operation.to_owned(),
            outcome: Outcome::Done,
            foreign_trace: None,
        }
    }
}

/// What was done to which records; never who did it.
#[derive(Clone, Debug)]
pub struct ProcessingLine {
    /// Its identity.
    pub id: Uuid,
    /// Our id of the request.
    pub request: Uuid,
    /// When, in microseconds since 1970.
    pub at: Instant,
    /// The service.
    pub service: &'static str,
    /// The processing activity: the stated purpose.
    pub activity: String,
    /// The kind of record.
    pub kind: String,
    /// What was done: `read`, `unmask`, `pseudonymise`, `count`, or the change.
    pub operation: String,
    /// The records.
    pub records: Vec<Uuid>,
    /// The personal fields that were shown or used; of a count, what was asked and how many that were.
    pub fields: Vec<String>,
}

/// A request's lines.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Who.
    pub audit: AuditLine,
    /// What.
    pub processing: Vec<ProcessingLine>,
}

/// Where reads put their lines.
#[derive(Clone)]
pub struct ProcessingLog {
    service: &'static str,
    queue: mpsc::Sender<(Lines, oneshot::Sender<bool>)>,
}

impl ProcessingLog {
    /// Starts a service's batches on this database.
    pub fn start(service: &'static str, database: Database) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(batches(database, receiver));
        let watched = queue.downgrade();
        metrics::log_queue(service, move || watched.upgrade().map(|queue| QUEUE - queue.capacity()));
        Self { service, queue }
    }

    /// Waits until these lines are durable.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: the answer must not leave.
    pub async fn write(&self, lines: Lines) -> Result<(), Fault> {
        let began = std::time::Instant::now();
        let span = tracing::info_span!(target: telemetry::SPANS, "log");
        let written = self.durable(lines).instrument(span).await;
        metrics::logged(self.service, began.elapsed());
        written
    }

    async fn durable(&self, lines: Lines) -> Result<(), Fault> {
        let (done, written) = oneshot::channel();
        let unavailable = || Fault::new(Code::LogUnavailable);
        self.queue.try_send((lines, done)).map_err(|_| unavailable())?;
        match tokio::time::timeout(PATIENCE, written).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false) | Err(_)) | Err(_) => Err(unavailable()),
        }
    }
}

async fn batches(database: Database, mut receiver: mpsc::Receiver<(Lines, oneshot::Sender<bool>)>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut waiting, BATCH).await > 0 {
        let lines: Vec<&Lines> = waiting.iter().map(|(lines, _)| lines).collect();
        let written = match commit(&database, &lines).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, requests = waiting.len(), "the processing log cannot be written; answers are withheld");
                false
            }
        };
        for (_, done) in waiting.drain(..) {
            // Whoever no longer waits has no answer to give either.
            let _ = done.send(written);
        }
    }
}

async fn commit(database: &Database, batch: &[&Lines]) -> Result<(), DbErr> {
    let transaction = database.begin_write().await?;
    for statement in statements(batch)? {
        transaction.execute(&statement).await?;
    }
    transaction.commit().await
}

/// Writes a write's lines, within it.
pub(crate) async fn insert(transaction: &DatabaseTransaction, lines: &Lines) -> Result<(), DbErr> {
    for statement in statements(&[lines])? {
        transaction.execute(&statement).await?;
    }
    Ok(())
}

/// The fault for a line that cannot be written: logged once, told without detail.
pub(crate) fn unavailable(error: DbErr) -> Fault {
    tracing::error!(%error, "the processing log cannot be written; the write is refused");
    Fault::new(Code::LogUnavailable)
}

fn statements(batch: &[&Lines]) -> Result<Vec<InsertStatement>, DbErr> {
    let mut statements = Vec::new();
    for chunk in batch.chunks(BATCH) {
        let mut audit = Query::insert();
        audit.into_table(Alias::new("audit_log")).columns(
            [
                "id",
                "request_id",
                "at",
                "service",
                "issuer",
                "subject",
                "account_id",
                "organisation_id",
                "purpose",
                "operation",
                "outcome",
                "foreign_trace",
            ]
            .map(Alias::new),
        );
        for lines in chunk {
            audit.values(audit_row(&lines.audit)).map_err(uneven)?;
        }
        statements.push(audit);
    }
    let processing: Vec<&ProcessingLine> = batch.iter().flat_map(|lines| &lines.processing).collect();
    for chunk in processing.chunks(BATCH) {
        let mut insert = Query::insert();
        insert.into_table(Alias::new("processing_log")).columns(
            [
                "id",
                "request_id",
                "at",
                "service",
                "activity",
                "kind",
                "operation",
                "record_ids",
                "fields",
            ]
            .map(Alias::new),
        );
        for line in chunk {
            insert.values(processing_row(line)).map_err(uneven)?;
        }
        statements.push(insert);
    }
    Ok(statements)
}

fn audit_row(line: &AuditLine) -> [Expr; 12] {
    let outcome = match line.outcome {
        Outcome::Done => "DONE",
        Outcome::Refused(code) => code,
    };
    [
        Expr::val(line.id),
        Expr::val(line.request),
        Expr::val(line.at),
        Expr::val(line.service),
        Expr::val(line.issuer.as_str()),
        Expr::val(line.subject.as_str()),
        Expr::val(line.account),
        Expr::val(line.organisation),
        Expr::val(line.purpose.clone()),
        Expr::val(line.operation.as_str()),
        Expr::val(outcome),
        Expr::val(line.foreign_trace.clone()),
    ]
}

fn processing_row(line: &ProcessingLine) -> [Expr; 9] {
    let records: Vec<String> = line.records.iter().map(|id| id.simple().to_string()).collect();
    [
        Expr::val(line.id),
        Expr::val(line.request),
        Expr::val(line.at),
        Expr::val(line.service),
        Expr::val(line.activity.as_str()),
        Expr::val(line.kind.as_str()),
        Expr::val(line.operation.as_str()),
        Expr::val(records.join(" ")),
        Expr::val(line.fields.join(" ")),
    ]
}

fn uneven(error: sea_orm::sea_query::error::Error) -> DbErr {
    DbErr::Custom(error.to_string())
}
