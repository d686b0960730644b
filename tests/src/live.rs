//! Readers of live events: over a WebSocket (`graphql-transport-ws`) and as an event stream.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::caller::{Caller, document};

/// How long anything may take before it is called a hang.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Where a reader listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A WebSocket at the gateway.
    GatewaySocket,
    /// A WebSocket at the service itself.
    ServiceSocket,
    /// An event stream at the gateway.
    GatewayStream,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::GatewaySocket, Self::ServiceSocket, Self::GatewayStream];
}

/// What a reader hears next.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// An answer: `data`, `errors`.
    Next(Value),
    /// The stream has ended, in order.
    Complete,
    /// The connection has closed, with this code and reason where there are any.
    Closed(u16, String),
}

/// A reader of one subscription.
pub enum Reader {
    /// Over a WebSocket.
    Socket(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
    /// Over an event stream, with what was received and not yet heard.
    Stream(Box<reqwest::Response>, String),
    /// Refused before a stream began: its status and body.
    Refused(u16, Value),
}

impl Reader {
    /// Subscribes over a WebSocket at this address as this caller; panics when the connection is refused.
    pub async fn socket(url: &str, caller: &Caller, query: &str, variables: Value) -> Self {
        let mut socket = connect(url).await;
        say(
            &mut socket,
            json!({ "type": "connection_init", "payload": caller.payload() }),
        )
        .await;
        let mut reader = Self::Socket(socket);
        match reader.message().await {
            Ok(message) if message["type"] == "connection_ack" => {}
            Ok(message) => return Self::Refused(0, message),
            Err(Heard::Closed(code, reason)) => return Self::Refused(code, Value::String(reason)),
            Err(heard) => panic!("{heard:?}"),
        }
        let payload = json!({ "query": query, "variables": variables });
        if let Self::Socket(socket) = &mut reader {
            say(socket, json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        }
        reader
    }

    /// Subscribes over an event stream as this caller.
    pub async fn stream(caller: &Caller, query: &str, variables: Value) -> Self {
        let caller = caller.clone().header("accept", "text/event-stream");
        let response = caller.request(document(query, &variables)).send();
        let response = timeout(PATIENCE, response).await.expect("no hang").expect("an answer");
        let status = response.status().as_u16();
        let kind = response
            .headers()
            .get("content-type")
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if status == 200 && kind.starts_with("text/event-stream") {
            return Self::Stream(Box::new(response), String::new());
        }
        let text = response.text().await.unwrap_or_default();
        Self::Refused(status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The next thing heard, within [`PATIENCE`].
    pub async fn next(&mut self) -> Heard {
        let heard = self.within(PATIENCE).await;
        heard.unwrap_or_else(|| panic!("nothing was heard in {PATIENCE:?}"))
    }

    /// The next thing heard, when it comes within this time.
    pub async fn within(&mut self, time: Duration) -> Option<Heard> {
        let until = Instant::now() + time;
        loop {
            let step = match self {
                Self::Socket(_) => timeout_at(until, self.frame()).await,
                Self::Stream(_, _) => timeout_at(until, self.event()).await,
                Self::Refused(status, body) => panic!("there is no stream: {status} {body}"),
            };
            match step {
                Err(_) => return None,
                Ok(Some(heard)) => return Some(heard),
                Ok(None) => {}
            }
        }
    }

    /// The first events of this reader, until it was silent for this long.
    pub async fn until_silent(&mut self, silence: Duration) -> Vec<Heard> {
        let mut all = Vec::new();
        while let Some(heard) = self.within(silence).await {
            let ended = matches!(heard, Heard::Complete | Heard::Closed(..));
            all.push(heard);
            if ended {
                break;
            }
        }
        all
    }

    /// The data of the next event; panics on anything else.
    pub async fn event_data(&mut self) -> Value {
        match self.next().await {
            Heard::Next(mut answer) if answer.get("errors").is_none_or(Value::is_null) => answer["data"].take(),
            other => panic!("no event: {other:?}"),
        }
    }

    /// The code with which the stream says that it ends, and how long that took; then the stream must have ended.
    pub async fn last_words(&mut self) -> (String, Duration) {
        let began = Instant::now();
        let code = match self.next().await {
            Heard::Next(answer) => answer["errors"][0]["extensions"]["code"]
                .as_str()
                .unwrap_or("none")
                .to_owned(),
            other => panic!("it ended without a word: {other:?}"),
        };
        let took = began.elapsed();
        match self.next().await {
            Heard::Complete | Heard::Closed(..) => (code, took),
            Heard::Next(answer) => panic!("it goes on after {code}: {answer}"),
        }
    }

    async fn message(&mut self) -> Result<Value, Heard> {
        let Self::Socket(socket) = self else {
            panic!("not a WebSocket")
        };
        loop {
            match timeout(PATIENCE, socket.next()).await.expect("no hang") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(closed(frame)),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Err(Heard::Closed(0, String::new())),
            }
        }
    }

    async fn frame(&mut self) -> Option<Heard> {
        let Self::Socket(socket) = self else { return None };
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let mut message: Value = serde_json::from_str(&text).expect("JSON");
                match message["type"].as_str() {
                    Some("next") => Some(Heard::Next(message["payload"].take())),
                    // The protocol's other way to refuse an operation: an error, and nothing after it.
                    Some("error") => Some(Heard::Next(json!({ "errors": message["payload"].take() }))),
                    Some("complete") => Some(Heard::Complete),
                    _ => None,
                }
            }
            Some(Ok(Message::Close(frame))) => Some(closed(frame)),
            Some(Ok(_)) => None,
            None | Some(Err(_)) => Some(Heard::Closed(0, String::new())),
        }
    }

    async fn event(&mut self) -> Option<Heard> {
        let Self::Stream(response, received) = self else {
            return None;
        };
        if let Some((event, rest)) = received.split_once("\n\n") {
            let (event, rest) = (event.to_owned(), rest.to_owned());
            *received = rest;
            let line = |name: &str| {
                event
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(|text| text.trim().to_owned())
            };
            return match (line("event:").as_deref(), line("data:")) {
                (Some("complete"), _) => Some(Heard::Complete),
                (_, Some(data)) if !data.is_empty() => Some(Heard::Next(serde_json::from_str(&data).expect("JSON"))),
                _ => None,
            };
        }
        match response.chunk().await {
            Ok(Some(bytes)) => received.push_str(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n")),
            Ok(None) | Err(_) => return Some(Heard::Closed(0, String::new())),
        }
        None
    }
}

fn closed(frame: Option<tokio_tungstenite::tungstenite::protocol::CloseFrame>) -> Heard {
    frame.map_or(Heard::Closed(0, String::new()), |frame| {
        Heard::Closed(u16::from(frame.code), frame.reason.to_string())
    })
}

async fn connect(url: &str) -> Box<WebSocketStream<MaybeTlsStream<TcpStream>>> {
    let mut request = url.into_client_request().expect("an address");
    let protocol = axum::http::HeaderValue::from_static("graphql-transport-ws");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (socket, _) = timeout(PATIENCE, connect_async(request))
        .await
        .expect("no hang")
        .expect("an upgrade");
    Box::new(socket)
}

async fn say(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, what: Value) {
    socket
        .send(Message::text(what.to_string()))
        .await
        .expect("the socket is open");
}
