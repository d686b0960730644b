//! The import part of the API, as its contract says, over HTTP on loopback: upserts by external reference under an
//! approved profile. It can fail on command, which the real one must not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// The token that it takes.
pub const TOKEN: &str = "good";

/// How a request may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Refused with this status, nothing done.
    Status(u16),
    /// Done, but the answer is lost.
    AnswerLost,
    /// Nothing but a stable code, as when a service behind the gateway is away.
    Code(&'static str),
    /// The token is no longer good.
    TokenExpired,
}

/// What it holds and does.
#[derive(Default)]
pub struct Inner {
    /// Signals with their grants, by (system, reference).
    pub signals: BTreeMap<(String, String), Value>,
    /// Profiles that were proposed.
    pub proposed: BTreeSet<String>,
    /// Profiles that were approved.
    pub approved: BTreeSet<String>,
    /// What goes wrong, request by request.
    pub mishaps: VecDeque<Mishap>,
    /// How many requests came in.
    pub requests: u32,
    /// Sizes of the batches that came in.
    pub batches: Vec<usize>,
}

/// A running API.
pub struct FakeApi {
    /// Its address.
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    arrived: Arc<Notify>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for FakeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl FakeApi {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let arrived = Arc::new(Notify::new());
        let app = Router::new()
            .route("/graphql", post(answer))
            .with_state((inner.clone(), arrived.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/graphql", listener.local_addr().expect("bound"));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("serves until it is dropped") });
        Self {
            url,
            inner,
            arrived,
            server,
        }
    }

    /// Looks at it, or changes it.
    pub fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().expect("no test panics while it holds this"))
    }

    /// Returns when the next batch has been taken in.
    pub async fn batch_arrived(&self) {
        self.arrived.notified().await;
    }
}

type Shared = (Arc<Mutex<Inner>>, Arc<Notify>);

async fn answer(
    State((inner, arrived)): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut inner = inner.lock().expect("no test panics while it holds this");
    inner.requests += 1;
    let mishap = inner.mishaps.pop_front();
    match mishap {
        Some(Mishap::Status(status)) => {
            return (
                StatusCode::from_u16(status).expect("a status"),
                Json(json!({ "oops": true })),
            );
        }
        Some(Mishap::Code(code)) => return refuse(StatusCode::OK, code),
        Some(Mishap::TokenExpired) => return refuse(StatusCode::UNAUTHORIZED, "TOKEN_EXPIRED"),
        Some(Mishap::AnswerLost) | None => {}
    }
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    if header("authorization") != format!("Bearer {TOKEN}") {
        return refuse(StatusCode::UNAUTHORIZED, "TOKEN_INVALID");
    }
    if header("samenzicht-purpose") != "toezicht" {
        return refuse(StatusCode::OK, "PURPOSE_REQUIRED");
    }
    let answer = inner.perform(&body);
    arrived.notify_one();
    if mishap == Some(Mishap::AnswerLost) {
        (StatusCode::BAD_GATEWAY, Json(Value::Null))
    } else {
        answer
    }
}

fn refuse(status: StatusCode, code: &str) -> (StatusCode, Json<Value>) {
    (
        status,
        Json(json!({ "data": null, "errors": [{ "message": "A sentence.", "extensions": { "code": code } }] })),
    )
}

impl Inner {
    fn perform(&mut self, body: &Value) -> (StatusCode, Json<Value>) {
        let query = body["query"].as_str().unwrap_or_default();
        let variables = &body["variables"];
        let data = if query.contains("proposeImportProfile") {
            let hash = sha256(variables["mapping"].as_str().unwrap_or_default());
            self.proposed.insert(hash.clone());
            json!({ "proposeImportProfile": { "hash": hash } })
        } else if query.contains("approveImportProfile") {
            let hash = variables["hash"].as_str().unwrap_or_default().to_owned();
            if !self.proposed.contains(&hash) {
                return refuse(StatusCode::OK, "NOT_FOUND");
            }
            self.approved.insert(hash.clone());
            json!({ "approveImportProfile": { "hash": hash } })
        } else {
            if !self
                .approved
                .contains(variables["profile"].as_str().unwrap_or_default())
            {
                return refuse(StatusCode::OK, "PROFILE_NOT_APPROVED");
            }
            let items = variables["items"].as_array().cloned().unwrap_or_default();
            if items.len() > 500 {
                return refuse(StatusCode::OK, "TOO_MANY");
            }
            self.batches.push(items.len());
            let dry_run = variables["dryRun"] == json!(true);
            json!({ "importSignals": { "results": items.iter().map(|item| self.take(item, dry_run)).collect::<Vec<_>>() } })
        };
        (StatusCode::OK, Json(json!({ "data": data })))
    }

    fn take(&mut self, item: &Value, dry_run: bool) -> Value {
        let signal = &item["signal"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if text(&signal["narrative"]).contains("Stg.") {
            let error =
                json!({ "code": "STATE_SECRET", "field": "signal.narrative", "message": "Remove the content." });
            return json!({ "line": item["line"], "outcome": "REJECTED", "id": null, "errors": [error] });
        }
        let reference = &signal["externalReference"];
        let key = (text(&reference["system"]), text(&reference["reference"]));
        let record = json!({ "signal": signal, "grants": item["grants"], "publish": item["publish"] });
        let outcome = match self.signals.get(&key) {
            None => "CREATED",
            Some(known) if *known == record => "UNCHANGED",
            Some(_) => "CHANGED",
        };
        if !dry_run {
            self.signals.insert(key, record);
        }
        json!({ "line": item["line"], "outcome": outcome, "id": "sig_0", "errors": [] })
    }
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    format!("{:x}", sha2::Sha256::digest(text))
}
