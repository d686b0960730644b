//! Subscriptions end to end: client over WebSocket or event stream, subgraph over WebSocket.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::toy::stand::{BOTH, Shape, Stand};

const TWO: &str = "subscription { signalChanged(count: 2) { title party { name } } }";

/// A client of `graphql-transport-ws`.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(stand: &Stand) -> Self {
        let url = stand.url().replace("http://", "ws://");
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        Self(connect_async(request).await.expect("upgraded").0)
    }

    async fn say(&mut self, what: Value) {
        self.0.send(Message::text(what.to_string())).await.unwrap();
    }

    /// The next message, or how the server closed.
    async fn hear(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(5), self.0.next());
            match next.await.expect("no hang") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map(|frame| u16::from(frame.code));
                    return json!({ "closed": code });
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return json!({ "closed": null }),
            }
        }
    }

    async fn init(&mut self, payload: Value) {
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(self.hear().await["type"], "connection_ack");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.say(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }
}

#[tokio::test]
async fn a_socket_carries_token_and_purpose_to_the_subgraph() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let mut socket = Socket::open(&stand).await;
        let payload = json!({ "Authorization": "Bearer good-igj", "Samenzicht-Purpose": "toezicht" });
        socket.init(payload).await;
        socket.subscribe("1", TWO).await;
        for (number, party) in [(1, "Chemie BV"), (2, "Jeugd Stichting")] {
            let title = format!("Signal {number} for igj (toezicht)");
            let event = json!({ "signalChanged": { "title": title, "party": { "name": party } } });
            let heard = socket.hear().await;
            assert_eq!(
                heard,
                json!({ "id": "1", "type": "next", "payload": { "data": event } }),
                "{shape:?}"
            );
        }
        assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
        // Queries travel the same way, and headers may stand in an object of their own.
        socket.subscribe("2", "{ me { name } }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["me"]["name"], "igj");
    }
}

#[tokio::test]
async fn a_socket_without_a_good_token_gets_no_operation_through() {
    let stand = Stand::up(Shape::Sockets).await;
    for (payload, code) in [
        (json!({}), "TOKEN_MISSING"),
        (json!({ "Authorization": "Bearer forged" }), "TOKEN_INVALID"),
    ] {
        let mut socket = Socket::open(&stand).await;
        socket.init(payload).await;
        for (id, query) in [
            ("1", TWO),
            ("2", "{ me { name } }"),
            ("3", "{ nonsense"),
            ("4", "{ __schema { types { name } } }"),
        ] {
            socket.subscribe(id, query).await;
            let heard = socket.hear().await;
            assert_eq!(heard["payload"]["errors"][0]["extensions"]["code"], code, "{heard}");
            assert_eq!(heard["payload"].get("data"), None);
            assert_eq!(socket.hear().await, json!({ "id": id, "type": "complete" }));
        }
    }
    assert_eq!((stand.world.requests(), stand.world.resolved()), (0, 0));
}

#[tokio::test]
async fn an_operations_own_headers_do_not_count() {
    let stand = Stand::up(Shape::Sockets).await;
    let mut socket = Socket::open(&stand).await;
    socket.init(json!({})).await;
    let extensions = json!({ "headers": { "authorization": "Bearer good" } });
    let payload = json!({ "query": "{ me { name } }", "extensions": extensions });
    socket
        .say(json!({ "id": "1", "type": "subscribe", "payload": payload }))
        .await;
    let heard = socket.hear().await;
    assert_eq!(heard["payload"]["errors"][0]["extensions"]["code"], "TOKEN_MISSING");
}

#[tokio::test]
async fn an_event_stream_does_the_same() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let caller = stand.client().header("accept", "text/event-stream");
        let response = caller.post(&json!({ "query": TWO })).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        let text = tokio::time::timeout(Duration::from_secs(5), response.text())
            .await
            .unwrap()
            .unwrap();
        let events: Vec<Value> = text
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .filter(|data| !data.trim().is_empty())
            .map(|data| serde_json::from_str(data).unwrap())
            .collect();
        assert_eq!(events.len(), 2, "{text}");
        let title = &events[0]["data"]["signalChanged"]["title"];
        assert_eq!(title, "Signal 1 for ilt.analyst (toezicht)");
        assert!(text.contains("event: complete"), "{text}");
    }
}

#[tokio::test]
async fn a_refused_stream_is_a_plain_401() {
    let stand = Stand::up(Shape::Sockets).await;
    let caller = stand.nobody().header("accept", "text/event-stream");
    assert_eq!(caller.ask(TWO).await.status, 401);
    assert_eq!(stand.world.requests(), 0);
}

/// Two readers with the same question each have a subscription of their own in the subgraph.
#[tokio::test]
async fn two_subscribers_share_nothing() {
    let stand = Stand::up(Shape::Sockets).await;
    let mut sockets = Vec::new();
    for name in ["igj", "nvwa", "igj"] {
        let mut socket = Socket::open(&stand).await;
        socket
            .init(json!({ "Authorization": format!("Bearer good-{name}") }))
            .await;
        socket.subscribe("1", TWO).await;
        sockets.push((name, socket));
    }
    for (name, socket) in &mut sockets {
        let heard = socket.hear().await;
        let title = heard["payload"]["data"]["signalChanged"]["title"].as_str().unwrap();
        assert_eq!(title, format!("Signal 1 for {name} (no purpose)"));
    }
    let subscribed = stand
        .world
        .log()
        .iter()
        .filter(|line| line.starts_with("subscribed"))
        .count();
    assert_eq!(subscribed, 3);
}

#[tokio::test]
async fn stopping_ends_open_streams() {
    let stand = Stand::up(Shape::Sockets).await;
    let mut socket = Socket::open(&stand).await;
    socket.init(json!({ "Authorization": "Bearer good-igj" })).await;
    socket
        .subscribe("1", "subscription { signalChanged(count: 100000) { title } }")
        .await;
    assert_eq!(socket.hear().await["type"], "next");
    let stop = tokio::time::timeout(Duration::from_secs(4), stand.gateway.stop());
    stop.await.expect("stops in time").unwrap();
    let mut last = socket.hear().await;
    for _ in 0..1_000 {
        if last.get("closed").is_some() {
            return;
        }
        last = socket.hear().await;
    }
    panic!("the stream goes on after the stop");
}

#[tokio::test]
async fn a_subscription_to_a_dead_service_says_so() {
    let stand = Stand::up(Shape::Sockets).await;
    stand.signals.kill();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut socket = Socket::open(&stand).await;
    socket.init(json!({ "Authorization": "Bearer good-igj" })).await;
    socket.subscribe("1", TWO).await;
    let heard = socket.hear().await;
    assert!(
        heard.to_string().contains("SUBGRAPH_WEBSOCKET_CONNECT_FAILURE"),
        "{heard}"
    );
    assert!(!heard.to_string().contains("127.0.0.1"), "{heard}");
}
