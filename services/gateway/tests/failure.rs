//! A subgraph that is down, slow or broken: partial data and a clear error, never a hang, never an internal text.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::toy::stand::{BOTH, SUPERGRAPH, Shape, Stand, settings};

const BOTH_SERVICES: &str = "{ signals(first: 1) { title party { id name } } }";

fn without_names() -> Value {
    json!({ "signals": [{ "title": "Signal 1", "party": { "id": "p1", "name": null } }] })
}

#[tokio::test]
async fn a_service_that_is_down_leaves_the_rest() {
    let stand = Stand::up(Shape::Sockets).await;
    stand.registry.kill();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reply = stand.client().ask(BOTH_SERVICES).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["data"], without_names());
    assert_eq!(reply.codes(), ["SERVICE_UNAVAILABLE"]);
    let error = &reply.body["errors"][0];
    assert_eq!(error["extensions"]["service"], "registry");
    assert!(!reply.body.to_string().contains("127.0.0.1"), "{}", reply.body);
}

#[tokio::test]
async fn a_service_that_is_slow_is_not_waited_for() {
    for shape in BOTH {
        let stand = Stand::with(shape, |settings| {
            settings.subgraph_timeout = Duration::from_millis(300);
        })
        .await;
        stand.world.registry_delay.store(5_000, Ordering::SeqCst);
        let asked = Instant::now();
        let reply = stand.client().ask(BOTH_SERVICES).await;
        assert!(asked.elapsed() < Duration::from_secs(2), "{shape:?}");
        assert_eq!(reply.body["data"], without_names());
        assert_eq!(reply.codes(), ["TIMEOUT"], "{shape:?}");
    }
}

/// A change that is given up leaves its caller in doubt, so it gets more time.
#[tokio::test]
async fn a_change_is_waited_for_longer() {
    for shape in BOTH {
        let stand = Stand::with(shape, |settings| {
            settings.subgraph_timeout = Duration::from_millis(200);
            settings.change_timeout = Duration::from_millis(1_000);
        })
        .await;
        stand.world.registry_delay.store(500, Ordering::SeqCst);
        let change = "mutation { renameParty(id: \"p1\", name: \"New\") { id } }";
        let reply = stand.client().ask(change).await;
        assert_eq!(reply.data()["renameParty"]["id"], "p1", "{shape:?}");
        assert_eq!(stand.client().ask("{ me { name } }").await.codes(), ["TIMEOUT"]);
        stand.world.registry_delay.store(5_000, Ordering::SeqCst);
        assert_eq!(stand.client().ask(change).await.codes(), ["TIMEOUT"], "{shape:?}");
    }
}

/// The router's own timeout ends with the response's head; ours covers the body.
#[tokio::test]
async fn a_service_that_stalls_in_its_answer_is_not_waited_for() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stall = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut read = [0; 4096];
            let _ = stream.read(&mut read).await;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
            stream.write_all(head.as_bytes()).await.unwrap();
            held.push(stream);
        }
    });
    let stand = Stand::with(Shape::Sockets, |settings| {
        settings.subgraph_timeout = Duration::from_millis(300);
        settings.subgraphs[1].url = format!("http://{address}/graphql");
    })
    .await;
    let asked = Instant::now();
    let reply = stand.client().ask(BOTH_SERVICES).await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert_eq!(reply.codes(), ["TIMEOUT"]);
    stall.abort();
}

#[tokio::test]
async fn a_failing_service_is_left_alone_and_tried_again() {
    let stand = Stand::with(Shape::Sockets, |settings| {
        settings.circuit_breaker.sample = 4;
        settings.circuit_breaker.trials = 1;
        settings.circuit_breaker.rest = Duration::from_millis(300);
        settings.subgraph_timeout = Duration::from_millis(150);
    })
    .await;
    stand.world.registry_delay.store(5_000, Ordering::SeqCst);
    for _ in 0..6 {
        stand.client().ask("{ me { name } }").await;
    }
    let asked = Instant::now();
    let reply = stand.client().ask("{ me { name } }").await;
    assert_eq!(reply.codes(), ["SERVICE_UNAVAILABLE"]);
    assert!(asked.elapsed() < Duration::from_millis(100), "refused at once");
    stand.world.registry_delay.store(0, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(350)).await;
    let mut last = Value::Null;
    for _ in 0..5 {
        last = stand.client().ask("{ me { name } }").await.body;
    }
    assert_eq!(last, json!({ "data": { "me": { "name": "ilt.analyst" } } }));
}

#[tokio::test]
async fn a_coded_error_passes_and_an_internal_one_does_not() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let reply = stand.client().ask("{ forbidden }").await;
        let error = &reply.body["errors"][0];
        assert_eq!(error["message"], "Not with this purpose.", "{shape:?}");
        assert_eq!(
            error["extensions"],
            json!({ "code": "PURPOSE_NOT_HELD", "field": "forbidden" })
        );
        assert_eq!(error["path"], json!(["forbidden"]));

        let reply = stand.client().ask("{ broken }").await;
        assert_eq!(reply.codes(), ["INTERNAL"], "{shape:?}");
        assert!(!reply.body.to_string().contains("secret"), "{}", reply.body);
    }
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_refused_at_start() {
    let text = || gateway::SupergraphSource::Text(SUPERGRAPH.into());
    let said = |settings| async {
        match gateway::start(settings).await {
            Ok(_) => "started".to_owned(),
            Err(error) => format!("{error:#}"),
        }
    };
    let broken = settings(gateway::SupergraphSource::Text("type Query {".into()));
    assert!(said(broken).await.contains("supergraph"));
    let missing = gateway::SupergraphSource::File {
        path: "/nowhere/supergraph.graphql".into(),
        poll: Duration::from_secs(1),
    };
    assert!(said(settings(missing)).await.contains("cannot be read"));
    let mut elsewhere = settings(text());
    elsewhere.subgraphs = vec![gateway::SubgraphAt {
        name: "signals".into(),
        url: "http://127.0.0.1:1/graphql".into(),
        ws_url: Some("ws://127.0.0.1:2/ws".into()),
    }];
    assert!(said(elsewhere).await.contains("same host and port"));
    let mut open = settings(text());
    open.cors_origins = vec!["*".into()];
    assert!(said(open).await.contains("cors_origins"));
}

/// A verifier that lets everybody in must not get a gateway.
#[tokio::test]
async fn an_open_door_does_not_start() {
    struct Open;
    impl gateway::TokenCheck for Open {
        fn check(
            &self,
            _headers: http::HeaderMap,
        ) -> futures::future::BoxFuture<'static, Result<(), gateway::TokenRefusal>> {
            Box::pin(async { Ok(()) })
        }
    }
    let mut settings = settings(gateway::SupergraphSource::Text(SUPERGRAPH.into()));
    settings.verifier = std::sync::Arc::new(Open);
    let error = gateway::start(settings).await.err().expect("refused");
    assert!(error.to_string().contains("instead of 401"), "{error}");
}
