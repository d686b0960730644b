//! Bringing a case system's signals in step (`POST /v1/signals`): a line each, and a line for what became of each.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use foundation::check::no_json;
use foundation::edge::{Caller, Problem, named};
use foundation::graphql::Subgraph;
use foundation::{Code, Fault};
use futures::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::lines::{LINE_MAXIMUM, Lines};
use super::spool::{Spool, spool};
use super::{parameters, plain};

const UPSERT: &str =
    "mutation upsertSignals($profile: String!, $items: [ImportItem!]!, $key: String, $dryRun: Boolean) {
    upsertSignals(profile: $profile, items: $items, idempotencyKey: $key, dryRun: $dryRun) {
        results { line outcome id version errors { code field message } } } }";

/// How often a batch is tried again that met a fault which passes.
const TRIES: u32 = 6;
/// The faults that pass. A batch whose outcome is not known may be repeated: its signals are known again.
const PASSING: [&str; 4] = ["BUSY", "LOG_UNAVAILABLE", "STORE_UNAVAILABLE", "OUTCOME_UNKNOWN"];
/// The longest key of a whole delivery; each batch adds its place to it.
const KEY_MAXIMUM: usize = 150;

/// What became of all lines.
#[derive(Default)]
struct Tally {
    lines: u64,
    counts: [u64; 4],
}

const OUTCOMES: [&str; 4] = ["CREATED", "CHANGED", "UNCHANGED", "REJECTED"];

impl Tally {
    fn count(&mut self, result: &Value) {
        self.lines += 1;
        for (outcome, count) in OUTCOMES.iter().zip(&mut self.counts) {
            *count += u64::from(result["outcome"] == *outcome);
        }
    }

    fn summary(&self) -> Value {
        let [created, changed, unchanged, rejected] = self.counts;
        json!({ "summary": { "lines": self.lines, "created": created, "changed": changed, "unchanged": unchanged,
            "rejected": rejected } })
    }
}

/// A delivery and how its batches are asked.
struct Delivery {
    caller: Caller,
    profile: String,
    key: Option<String>,
    dry_run: bool,
}

