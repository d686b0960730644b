//! What the gateway asks the services for one question: a second gateway, whose services stand behind ears of ours, is
//! asked it once.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Bench;
use super::ask::Asker;
use crate::caller::plain;
use crate::processes::Process;

/// A question of the gateway: the service that it goes to, and its body.
pub type Asked = (&'static str, Vec<u8>);

/// What comes along on the way to a service.
const HANDED_ON: [&str; 4] = ["authorization", "samenzicht-purpose", "content-type", "accept"];

/// Whoever listens before one service.
#[derive(Clone)]
struct Ears {
    service: &'static str,
    url: String,
    client: reqwest::Client,
    heard: Arc<Mutex<Vec<Asked>>>,
}

/// A gateway that is overheard.
pub struct Overheard {
    gateway: Process,
    heard: Arc<Mutex<Vec<Asked>>>,
    ears: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Overheard {
    fn drop(&mut self) {
        self.ears.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Ears {
    fn hear(&self, body: &Bytes) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push((self.service, body.to_vec()));
    }
}

async fn hand_on(State(ears): State<Ears>, headers: HeaderMap, body: Bytes) -> Response {
    ears.hear(&body);
    let known = HANDED_ON
        .iter()
        .filter_map(|name| Some((*name, headers.get(*name)?.to_str().ok()?)));
    let request = known.fold(ears.client.post(&ears.url), |request, (name, value)| {
        request.header(name, value)
    });
    let answer = match request.body(body).send().await {
        Ok(answer) => answer,
        Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let mut response = (status, answer.bytes().await.unwrap_or_default()).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

impl Overheard {
    /// Starts it, over these services.
    pub async fn start(bench: &mut Bench, services: &[&'static str]) -> Self {
        let (heard, mut ears, mut at) = (Arc::default(), Vec::new(), Vec::new());
        for &service in services {
            let (url, client) = (bench.service(service), plain());
            let listening = Ears {
                service,
                url,
                client,
                heard: Arc::clone(&heard),
            };
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            at.push((service, format!("http://{address}/graphql")));
            let router = Router::new().fallback(hand_on).with_state(listening);
            ears.push(tokio::spawn(async move {
                axum::serve(listener, router).await.expect("it listens to the end");
            }));
        }
        let gateway = bench.processes.another_gateway(&at);
        Self { gateway, heard, ears }
    }

    /// Where it takes questions.
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.gateway.address)
    }

    /// Everything that it asks the services when this is asked of it, in its order.
    pub async fn asked(&self, question: &Asker) -> Vec<Asked> {
        let take = || std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        take();
        question.data().await;
        take()
    }
}
