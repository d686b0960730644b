//! What goes with a request to the subgraphs, what comes back, and that no two readers share an answer.

use std::collections::BTreeMap;

use serde_json::json;

use crate::toy::stand::{BOTH, Shape, Stand};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn token_purpose_language_and_trace_travel_and_nothing_else() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let id = "0192b1f0-7c11-7a31-9d2f-0c1f6a0e5d11";
        let reply = stand
            .client()
            .header("accept-language", "en")
            .header("x-request-id", id)
            .header("traceparent", TRACE)
            .header("x-account", "ilt.admin")
            .header("x-forwarded-user", "root")
            .header("cookie", "session=1")
            .ask("{ me { name } }")
            .await;
        assert_eq!(reply.headers["x-request-id"], id);
        let seen: BTreeMap<String, String> = stand.world.headers.lock().unwrap().clone().into_iter().collect();
        for (name, value) in [
            ("authorization", "Bearer good-ilt.analyst"),
            ("samenzicht-purpose", "toezicht"),
            ("accept-language", "en"),
            ("x-request-id", id),
            ("traceparent", TRACE),
        ] {
            assert_eq!(seen.get(name).map(String::as_str), Some(value), "{shape:?}");
        }
        for stripped in ["x-account", "x-forwarded-user", "cookie"] {
            assert_eq!(seen.get(stripped), None, "{shape:?}");
        }
    }
}

#[tokio::test]
async fn a_request_id_that_is_no_uuid_is_replaced() {
    let stand = Stand::up(Shape::InProcess).await;
    for sent in ["hello", "0192b1f0", ""] {
        let reply = stand.client().header("x-request-id", sent).ask("{ me { name } }").await;
        let answered = reply.headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(uuid::Uuid::try_parse(&answered).is_ok(), "{answered}");
        let seen = stand.world.headers.lock().unwrap().clone();
        assert!(seen.contains(&("x-request-id".into(), answered)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_question_at_the_same_time_is_asked_twice() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let ask = |name: &str| {
            let caller = stand.client().header("authorization", &format!("Bearer good-{name}"));
            async move { caller.ask("{ mine }").await.data()["mine"].as_str().unwrap().to_owned() }
        };
        let (one, two, again) = tokio::join!(ask("one"), ask("two"), ask("one"));
        assert_eq!((one.as_str(), two.as_str(), again.as_str()), ("one", "two", "one"));
        assert_eq!(stand.world.log(), ["mine", "mine", "mine"], "{shape:?}");
    }
}

#[tokio::test]
async fn parties_are_fetched_in_one_call() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let reply = stand.client().ask("{ signals(first: 20) { party { name } } }").await;
        assert_eq!(reply.data()["signals"].as_array().unwrap().len(), 20);
        let entity = &stand.world.entity_requests;
        assert_eq!(entity.load(std::sync::atomic::Ordering::SeqCst), 1, "{shape:?}");
        let fetched = stand
            .world
            .log()
            .iter()
            .filter(|line| line.starts_with("party "))
            .count();
        assert_eq!(fetched, 2, "each party once");
    }
}

#[tokio::test]
async fn a_change_and_its_variables_arrive() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let change = "mutation New($input: SignalInput!) { recordSignal(input: $input) { title party { name } } }";
        let input = json!({ "title": "Lek \"bij\" overslag\n", "severity": "CRITICAL", "party": "p1" });
        let reply = stand.client().ask_with(change, json!({ "input": input })).await;
        let expected = json!({ "title": "Lek \"bij\" overslag\n", "party": { "name": "Chemie BV" } });
        assert_eq!(reply.data()["recordSignal"], expected, "{shape:?}");
        let recorded = stand
            .world
            .log()
            .iter()
            .filter(|line| line.starts_with("record "))
            .count();
        assert_eq!(recorded, 1);
    }
}