/// `POST /v1/signals`: takes a delivery of any size in.
pub async fn take(
    State(subgraph): State<Arc<dyn Subgraph>>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = Caller::let_in(&subgraph, &headers).await?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let media = text("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !["application/x-ndjson", "application/ndjson"].contains(&media) {
        let detail = "Send `Content-Type: application/x-ndjson`: one JSON object per line.";
        return Err(plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            detail,
        ));
    }
    let asked = parameters(asked.as_deref(), &["profile", "dryRun"], &headers)?;
    let profile = asked
        .get("profile")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let dry_run = match asked.get("dryRun").and_then(Value::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            let fault = Fault::new(Code::InvalidInput).with_words("reason", "`true` of `false`", "`true` or `false`");
            return Err(caller.problem(&fault.at("dryRun")));
        }
    };
    let key = text("idempotency-key").map(str::to_owned);
    if let Some(length) = key
        .as_ref()
        .map(|key| key.chars().count())
        .filter(|length| *length > KEY_MAXIMUM)
    {
        let long = Fault::new(Code::TooLong)
            .with("length", length)
            .with("maximum", KEY_MAXIMUM);
        return Err(caller.problem(&long.at("Idempotency-Key")));
    }
    let delivery = Delivery {
        caller,
        profile,
        key: key.filter(|key| !key.trim().is_empty()),
        dry_run,
    };
    // Whoever may not deliver hears so with a status, before anything is read.
    let nothing = json!({ "profile": delivery.profile, "items": [], "dryRun": true });
    let (_, request) = delivery.caller.ask(UPSERT, nothing).await?;
    let (told, results) = spool().map_err(|error| delivery.caller.problem(&Fault::internal(error)))?;
    // On its own: a batch that was begun ends, also when whoever sent it has gone away.
    tokio::spawn(async move {
        if let Err(error) = delivery.run(body, told).await {
            tracing::warn!(%error, "the results of a delivery cannot be kept for its sender");
        }
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok(named((kind, results).into_response(), Some(request)))
}

impl Delivery {
    async fn run(self, body: Body, mut told: Spool) -> std::io::Result<()> {
        let (mut lines, mut tally) = (Lines::of(body), Tally::default());
        loop {
            let Ok(batch) = lines.batch().await else {
                // Half a delivery: what is told stands, and the same again goes on from there.
                let (dutch, english) = (
                    "de aanvraag brak af; stuur hetzelfde nog eens onder dezelfde sleutel",
                    "the request broke off; send the same again under the same key",
                );
                let fault = Fault::new(Code::InvalidInput).with_words("reason", dutch, english);
                let problem = self.caller.problem(&fault);
                told.add(&format!("{}\n", json!({ "problem": problem.json() }))).await?;
                break;
            };
            if batch.is_empty() {
                told.add(&format!("{}\n", tally.summary())).await?;
                break;
            }
            let (mut items, mut results) = (Vec::new(), Vec::new());
            for line in batch {
                match self.item(line.number, line.text) {
                    Ok(item) => items.push(item),
                    Err(rejected) => results.push(rejected),
                }
            }
            let asked = self.upsert(items, &mut results).await;
            results.sort_by_key(|result| result["line"].as_i64());
            let mut text = String::new();
            for result in &results {
                tally.count(result);
                text.push_str(&result.to_string());
                text.push('\n');
            }
            if let Err(problem) = &asked {
                text.push_str(&json!({ "problem": problem.json() }).to_string());
                text.push('\n');
            }
            told.add(&text).await?;
            if asked.is_err() || !told.is_read() {
                break;
            }
        }
        told.end();
        Ok(())
    }

    /// The item of a line, or its rejection.
    fn item(&self, number: i32, text: Option<Vec<u8>>) -> Result<Value, Value> {
        let rejected = |fault: Fault| {
            let problem = self.caller.problem(&fault);
            let errors = problem
                .errors
                .iter()
                .map(|error| json!({ "code": error["code"], "field": error["field"], "message": error["detail"] }));
            rejection(number, errors.collect())
        };
        let Some(text) = text else {
            let long = Fault::new(Code::TooLong).with("length", format!("> {LINE_MAXIMUM}"));
            return Err(rejected(long.with("maximum", LINE_MAXIMUM)));
        };
        match serde_json::from_slice::<Map<String, Value>>(&text) {
            Ok(mut item) if !item.contains_key("line") => {
                item.insert("line".to_owned(), json!(number));
                Ok(Value::Object(item))
            }
            Ok(_) => Err(rejected(
                Fault::new(Code::InvalidInput)
                    .with_words("reason", "regels worden hier geteld", "lines are counted here")
                    .at("line"),
            )),
            Err(error) => Err(rejected(no_json(&error))),
        }
    }

    /// Takes items in, all at once. Where the graph cannot read one of them the others stand: they are halved until the
    /// one is found.
    fn upsert<'d>(&'d self, items: Vec<Value>, results: &'d mut Vec<Value>) -> BoxFuture<'d, Result<(), Problem>> {
        Box::pin(async move {
            let Some(first) = items.first() else {
                return Ok(());
            };
            let number = first["line"].as_i64().unwrap_or_default();
            match self.ask(number, &items).await {
                Ok(told) => {
                    results.extend(told);
                    Ok(())
                }
                Err(problem) if !unreadable(&problem) => Err(problem),
                Err(problem) if items.len() == 1 => {
                    let number = i32::try_from(number).unwrap_or(i32::MAX);
                    results.push(rejection(number, problem.errors.iter().map(of_item).collect()));
                    Ok(())
                }
                Err(_) => {
                    let mut items = items;
                    let half = items.split_off(items.len() / 2);
                    self.upsert(items, results).await?;
                    self.upsert(half, results).await
                }
            }
        })
    }

    async fn ask(&self, first: i64, items: &[Value]) -> Result<Vec<Value>, Problem> {
        // Under its place and size: the same delivery is divided in the same way again.
        let key = self.key.as_ref().map(|key| format!("{key}/{first}-{}", items.len()));
        let asked = json!({ "profile": self.profile, "items": items, "key": key, "dryRun": self.dry_run });
        let mut tries = 0;
        loop {
            match self.caller.ask(UPSERT, asked.clone()).await {
                Ok((mut told, _)) => {
                    let told = told["upsertSignals"]["results"].take();
                    return Ok(told.as_array().cloned().unwrap_or_default());
                }
                Err(problem) if PASSING.contains(&problem.code()) && tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(100 << tries)).await;
                }
                Err(problem) => return Err(problem),
            }
        }
    }
}

/// Whether the graph could not read what it was given.
fn unreadable(problem: &Problem) -> bool {
    ["INVALID_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"].contains(&problem.code())
}

fn rejection(line: i32, errors: Vec<Value>) -> Value {
    json!({ "line": line, "outcome": "REJECTED", "id": null, "version": null, "errors": errors })
}

/// A fault of the one item that was asked, at its field.
fn of_item(error: &Value) -> Value {
    let field = error["field"]
        .as_str()
        .map(|field| field.trim_start_matches("items.0.").to_owned());
    json!({ "code": error["code"], "field": field, "message": error["detail"] })
}
