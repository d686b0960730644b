//! Who is let in, and what the others get.

use serde_json::json;

use crate::toy::client::{Reply, plain};
use crate::toy::stand::{BOTH, Shape, Stand};

const CHANGE: &str = "mutation { recordSignal(input: { title: \"x\" }) { id } }";

#[tokio::test]
async fn nobody_and_forgers_reach_no_resolver() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let forger = stand.nobody().header("authorization", "Bearer forged");
        let basic = stand.nobody().header("authorization", "Basic Z29vZDpnb29k");
        for (caller, code) in [
            (stand.nobody(), "TOKEN_MISSING"),
            (forger, "TOKEN_INVALID"),
            (basic, "TOKEN_INVALID"),
        ] {
            for query in [
                "{ me { name } }",
                CHANGE,
                "{ __schema { types { name } } }",
                "{ not GraphQL",
            ] {
                let reply = caller.ask(query).await;
                assert_eq!(reply.status, 401);
                assert_eq!(reply.codes(), [code]);
                assert_eq!(reply.body.get("data"), None);
                assert_eq!(reply.headers["www-authenticate"], "Bearer");
                assert!(reply.headers.contains_key("x-request-id"));
            }
        }
        assert_eq!((stand.world.requests(), stand.world.resolved()), (0, 0), "{shape:?}");
    }
}

#[tokio::test]
async fn no_other_way_in_is_open() {
    let stand = Stand::with(Shape::Sockets, |settings| {
        settings.cors_origins = vec!["https://console.example".into()];
        settings.graphiql = Some(gateway::Graphiql::default());
    })
    .await;
    let query = "query=%7Bme%7Bname%7D%7D";
    let post = || plain().post(stand.url()).json(&json!({ "query": "{ me { name } }" }));
    let below = format!("{}/anything", stand.url());
    let tries = [
        plain().get(format!("{}?{query}", stand.url())),
        plain().get(format!("{}?{query}&access_token=good", stand.url())),
        plain()
            .get(format!("{}?{query}", stand.url()))
            .header("cookie", "authorization=Bearer good"),
        plain().post(&below).json(&json!({ "query": "{ me { name } }" })),
        plain().get(format!("{below}?{query}")),
        plain()
            .post(format!("{}/page/page.js", stand.url()))
            .json(&json!({ "query": "{ me { name } }" })),
        plain().request(http::Method::OPTIONS, stand.url()),
        plain().request(http::Method::PUT, stand.url()).body("{ me { name } }"),
        post().header("accept", "text/html"),
        post().header("accept", "text/event-stream"),
        post().header("accept", "multipart/mixed"),
        plain()
            .post(&below)
            .header("upgrade", "websocket")
            .json(&json!({ "query": "{ me { name } }" })),
        post().header("upgrade", "websocket"),
    ];
    for (number, request) in tries.into_iter().enumerate() {
        let reply = Reply::of(request.send().await.unwrap()).await;
        assert!([401, 404, 405].contains(&reply.status), "{number}: {reply:?}");
        assert!(!reply.body.to_string().contains("\"data\""), "{number}: {reply:?}");
    }
    assert_eq!((stand.world.requests(), stand.world.resolved()), (0, 0));
}

#[tokio::test]
async fn a_refusal_speaks_the_clients_media_type() {
    let stand = Stand::up(Shape::InProcess).await;
    for (accept, media) in [
        (
            "application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
        ),
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
    ] {
        let reply = stand.nobody().header("accept", accept).ask("{ me { name } }").await;
        assert_eq!(reply.headers["content-type"], media);
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        for path in ["health", "readiness"] {
            let url = format!("http://{}/{path}", stand.gateway.address());
            assert_eq!(plain().get(url).send().await.unwrap().status(), 200, "{path}");
        }
        let url = format!("http://{}/", stand.gateway.address());
        assert_eq!(plain().get(url).send().await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn only_named_origins_may_call() {
    let stand = Stand::with(Shape::InProcess, |settings| {
        settings.cors_origins = vec!["https://console.example".into()];
    })
    .await;
    let preflight = |origin: &'static str| {
        plain()
            .request(http::Method::OPTIONS, stand.url())
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,samenzicht-purpose")
            .send()
    };
    let good = preflight("https://console.example").await.unwrap();
    assert!(good.status().is_success());
    assert_eq!(good.headers()["access-control-allow-origin"], "https://console.example");
    let allowed = good.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("samenzicht-purpose"), "{allowed}");
    let bad = preflight("https://elsewhere.example").await.unwrap();
    let to = bad.headers().get("access-control-allow-origin");
    assert!(to.is_none_or(|to| to == "null"), "{to:?}");

    let refused = stand
        .nobody()
        .header("origin", "https://console.example")
        .ask("{ me { name } }")
        .await;
    assert_eq!(
        refused.headers["access-control-allow-origin"],
        "https://console.example"
    );
    let answered = stand
        .client()
        .header("origin", "https://console.example")
        .ask("{ me { name } }")
        .await;
    assert_eq!(
        answered.headers["access-control-allow-origin"],
        "https://console.example"
    );
    assert_eq!(
        answered.headers["access-control-expose-headers"],
        "x-request-id, traceresponse"
    );
}

#[tokio::test]
async fn introspection_is_a_switch() {
    for (on, expected) in [(true, 200), (false, 403)] {
        let stand = Stand::with(Shape::InProcess, |settings| settings.introspection = on).await;
        let reply = stand.client().ask("{ __schema { queryType { name } } }").await;
        assert_eq!(reply.status, expected, "{reply:?}");
        let typename = stand.client().ask("{ __typename }").await;
        assert_eq!(typename.data(), &json!({ "__typename": "Query" }));
    }
}
