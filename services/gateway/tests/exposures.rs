//! What this version of the router does otherwise than it should (later ones do not), pinned down: nobody is surprised,
//! and a newer version shows here first. What each means for us: `docs/gateway.md`.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::toy::stand::{BOTH, Shape, Stand};

async fn stand() -> Stand {
    Stand::up(Shape::InProcess).await
}

/// Right: root fields of a change run one after the other, across services.
#[tokio::test]
async fn changes_run_in_the_order_written() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        stand.world.registry_delay.store(50, Ordering::SeqCst);
        let change = "mutation { a: recordSignal(input: { title: \"1\" }) { id } \
                      b: renameParty(id: \"p1\", name: \"New\") { id } \
                      c: recordSignal(input: { title: \"2\" }) { id } }";
        let reply = stand.client().ask(change).await;
        assert!(reply.data()["c"].is_object());
        assert_eq!(stand.world.log(), ["record 1", "rename p1", "record 2"]);
    }
}

/// Wrong: what a changed field needs from another service is looked up beside or after the next change. A client that
/// must know the state between two changes sends two requests.
#[tokio::test]
async fn a_changes_look_up_sees_the_next_change() {
    let stand = stand().await;
    let change = "mutation { a: recordSignal(input: { title: \"1\", party: \"p1\" }) { party { name } } \
                  b: renameParty(id: \"p1\", name: \"New\") { id } }";
    let reply = stand.client().ask(change).await;
    assert_eq!(reply.data()["a"]["party"]["name"], "New", "not \"Chemie BV\"");
    let log = stand.world.log();
    assert_eq!(
        log[..2],
        ["record 1", "rename p1"],
        "the changes themselves are in order"
    );
}

/// Right: a condition that is false spares the call.
#[tokio::test]
async fn skipped_fields_are_not_fetched() {
    let stand = stand().await;
    let query = "query ($no: Boolean!) { signals(first: 1) { title party @include(if: $no) { name } } \
                 me @skip(if: true) { name } }";
    let reply = stand.client().ask_with(query, json!({ "no": false })).await;
    assert_eq!(reply.data(), &json!({ "signals": [{ "title": "Signal 1" }] }));
    assert_eq!(stand.world.log(), ["signals"]);
}

/// Wrong: a query whose every field is skipped by a literal is an error instead of an empty answer. By a variable it is
/// right, because our services answer an empty selection with an empty object.
#[tokio::test]
async fn a_query_of_literally_skipped_fields_only_is_an_error() {
    let stand = stand().await;
    let reply = stand.client().ask("{ me @skip(if: true) { name } }").await;
    assert_eq!(reply.codes(), ["QUERY_PLAN_BUILD_FAILED"]);
    assert_eq!(reply.body["errors"][0]["message"], "Internal server error");
    let query = "query ($no: Boolean = false) { me @include(if: $no) { name } }";
    let reply = stand.client().ask(query).await;
    assert_eq!(reply.data(), &json!({}));
    assert_eq!(stand.world.resolved(), 0);
}

/// Right: a condition without a value is the caller's error.
#[tokio::test]
async fn a_condition_needs_its_variable() {
    let stand = stand().await;
    let reply = stand
        .client()
        .ask("query ($no: Boolean!) { me @include(if: $no) { name } }")
        .await;
    assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(stand.world.requests(), 0);
}

/// Wrong: input objects in variables are handed on unread. The service refuses them: nothing is half-written, and the
/// code is the service's.
#[tokio::test]
async fn input_objects_in_variables_are_the_services_to_refuse() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let change = "mutation ($input: SignalInput!) { recordSignal(input: $input) { id } }";
        for input in [
            json!({ "title": "x", "severity": "ENORMOUS" }),
            json!({ "title": 7 }),
            json!({}),
            json!({ "title": "x", "other": 1 }),
        ] {
            let reply = stand.client().ask_with(change, json!({ "input": input })).await;
            assert_eq!(reply.codes(), ["INVALID_INPUT"], "{shape:?} {input}: {}", reply.body);
            assert_eq!(reply.body["data"], Value::Null);
        }
        let reply = stand.client().ask_with(change, json!({ "input": null })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
        assert_eq!(stand.world.log(), [""; 0], "{shape:?}");
    }
}

/// Wrong: an integer is no ID for the router (the specification takes it), and one of more than 32 bits is the
/// service's to refuse.
#[tokio::test]
async fn scalars_in_variables_are_read_strictly_but_not_fully() {
    let stand = stand().await;
    let query = "query ($first: Int, $ids: [ID!]) { count(first: $first, ids: $ids) }";
    for (variables, code) in [
        (json!({ "first": 2_147_483_648_i64 }), "INVALID_INPUT"),
        (json!({ "first": "1" }), "BAD_USER_INPUT"),
        (json!({ "ids": [1, 2] }), "BAD_USER_INPUT"),
        (json!({ "ids": ["a", null] }), "BAD_USER_INPUT"),
    ] {
        let reply = stand.client().ask_with(query, variables.clone()).await;
        assert_eq!(reply.codes(), [code], "{variables}: {}", reply.body);
    }
    let reply = stand
        .client()
        .ask_with(query, json!({ "first": 1, "ids": ["a"] }))
        .await;
    assert_eq!(reply.data(), &json!({ "count": 2 }));
}

/// Wrong in the router (it answers the id under the alias), so we refuse it.
#[tokio::test]
async fn an_alias_named_like_the_key_is_refused() {
    let stand = stand().await;
    let query = "{ party(id: \"p1\") { id: name signals { title } } }";
    assert_eq!(stand.client().ask(query).await.codes(), ["ALIAS_NOT_ALLOWED"]);
    assert_eq!(stand.world.requests(), 0);
    let query = "{ party(id: \"p1\") { id: id called: name signals { id title } } }";
    let expected = json!({ "id": "p1", "called": "Chemie BV", "signals": [{ "id": "s1", "title": "Signal 1" }] });
    assert_eq!(stand.client().ask(query).await.data()["party"], expected);
}

/// Wrong: the planner panics on it. The caller gets an answer, and nobody else notices.
#[tokio::test]
async fn a_panic_of_the_planner_is_an_answer() {
    let stand = stand().await;
    let other = stand.client();
    let under_way = tokio::spawn(async move { other.ask("{ mine }").await });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let query = "{ found { ... on Signal { party { label(width: 1) } } ... on Notice { party { label(width: 2) } } } }";
    for _ in 0..3 {
        let reply = stand.client().ask(query).await;
        assert_eq!((reply.status, reply.codes()), (500, vec!["INTERNAL"]));
        let id = &reply.body["errors"][0]["extensions"]["requestId"];
        assert!(id.is_string(), "{}", reply.body);
    }
    assert_eq!(under_way.await.unwrap().data()["mine"], "ilt.analyst");
    assert_eq!(stand.client().ask("{ me { name } }").await.status, 200);
}
