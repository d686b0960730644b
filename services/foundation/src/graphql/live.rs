//! Live answers: subscriptions over `graphql-transport-ws`.
//!
//! A subscription is not one request but many: every event is a read of its own, decided by the database a moment
//! before it is told, with a session of its own, and delivered only when its log line is durable. What is no longer the
//! caller's does not come; when the account, its purpose or its token no longer stands, the stream ends.

use std::sync::{Arc, Mutex};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Data, Request, Response};
use axum::extract::{FromRequestParts, State, WebSocketUpgrade};
use axum::response::IntoResponse;
use futures::StreamExt;
use uuid::Uuid;

use super::executor::{Subgraph, refusal, stated};
use crate::fault::{Code, Fault, Language};
use crate::session::{Platform, Session, Stated};
use crate::token::Verified;

/// The longest reason of a close frame, in bytes (RFC 6455, section 5.5).
const REASON_MAXIMUM: usize = 123;

/// Who listens, for which purpose; opens a session for each event.
pub struct Listener {
    platform: Platform,
    who: Verified,
    stated: Stated,
    current: Mutex<Option<Arc<Session>>>,
}

impl Listener {
    /// A listener for a verified token.
    pub fn new(platform: Platform, who: Verified, stated: Stated) -> Self {
        Self {
            platform,
            who,
            stated,
            current: Mutex::new(None),
        }
    }

    /// What it stands on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Who listens.
    pub fn who(&self) -> &Verified {
        &self.who
    }

    /// For which purpose.
    pub fn purpose(&self) -> Option<&str> {
        self.stated.purpose.as_deref()
    }

    /// A session at this moment. It holds a connection from its first read until it is delivered or ended: end it.
    ///
    /// # Errors
    /// `TOKEN_EXPIRED` when the token has run out since.
    pub fn session(&self) -> Result<Arc<Session>, Fault> {
        if self.who.expires_at <= self.platform.clock.now() {
            return Err(Fault::new(Code::TokenExpired));
        }
        let stated = Stated {
            request: self.platform.clock.id(),
            ..self.stated.clone()
        };
        Ok(Session::open(&self.platform, self.who.clone(), stated))
    }

    /// Hands over the session of an event that is about to leave: it is finished, and logged, with it.
    pub fn deliver(&self, session: Arc<Session>) {
        *self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(session);
    }

    /// The session of the event that is about to leave.
    pub(super) fn take(&self) -> Option<Arc<Session>> {
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// A WebSocket's identity, from `connection_init`.
#[derive(Clone)]
struct Identity {
    who: Verified,
    headers: HeaderMap,
}

/// A subgraph as the WebSocket protocol drives it.
#[derive(Clone)]
struct Socket(Arc<dyn Subgraph>);

impl async_graphql::Executor for Socket {
    async fn execute(&self, request: Request) -> Response {
        // The protocol's handler asks for streams only; whoever comes here brought no identity.
        drop(request);
        super::executor::withheld(&Fault::new(Code::TokenMissing), Uuid::now_v7(), Language::default())
    }

    fn execute_stream(&self, request: Request, data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let subgraph = self.0.clone();
        let identity = data.and_then(|data| {
            data.get(&std::any::TypeId::of::<Identity>())
                .and_then(|any| any.downcast_ref::<Identity>().cloned())
        });
        futures::stream::once(async move {
            match identity {
                Some(identity) => subgraph.stream(identity.who, &identity.headers, request).await,
                None => {
                    let fault = Fault::new(Code::TokenMissing);
                    let refused = super::executor::withheld(&fault, Uuid::now_v7(), Language::default());
                    futures::stream::iter([refused]).boxed()
                }
            }
        })
        .flatten()
        .boxed()
    }
}

/// The headers that a client put into `connection_init`, at its top or under `headers`, over those of the upgrade.
fn with_payload(upgrade: &HeaderMap, payload: &serde_json::Value) -> HeaderMap {
    let mut headers = upgrade.clone();
    let nested = payload.get("headers").and_then(serde_json::Value::as_object);
    for (name, value) in payload.as_object().into_iter().chain(nested).flatten() {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes());
        let value = value.as_str().and_then(|text| HeaderValue::from_str(text).ok());
        if let (Ok(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Why a socket is closed, code first. A longer reason than a close frame can carry would close it without a word.
fn reason(fault: &Fault, language: Language) -> String {
    let mut text = format!("{}: {}", fault.code().name(), fault.sentence(language));
    if text.len() > REASON_MAXIMUM {
        text.truncate(text.floor_char_boundary(REASON_MAXIMUM - '…'.len_utf8()));
        text.push('…');
    }
    text
}

/// Upgrades to a WebSocket; refuses at `connection_init` whoever has no good token.
pub(super) async fn socket(
    State(subgraph): State<Arc<dyn Subgraph>>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (mut parts, _) = request.into_parts();
    let upgrade_headers = parts.headers.clone();
    let protocol = match async_graphql_axum::GraphQLProtocol::from_request_parts(&mut parts, &()).await {
        Ok(protocol) => protocol,
        Err(status) => return status.into_response(),
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(refused) => return refused.into_response(),
    };
    upgrade
        .protocols(async_graphql::http::ALL_WEBSOCKET_PROTOCOLS)
        .on_upgrade(move |stream| {
            let socket = Socket(subgraph.clone());
            async_graphql_axum::GraphQLWebSocket::new(stream, socket, protocol)
                .on_connection_init(move |payload| async move {
                    let headers = with_payload(&upgrade_headers, &payload);
                    let language = stated(&headers).language;
                    match subgraph.verifier().verify(&headers).await {
                        Ok(who) => {
                            let mut data = Data::default();
                            data.insert(Identity { who, headers });
                            Ok(data)
                        }
                        Err(refused) => {
                            let (_, fault) = refusal(&refused);
                            Err(async_graphql::Error::new(reason(&fault, language)))
                        }
                    }
                })
                .serve()
        })
}
