//! Edges beside the graph: what comes under `/v1` is handed to the service that answers it, over HTTP, as it comes.
//!
//! Bodies of any size pass through: a few pieces are under way at a time, and whoever is slow slows the other side down.
//! A service answers while it still reads; here its answer begins when the request has ended (or at once, when it is a
//! refusal), so that a client which sends all before it reads any is served too.

use std::io;
use std::sync::Arc;

use anyhow::{Context, bail};
use futures::channel::{mpsc, oneshot};
use futures::{SinkExt, StreamExt, TryStreamExt};
use hive_router::ntex::util::Bytes as Piece;
use hive_router::ntex::{rt, web};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use crate::headers::{TO_SUBGRAPHS, text, to_http};
use crate::settings::EdgeAt;
use crate::subgraph::AbortOnDrop;
use crate::{TokenCheck, TokenRefusal};

/// What a service gets beside what every subgraph gets.
const FURTHER: [&str; 5] = ["content-type", "accept", "idempotency-key", "last-event-id", "host"];
/// What is of one connection alone, and not of the answer.
const OF_THE_CONNECTION: [HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];
/// Pieces of a body that are under way at a time.
const PIECES: usize = 8;
/// What may be read by anybody.
const OPEN: &str = "/v1/openapi.json";

/// The edges, as a handler needs them.
#[derive(Clone)]
pub(crate) struct Edges {
    runtime: Handle,
    verifier: Arc<dyn TokenCheck>,
    at: Option<EdgeAt>,
}

/// The body that a service reads.
type Pieces = mpsc::Receiver<io::Result<Frame<Bytes>>>;

impl Edges {
    pub(crate) fn new(runtime: Handle, verifier: Arc<dyn TokenCheck>, at: Option<EdgeAt>) -> Self {
        Self { runtime, verifier, at }
    }

    async fn check(&self, request: &web::HttpRequest) -> Result<(), TokenRefusal> {
        if request.path() == OPEN {
            return Ok(());
        }
        let check = self.verifier.check(to_http(request.headers()));
        AbortOnDrop(self.runtime.spawn(check)).await.unwrap_or_else(|error| {
            tracing::error!(%error, "token check panicked");
            Err(unavailable())
        })
    }
}

fn unavailable() -> TokenRefusal {
    TokenRefusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: "SERVICE_UNAVAILABLE".to_owned(),
        message: "The service cannot be reached. Try again later.".to_owned(),
    }
}

/// Hands a request on and its answer back.
pub(crate) async fn forward(
    request: web::HttpRequest,
    payload: web::types::Payload,
    edges: web::types::State<Edges>,
) -> web::HttpResponse {
    let Some(at) = edges.at.clone() else {
        return web::HttpResponse::NotFound().finish();
    };
    if let Err(refusal) = edges.check(&request).await {
        return problem(&refusal);
    }
    let (sent, pieces) = mpsc::channel(PIECES);
    let (ended, end) = oneshot::channel();
    rt::spawn(send(payload, sent, ended));
    let Ok(asked) = asked(&request, &at, pieces) else {
        return problem(&unavailable());
    };
    let answer = AbortOnDrop(edges.runtime.spawn(ask(at, asked))).await;
    let answer = match answer.map_err(|error| anyhow::anyhow!(error)).and_then(|answer| answer) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(%error, "an edge's service does not answer");
            return problem(&unavailable());
        }
    };
    if answer.status().is_success() {
        // Whoever breaks off ends this too: nothing waits for a client that is gone.
        let _ = end.await;
    }
    back(answer, &edges.runtime)
}

/// Passes the request's body on, piece by piece; one that breaks off breaks off at the service too.
async fn send(
    mut payload: web::types::Payload,
    mut to: mpsc::Sender<io::Result<Frame<Bytes>>>,
    ended: oneshot::Sender<()>,
) {
    while let Some(piece) = payload.recv().await {
        let piece = match piece {
            Ok(piece) => Ok(Frame::data(Bytes::copy_from_slice(&piece))),
            Err(error) => Err(io::Error::new(io::ErrorKind::ConnectionAborted, error.to_string())),
        };
        let broken = piece.is_err();
        if to.send(piece).await.is_err() || broken {
            break;
        }
    }
    // Nobody may be waiting any more.
    let _ = ended.send(());
}

fn asked(request: &web::HttpRequest, at: &EdgeAt, body: Pieces) -> anyhow::Result<Request<StreamBody<Pieces>>> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut asked = Request::builder().method(request.method().as_str()).uri(target);
    for name in TO_SUBGRAPHS.iter().chain(&FURTHER) {
        let value = text(request.headers(), name);
        if *name != "host" && !value.is_empty() {
            asked = asked.header(*name, HeaderValue::from_str(value)?);
        }
    }
    Ok(asked.header(header::HOST, &at.authority).body(StreamBody::new(body))?)
}

async fn ask(at: EdgeAt, asked: Request<StreamBody<Pieces>>) -> anyhow::Result<Response<Incoming>> {
    let stream = TcpStream::connect(&at.authority).await.context("no connection")?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to an edge's service ended");
        }
    });
    Ok(sender.send_request(asked).await?)
}

fn back(answer: Response<Incoming>, runtime: &Handle) -> web::HttpResponse {
    let (head, body) = answer.into_parts();
    let mut response = web::HttpResponse::build(head.status);
    for (name, value) in &head.headers {
        if !OF_THE_CONNECTION.contains(name) {
            response.header(name, value);
        }
    }
    let (mut to, pieces) = mpsc::channel(PIECES);
    runtime.spawn(async move {
        let mut body = body.into_data_stream();
        while let Some(piece) = body.next().await {
            if to.send(piece).await.is_err() {
                break;
            }
        }
    });
    response.streaming(pieces.map_ok(|piece| Piece::copy_from_slice(&piece)))
}

fn problem(refusal: &TokenRefusal) -> web::HttpResponse {
    let title = refusal.status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "status": refusal.status.as_u16(), "title": title, "detail": refusal.message,
        "code": refusal.code, "errors": [{ "code": refusal.code, "detail": refusal.message }],
    });
    let mut response = web::HttpResponse::build(refusal.status);
    response
        .header(header::CONTENT_TYPE, "application/problem+json")
        .header(header::CACHE_CONTROL, "no-store")
        .header("api-version", "1.0.0");
    if refusal.status == StatusCode::UNAUTHORIZED {
        response.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    response.body(body.to_string())
}

impl EdgeAt {
    /// The edges of a service, by the address of its part of the graph.
    ///
    /// # Errors
    /// It is no plain HTTP address.
    pub fn beside(url: &str) -> anyhow::Result<Self> {
        let address: http::Uri = url.parse().with_context(|| format!("{url} is not an address"))?;
        if address.scheme_str() != Some("http") {
            bail!("{url}: edges are reached over http, within the platform's own network");
        }
        let authority = address.authority().context("an address without a host")?;
        Ok(Self {
            authority: authority.to_string(),
        })
    }
}
