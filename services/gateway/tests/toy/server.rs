//! The toy subgraphs' two doors: an axum server on loopback, and the call in process.

use std::net::SocketAddr;
use std::sync::Arc;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{Data, Executor, Request};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures::future::BoxFuture;
use gateway::{InProcessReply, InProcessSubgraph, ReplyBody};
use http::{HeaderMap, Method, StatusCode, header};

use super::{World, verdict};
use foundation::graphql::http::{Answer, accepted, mend, read};

/// A schema with the world it writes to; both doors lead here.
#[derive(Clone)]
pub struct Toy<S> {
    pub schema: S,
    pub world: Arc<World>,
}

/// A server that ends with the test.
pub struct Served {
    pub address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Served {
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    pub fn kill(&self) {
        self.task.abort();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

impl<S: Executor> Toy<S> {
    pub async fn serve(self) -> Served {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/graphql", any(over_http::<S>))
            .route("/ws", get(over_socket::<S>))
            .with_state(self);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Served { address, task }
    }

    /// Token, then execution: what foundation's executor does.
    async fn answer(&self, headers: &HeaderMap, request: Request) -> async_graphql::Response {
        let name = verdict(headers).expect("checked before");
        self.world.request(headers, &request.query);
        self.schema.execute(request.data(name)).await
    }
}

async fn over_http<S: Executor>(
    State(toy): State<Toy<S>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let media = match accepted(&headers) {
        Ok(media) => media,
        Err(answer) => return send(answer),
    };
    if let Err(no) = verdict(&headers) {
        let answer = Answer::refused(StatusCode::UNAUTHORIZED, media, &no.code, &no.message);
        return send(answer);
    }
    match read(&method, &headers, &body, media) {
        Ok(request) => send(Answer::of(toy.answer(&headers, request).await, media)),
        Err(answer) => send(answer),
    }
}

fn send(answer: Answer) -> Response {
    let content_type = [(header::CONTENT_TYPE, answer.media.content_type())];
    (answer.status, content_type, answer.body).into_response()
}

async fn over_socket<S: Executor>(
    State(toy): State<Toy<S>>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.protocols(ALL_WEBSOCKET_PROTOCOLS).on_upgrade(move |stream| {
        GraphQLWebSocket::new(stream, toy.schema.clone(), protocol)
            .on_connection_init(move |payload| init(toy, payload))
            .serve()
    })
}

/// The gateway sends a caller's headers as the payload of `connection_init`.
async fn init<S>(toy: Toy<S>, payload: serde_json::Value) -> async_graphql::Result<Data> {
    let mut headers = HeaderMap::new();
    for (name, value) in payload.as_object().into_iter().flatten() {
        let name = http::HeaderName::from_bytes(name.as_bytes())?;
        headers.insert(name, value.as_str().unwrap_or_default().parse()?);
    }
    let name = verdict(&headers).map_err(|no| no.code)?;
    toy.world.request(&headers, "");
    let purpose = headers
        .get("samenzicht-purpose")
        .map_or("no purpose", |purpose| purpose.to_str().unwrap());
    let mut data = Data::default();
    data.insert(format!("{name} ({purpose})"));
    Ok(data)
}

impl<S: Executor> InProcessSubgraph for Toy<S> {
    fn execute(&self, headers: HeaderMap, request: Request) -> BoxFuture<'static, InProcessReply> {
        let toy = self.clone();
        Box::pin(async move {
            if request.query.contains("broken") {
                let response = toy.answer(&headers, request).await;
                return InProcessReply {
                    status: StatusCode::OK,
                    headers: HeaderMap::new(),
                    body: ReplyBody::Json(serde_json::to_vec(&response).unwrap()),
                };
            }
            let mut response = toy.answer(&headers, request).await;
            mend(&mut response);
            response.into()
        })
    }
}
